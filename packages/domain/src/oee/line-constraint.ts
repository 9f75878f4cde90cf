import type { ProductSpan } from '../count/product-facts.ts';
import { productAt, productSpans } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentConfig } from '../plant/plant.ts';

/** The equipment that carries a line while a product is on it. */
export function constraintFor(line: IndexedLine, product: string | null): EquipmentConfig {
  return (product === null ? undefined : line.constraintByProduct.get(product)) ?? line.constraint;
}

/** The product on a line at an instant, as its main constraint says. */
export function lineProductAt(state: EngineState, { constraint }: IndexedLine, at: EpochMs): string | null {
  return productAt(equipmentOf(state, constraint.path).products, constraint.defaultProduct, at);
}

/** `[from, to)` by the product on a line, as its main constraint says, without gap or overlap. */
export function lineProductSpans(
  state: EngineState,
  { constraint }: IndexedLine,
  from: EpochMs,
  to: EpochMs,
): readonly ProductSpan[] {
  return productSpans(equipmentOf(state, constraint.path).products, constraint.defaultProduct, from, to);
}

/** The equipment that carries a line at an instant. */
export function constraintAt(state: EngineState, line: IndexedLine, at: EpochMs): EquipmentConfig {
  return line.constraintByProduct.size === 0
    ? line.constraint
    : constraintFor(line, lineProductAt(state, line, at));
}

/**
 * Whose products are those of an equipment of a line: its own, or where it was never told one the main constraint's.
 */
export function productTeller(
  state: EngineState,
  line: IndexedLine,
  equipment: EquipmentConfig,
): EquipmentConfig {
  const isTold = equipment.defaultProduct !== null || equipmentOf(state, equipment.path).products.length > 0;
  return isTold ? equipment : line.constraint;
}

/** What comes after an equipment of a line, in flow order: its rejects come out of the good parts. */
export function downstreamOf(
  { inFlow }: IndexedLine,
  equipment: EquipmentConfig,
): readonly EquipmentConfig[] {
  return inFlow.slice(inFlow.indexOf(equipment) + 1);
}

/** All equipment that carries a line at times, its main constraint first. */
export function carriersOf({ constraint, constraintByProduct }: IndexedLine): readonly EquipmentConfig[] {
  return constraintByProduct.size === 0
    ? [constraint]
    : [...new Set([constraint, ...constraintByProduct.values()])];
}
