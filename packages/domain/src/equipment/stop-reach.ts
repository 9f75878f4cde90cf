import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { StateFact } from './state-facts.ts';
import { isStop } from './state-mapping.ts';

/**
 * The stretch widened to the whole stops on either side of it, by the states alone. `horizon`: how far the facts
 * reach when the last one stands still.
 */
export function stopReach(states: readonly StateFact[], stretch: Interval, horizon: EpochMs): Interval {
  let { from } = stretch;
  for (let index = lastAtOrBefore(states, from - 1); index >= 0;) {
    const fact = states[index];
    if (fact === undefined || !isStop(fact.state)) break;
    from = Math.min(from, fact.runFrom);
    index = lastAtOrBefore(states, fact.runFrom - 1);
  }
  let index = lastAtOrBefore(states, stretch.to) + 1;
  // The fact after the stretch ends what came before it; if it stands still too, the stop goes on.
  while (isStop(states[index]?.state ?? 'unknown')) index += 1;
  return { from, to: Math.max(stretch.to, states[index]?.at ?? horizon) };
}
