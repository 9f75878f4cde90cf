import { productAt } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict } from '../engine/refusal.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs } from '../plant/plant.ts';

/** While a changeover is open, standing still on its line is setup. */
export function decideStartChangeover(
  state: EngineState,
  line: IndexedLine,
  toProduct: string,
  author: string,
  at: EpochMs,
): StepResult {
  const { path } = line.config;
  const last = lineOf(state, path).changeovers.at(-1);
  if (last !== undefined && last.completedAt === null)
    return conflict('changeoverOpen', `changeover ${last.id} to ${last.toProduct} is open on ${path}`);
  if (last?.completedAt !== undefined && last.completedAt !== null && at < last.completedAt)
    return conflict('changeoverOverlap', `changeover ${last.id} on ${path} lasted until ${last.completedAt}`);
  const { products } = equipmentOf(state, line.constraint.path);
  const fromProduct = productAt(products, line.constraint.defaultProduct, at);
  const changeoverId = `changeover-${state.lastChangeover + 1}`;
  return {
    events: [{ type: 'changeoverStarted', changeoverId, at, line: path, author, fromProduct, toProduct }],
    data: { changeoverId },
  };
}

/** Completes the open changeover and puts its product on the line's constraint. */
export function decideCompleteChangeover(
  state: EngineState,
  line: IndexedLine,
  author: string,
  at: EpochMs,
): StepResult {
  const { path } = line.config;
  const open = lineOf(state, path).changeovers.at(-1);
  if (open === undefined || open.completedAt !== null)
    return conflict('noChangeover', `no changeover is open on ${path}`);
  if (at < open.startedAt)
    return conflict('changeoverOverlap', `changeover ${open.id} started only at ${open.startedAt}`);
  return {
    events: [
      { type: 'changeoverCompleted', changeoverId: open.id, at, line: path, author },
      { type: 'productChanged', equipment: line.constraint.path, at, product: open.toProduct, author },
    ],
    data: { changeoverId: open.id },
  };
}
