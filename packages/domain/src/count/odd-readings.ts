import type { EpochMs } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { StepKind } from './counter-step.ts';

/** A reading and how it follows on the one before. */
interface Judged {
  readonly at: EpochMs;
  readonly kind: StepKind;
}

/**
 * Readings that did not simply rise, by list. There are few, while every figure and status asks for those of its shift:
 * looking through all readings would make a document dearer with each part of the shift.
 */
const remembered = new WeakMap<readonly Judged[], readonly Judged[]>();

/** To be called by whatever makes a reading odd or ordinary, or drops an odd one from the midst of the list. */
export function forgetOddReadings(readings: readonly Judged[]): void {
  remembered.delete(readings);
}

/**
 * Readings in `(from, to]` that did not simply rise, oldest first. The oldest reading held is the baseline, and no
 * step.
 */
export function oddReadings(readings: readonly Judged[], from: EpochMs, to: EpochMs): readonly Judged[] {
  let odd = remembered.get(readings);
  if (odd === undefined) {
    odd = readings.filter(({ kind }) => kind !== 'counted');
    remembered.set(readings, odd);
  }
  const after = Math.max(from, readings[0]?.at ?? Infinity);
  return odd.slice(lastAtOrBefore(odd, after) + 1, lastAtOrBefore(odd, to) + 1);
}
