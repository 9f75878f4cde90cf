import type { Clock } from '@ms5/hub';

/**
 * Ms that only ever pass, for waits and intervals: when the wall clock is set back, the time it gives twice is left
 * out. Its origin means nothing. A clock set forward only makes a wait shorter.
 */
export function createSteadyTime(clock: Clock): () => number {
  let last = clock.now();
  let setBackMs = 0;
  return () => {
    const now = clock.now();
    setBackMs = Math.max(setBackMs, last - now);
    last = now + setBackMs;
    return last;
  };
}
