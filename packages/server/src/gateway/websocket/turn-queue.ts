import type { Clock } from '@ms5/hub';

/** Of each turn of the event loop; what is being served goes on in between. */
const SLICE_MS = 2;

/**
 * Work that waits for its part of a turn. When thousands connect or leave at once, doing what each of them takes as it
 * is read would fill one turn of the event loop, and nobody else would be served before it ends.
 */
export interface TurnQueue {
  /** Does it when what came before it is done; false: too much waits already, or it is closed. */
  push(work: () => void): boolean;
  /** Forgets what waits. Idempotent. */
  close(): void;
}

/** `limit`: how many may wait. */
export function createTurnQueue(clock: Pick<Clock, 'now' | 'soon'>, limit = Infinity): TurnQueue {
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
    let done = 0;
    while (done < queue.length && (done === 0 || clock.now() < endAt)) {
      const work = queue[done];
      done += 1;
      work?.();
    }
    queue.splice(0, done);
    if (queue.length > 0) plan();
  }

  return {
    push(work) {
      if (isClosed || queue.length >= limit) return false;
      queue.push(work);
      plan();
      return true;
    },
    close() {
      isClosed = true;
      queue.length = 0;
    },
  };
}
