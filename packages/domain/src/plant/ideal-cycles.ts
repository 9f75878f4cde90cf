import type { DatedCycle, EpochMs, EquipmentConfig, EquipmentPath, PlantConfig } from './plant.ts';

/** The ideal of one product from an instant on; `null`: not known. */
export interface IdealChange extends DatedCycle {
  readonly product: string;
}

/** Ideal cycles of all products on one equipment, by when they hold. */
export interface IdealCycles {
  /** What holds from an instant on. */
  at(instant: EpochMs): ReadonlyMap<string, number>;
  /** What changes over time, by instant. */
  readonly changes: readonly IdealChange[];
}

const known = new WeakMap<PlantConfig, Map<EquipmentPath, IdealCycles>>();

/** The equipment's own ideals, the product's where it has none. */
export function idealCyclesOf(config: PlantConfig, equipment: EquipmentConfig): IdealCycles {
  let own = known.get(config);
  if (own === undefined) {
    own = new Map();
    known.set(config, own);
  }
  let cycles = own.get(equipment.path);
  if (cycles === undefined) {
    cycles = build(config, equipment);
    own.set(equipment.path, cycles);
  }
  return cycles;
}

export function idealCycleAt(
  config: PlantConfig,
  equipment: EquipmentConfig,
  product: string,
  at: EpochMs,
): number | undefined {
  return idealCyclesOf(config, equipment).at(at).get(product);
}

function build(config: PlantConfig, equipment: EquipmentConfig): IdealCycles {
  const cycles = config.products.map((product) => {
    const own = equipment.idealCycles?.find((each) => each.product === product.id);
    return { product: product.id, ...(own ?? product) };
  });
  const changes = cycles
    .flatMap(({ product, laterCycles = [] }) => laterCycles.map((later) => ({ ...later, product })))
    .sort((a, b) => a.from - b.from);
  const first = new Map<string, number>();
  for (const { product, idealCycleMs } of cycles) if (idealCycleMs !== null) first.set(product, idealCycleMs);
  const steps = [{ from: -Infinity, ideals: first }];
  for (const { from, product, idealCycleMs } of changes) {
    const ideals = new Map(steps.at(-1)?.ideals);
    if (idealCycleMs === null) ideals.delete(product);
    else ideals.set(product, idealCycleMs);
    steps.push({ from, ideals });
  }
  return {
    at: (instant) => steps.findLast(({ from }) => from <= instant)?.ideals ?? first,
    changes,
  };
}
