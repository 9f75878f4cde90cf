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
  /** Equipment that gives pulses and no states. */
  readonly pulsed: readonly EquipmentConfig[];
  readonly products: ReadonlyMap<string, ProductConfig>;
  readonly reasons: ReadonlyMap<string, ReasonMeaning>;
}

export interface IndexedEquipment {
  readonly config: EquipmentConfig;
  /** Own properties of the mapping only, so that a raw state named `constructor` is unmapped. */
  readonly mapping: ReadonlyMap<string, MappedState>;
  readonly counter: CounterLimits;
  /** The line whose constraint this equipment is; `null` for every other equipment. */
  readonly constrains: LineConfig | null;
  /** The line that it carries, always or while some product is made. */
  readonly carries: LineConfig | null;
}

export interface IndexedLine {
  readonly config: LineConfig;
  readonly constraint: EquipmentConfig;
  /** Products with another constraint than the line's own. */
  readonly constraintByProduct: ReadonlyMap<string, EquipmentConfig>;
  /** All equipment in flow order: rejects of what comes after the constraint come out of the line's good parts. */
  readonly inFlow: readonly EquipmentConfig[];
  /** Equal for lines that work the same shifts on the same dates. */
  readonly shiftsKey: string;
}

const indexes = new WeakMap<PlantConfig, PlantIndex>();
/** Asked for several times with every observation, nearly always of the plant before. */
let latest: { readonly config: PlantConfig; readonly index: PlantIndex } | undefined;

/** The index of a configuration, built once per configuration object. */
export function plantIndex(config: PlantConfig): PlantIndex {
  if (latest?.config === config) return latest.index;
  let index = indexes.get(config);
  if (index === undefined) {
    index = buildIndex(config);
    indexes.set(config, index);
  }
  latest = { config, index };
  return index;
}

/** One of the equipment of a plant; one observation asks several times for the same. */
export function indexedEquipment(config: PlantConfig, path: EquipmentPath): IndexedEquipment | undefined {
  const { equipment } = plantIndex(config);
  if (asked !== undefined && asked.among === equipment && asked.path === path) return asked.found;
  const found = equipment.get(path);
  if (asked === undefined) asked = { among: equipment, path, found };
  else {
    asked.among = equipment;
    asked.path = path;
    asked.found = found;
  }
  return found;
}

let asked:
  | { among: PlantIndex['equipment']; path: EquipmentPath; found: IndexedEquipment | undefined }
  | undefined;

function buildIndex(config: PlantConfig): PlantIndex {
  const byPath = new Map(config.equipment.map((equipment) => [equipment.path, equipment]));
  const constrained = new Map(config.lines.map((line) => [line.constraint, line]));
  const carried = new Map(
    config.lines.flatMap((line) =>
      [line.constraint, ...Object.values(line.constraintByProduct ?? {})]
        .filter((path) => line.equipment.includes(path))
        .map((path) => [path, line] as const),
    ),
  );
  const lines = new Map<LinePath, IndexedLine>();
  for (const line of config.lines) {
    const constraint = byPath.get(line.constraint);
    if (constraint === undefined) continue;
    const inFlow = line.equipment
      .map((path) => byPath.get(path))
      .filter((equipment) => equipment !== undefined);
    const constraintByProduct = new Map(
      Object.entries(line.constraintByProduct ?? {}).flatMap(([product, path]) => {
        const equipment = byPath.get(path);
        return equipment === undefined ? [] : [[product, equipment] as const];
      }),
    );
    lines.set(line.path, {
      config: line,
      constraint,
      constraintByProduct,
      inFlow,
      shiftsKey: calendarKey(config, line),
    });
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
          carries: carried.get(equipment.path) ?? null,
        },
      ]),
    ),
    lines,
    pulsed: config.equipment.filter(({ pulse }) => pulse !== undefined),
    products: new Map(config.products.map((product) => [product.id, product])),
    reasons: reasonTable(config.reasons.map(({ code, loss, failure }) => [code, { loss, failure }])),
  };
}

function calendarKey({ holidays = [], exceptions = [] }: PlantConfig, { path, shifts }: LineConfig): string {
  const own = ({ lines }: { readonly lines: readonly LinePath[] }): boolean =>
    lines.length === 0 || lines.includes(path);
  const dates = (items: readonly { readonly date: string; readonly lines: readonly LinePath[] }[]): string =>
    items.flatMap((item, index) => (own(item) ? [index] : [])).join(',');
  return [...shifts, dates(holidays), dates(exceptions)].join('\n');
}

const MINUTE_MS = 60_000;
/** A standard may be wrong by much before a counter is. */
const FASTER_THAN_IDEAL = 20;

function counterLimits(
  { counterRollsOverAt, maxPartsPerMinute, unitsPerCount, idealCycles = [] }: EquipmentConfig,
  products: readonly ProductConfig[],
): CounterLimits {
  const first = [...products, ...idealCycles];
  const cycles = [...first, ...first.flatMap(({ laterCycles = [] }) => laterCycles)];
  const fastest = Math.min(...cycles.map(({ idealCycleMs }) => idealCycleMs ?? Infinity));
  const ideal = fastest === Infinity ? null : FASTER_THAN_IDEAL / fastest;
  const partsPerMs = maxPartsPerMinute === undefined ? ideal : maxPartsPerMinute / MINUTE_MS;
  return {
    rollsOverAt: counterRollsOverAt ?? null,
    maxStepsPerMs: partsPerMs === null ? null : partsPerMs / unitsPerCount,
  };
}
