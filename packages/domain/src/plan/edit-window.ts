import type { LineConfig } from '../plant/plant.ts';

/** A week: who comes back from the weekend can still put right what was before it. */
const DEFAULT_EDIT_WINDOW_MS = 7 * 86_400_000;

/** How far back people may change the plan of a line and what was said about it. */
export function editWindowOf({ editWindowMs }: LineConfig): number {
  return editWindowMs ?? DEFAULT_EDIT_WINDOW_MS;
}
