import type { Reading } from '../count/reading-facts.ts';
import type { StateFact } from '../equipment/state-facts.ts';
import { stopReach } from '../equipment/stop-reach.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

/**
 * How far beyond a window its figures look: over the whole stops at its edges, and back to the total that was read
 * last before it, so that cutting a window in two changes neither a stop's class nor who saw a part being made.
 */
export function figuresReach(
  states: readonly StateFact[],
  produced: readonly Reading[],
  window: Interval,
  horizon: EpochMs,
): Interval {
  const reach = stopReach(states, window, horizon);
  const reading = produced[lastAtOrBefore(produced, window.from)];
  return { from: Math.min(reach.from, reading?.at ?? reach.from), to: reach.to };
}
