import type { CounterLimits } from '../count/counter-step.ts';
import type {
  EquipmentConfig,
  EquipmentPath,
  LineConfig,
  LinePath,
  MappedState,
  PlantConfig,
  ProductConfig,
} from './plant.ts';
import type { ReasonMeaning } from './reasons.ts';
import { reasonTable } from './reasons.ts';

/** Look-ups over one plant configuration. */
export interface PlantIndex {
  readonly equipment: ReadonlyMap<EquipmentPath, IndexedEquipment>;
  readonly lines: ReadonlyMap<LinePath, IndexedLine>;
  readonly products: ReadonlyMap<string, ProductConfig>;
  readonly idealCycleMs: ReadonlyMap<string, number>;
  readonly reasons: ReadonlyMap<string, ReasonMeaning>;
}

export interface IndexedEquipment {
  readonly config: EquipmentConfig;
  /** Own properties of the mapping only, so that a raw state named `constructor` is unmapped. */
  readonly mapping: ReadonlyMap<string, MappedState>;
  readonly counter: CounterLimits;
  /** The line whose constraint this equipment is; `null` for every other equipment. */
  readonly constrains: LineConfig | null;
}

export interface IndexedLine {
  readonly config: LineConfig;
  readonly constraint: EquipmentConfig;
  /** Equipment after the constraint in flow order: its rejects come out of the line's good parts. */
  readonly downstream: readonly EquipmentConfig[];
  /** Equal for lines that work the same shift patterns. */
  readonly shiftsKey: string;
}

const indexes = new WeakMap<PlantConfig, PlantIndex>();

/** The index of a configuration, built once per configuration object. */
export function plantIndex(config: PlantConfig): PlantIndex {
  let index = indexes.get(config);
  if (index === undefined) {
    index = buildIndex(config);
    indexes.set(config, index);
  }
  return index;
}

function buildIndex(config: PlantConfig): PlantIndex {
  const byPath = new Map(config.equipment.map((equipment) => [equipment.path, equipment]));
  const constrained = new Map(config.lines.map((line) => [line.constraint, line]));
  const lines = new Map<LinePath, IndexedLine>();
  for (const line of config.lines) {
    const constraint = byPath.get(line.constraint);
    if (constraint === undefined) continue;
    const position = line.equipment.indexOf(line.constraint);
    const downstream = line.equipment
      .slice(position + 1)
      .map((path) => byPath.get(path))
      .filter((equipment) => equipment !== undefined);
    lines.set(line.path, { config: line, constraint, downstream, shiftsKey: line.shifts.join('\n') });
  }
  return {
    equipment: new Map(
      config.equipment.map((equipment) => [
        equipment.path,
        {
          config: equipment,
          mapping: new Map(Object.entries(equipment.stateMapping)),
          counter: counterLimits(equipment, config.products),
          constrains: constrained.get(equipment.path) ?? null,
        },
      ]),
    ),
    lines,
    products: new Map(config.products.map((product) => [product.id, product])),
    idealCycleMs: new Map(
      config.products.flatMap((product) =>
        product.idealCycleMs === null ? [] : [[product.id, product.idealCycleMs] as const],
      ),
    ),
    reasons: reasonTable(config.reasons.map(({ code, loss, failure }) => [code, { loss, failure }])),
  };
}

const MINUTE_MS = 60_000;
/** A standard may be wrong by much before a counter is. */
const FASTER_THAN_IDEAL = 20;

function counterLimits(
  { counterRollsOverAt, maxPartsPerMinute, unitsPerCount }: EquipmentConfig,
  products: readonly ProductConfig[],
): CounterLimits {
  const fastest = Math.min(...products.map(({ idealCycleMs }) => idealCycleMs ?? Infinity));
  const ideal = fastest === Infinity ? null : FASTER_THAN_IDEAL / fastest;
  const partsPerMs = maxPartsPerMinute === undefined ? ideal : maxPartsPerMinute / MINUTE_MS;
  return {
    rollsOverAt: counterRollsOverAt ?? null,
    maxStepsPerMs: partsPerMs === null ? null : partsPerMs / unitsPerCount,
  };
}
