import { productAt } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentConfig } from '../plant/plant.ts';

/** The equipment that carries a line while a product is on it. */
export function constraintFor(line: IndexedLine, product: string | null): EquipmentConfig {
  return (product === null ? undefined : line.constraintByProduct.get(product)) ?? line.constraint;
}

/** The equipment that carries a line at an instant; its main constraint says which product is on it. */
export function constraintAt(state: EngineState, line: IndexedLine, at: EpochMs): EquipmentConfig {
  const { constraint, constraintByProduct } = line;
  if (constraintByProduct.size === 0) return constraint;
  const { products } = equipmentOf(state, constraint.path);
  return constraintFor(line, productAt(products, constraint.defaultProduct, at));
}

/** Whose products are those of an equipment of a line: its own, or where it was never told one the main constraint's. */
export function productTeller(
  state: EngineState,
  line: IndexedLine,
  equipment: EquipmentConfig,
): EquipmentConfig {
  const isTold = equipment.defaultProduct !== null || equipmentOf(state, equipment.path).products.length > 0;
  return isTold ? equipment : line.constraint;
}

/** All equipment that carries a line at times, its main constraint first. */
export function carriersOf({ constraint, constraintByProduct }: IndexedLine): readonly EquipmentConfig[] {
  return constraintByProduct.size === 0
    ? [constraint]
    : [...new Set([constraint, ...constraintByProduct.values()])];
}
