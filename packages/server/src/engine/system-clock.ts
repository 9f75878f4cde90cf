import type { Clock, Random } from '@ms5/hub';

/** The wall clock, in whole ms as instants are stored; entries of the log are kept from going back by the engine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  soon: (task) => {
    setImmediate(task);
  },
};

/** Spreads reconnects; not for secrets. */
export const systemRandom: Random = { next: () => Math.random() };
