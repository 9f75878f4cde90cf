import type { EpochMs } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

/**
 * Two PackML states one after the other, from the first of which no transition of the table leads to the second. The
 * machine is right; it is noted.
 */
export interface IllegalTransition {
  readonly at: EpochMs;
  readonly fromState: string;
  readonly toState: string;
}

export function isSameTransition(a: IllegalTransition, b: IllegalTransition): boolean {
  return a.at === b.at && a.fromState === b.fromState && a.toState === b.toState;
}

export function insertIllegalTransition(
  known: IllegalTransition[],
  { at, fromState, toState }: IllegalTransition,
): void {
  known.splice(lastAtOrBefore(known, at) + 1, 0, { at, fromState, toState });
}

export function removeIllegalTransition(known: IllegalTransition[], withdrawn: IllegalTransition): void {
  const index = known.findIndex((each) => isSameTransition(each, withdrawn));
  if (index >= 0) known.splice(index, 1);
}
