import type { Clock, Random } from '@ms5/hub';

/** The process's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  soon(task) {
    setImmediate(task);
  },
};

/** Not for secrets: spreads reconnects and the like. */
export const systemRandom: Random = { next: () => Math.random() };
