import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import type { EpochMs, LinePath } from '../plant/plant.ts';

export interface ChangeoverView {
  readonly id: string;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  readonly startedAt: EpochMs;
  readonly completedAt?: EpochMs;
  /** The plant has no targets per product pair yet. */
  readonly targetMs: number | null;
}

/** The open changeover of a line, or the one completed last. */
export function currentChangeover(state: EngineState, line: LinePath): ChangeoverView | Unknown {
  const changeover = lineOf(state, line).changeovers.at(-1);
  if (changeover === undefined) return unknown('noChangeover');
  const { id, fromProduct, toProduct, startedAt, completedAt } = changeover;
  const done = completedAt === null ? null : { completedAt };
  return { id, fromProduct, toProduct, startedAt, ...done, targetMs: null };
}
