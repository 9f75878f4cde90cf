import type { Clock } from '@ms5/hub';

/** Of each turn of the event loop; what is being served goes on in between. */
const SLICE_MS = 2;

/**
 * Upgrades that came and were not taken up yet. When thousands come at once, taking them all up as they are read
 * would fill one turn of the event loop, and nobody else would be served before it ends.
 */
export interface UpgradeQueue {
  /** Takes it up when those before it were; false: too many wait already. */
  push(takeUp: () => void): boolean;
  /** Forgets what waits. Idempotent. */
  close(): void;
}

/** `limit`: how many may wait. */
export function createUpgradeQueue(clock: Pick<Clock, 'now' | 'soon'>, limit: number): UpgradeQueue {
  const queue: (() => void)[] = [];
  let isPlanned = false;
  let isClosed = false;

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    clock.soon(slice);
  }

  function slice(): void {
    isPlanned = false;
    const endAt = clock.now() + SLICE_MS;
    let taken = 0;
    while (taken < queue.length && (taken === 0 || clock.now() < endAt)) {
      const takeUp = queue[taken];
      taken += 1;
      takeUp?.();
    }
    queue.splice(0, taken);
    if (queue.length > 0) plan();
  }

  return {
    push(takeUp) {
      if (isClosed || queue.length >= limit) return false;
      queue.push(takeUp);
      plan();
      return true;
    },
    close() {
      isClosed = true;
      queue.length = 0;
    },
  };
}
