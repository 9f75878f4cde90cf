import type { Clock } from '@ms5/hub';

export interface Pacer {
  due(): void;
  close(): void;
}

/** Runs `task` at once when due, but no sooner than `intervalMs` after the last time. */
export function createPacer(clock: Clock, intervalMs: number, task: () => void): Pacer {
  let lastAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  const run = (): void => {
    cancel = undefined;
    lastAt = clock.now();
    task();
  };
  return {
    due() {
      if (cancel !== undefined) return;
      const waitMs = lastAt + intervalMs - clock.now();
      if (waitMs <= 0) run();
      else cancel = clock.after(waitMs, run);
    },
    close() {
      cancel?.();
      cancel = undefined;
    },
  };
}
