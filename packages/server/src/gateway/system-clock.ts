import type { Clock, Random } from '@ms5/hub';

/** A step of the wall clock larger than this is followed, if it is forward. */
const STEP_MS = 50;
/** Longer delays would overflow Node's timers and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The process's own clock and timers. It runs with the monotonic clock, follows the wall clock forward (a
 * machine that slept), and never goes back: after a step back it stays ahead until the wall clock has caught up.
 */
export const systemClock: Clock = createSystemClock();

/** Not for secrets: spreads reconnects and the like. */
export const systemRandom: Random = { next: () => Math.random() };

function createSystemClock(): Clock {
  let originMs = Date.now() - performance.now();
  return {
    now() {
      const monotonicMs = originMs + performance.now();
      const behindMs = Date.now() - monotonicMs;
      if (behindMs < STEP_MS) return monotonicMs;
      originMs += behindMs;
      return monotonicMs + behindMs;
    },
    after(delayMs, task) {
      const endAt = performance.now() + delayMs;
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const leftMs = endAt - performance.now();
        timer =
          leftMs > MAX_TIMER_MS ? setTimeout(wait, MAX_TIMER_MS) : setTimeout(task, Math.max(0, leftMs));
      };
      wait();
      return () => {
        clearTimeout(timer);
      };
    },
    soon(task) {
      setImmediate(task);
    },
  };
}
