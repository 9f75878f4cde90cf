import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { FUTURE_TOLERANCE_MS, refused } from '../engine/refusal.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { CountCommand } from './count-events.ts';
import { productAt } from './product-facts.ts';

type ChangeProduct = Extract<CountCommand, { name: 'changeProduct' }>;

/** Parts after `since` are of this product, up to the next change that was told. */
export function decideChangeProduct(
  state: EngineState,
  { constraint }: IndexedLine,
  { product, since }: ChangeProduct,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const from = since ?? at;
  const windowMs = constraint.latenessWindowMs;
  if (from < now - windowMs)
    return refused('tooLate', `since ${from} is ${now - from} ms ago; ${windowMs} ms are accepted`, 'since');
  if (from > now + FUTURE_TOLERANCE_MS)
    return refused('inFuture', `since ${from} is ${from - now} ms ahead of the server's clock`, 'since');
  const { products } = equipmentOf(state, constraint.path);
  if (productAt(products, constraint.defaultProduct, from) === product)
    return refused('nothingChanged', `${product ?? 'no product'} is on ${constraint.path} then already`);
  return { events: [{ type: 'productChanged', equipment: constraint.path, at: from, product, author }] };
}
