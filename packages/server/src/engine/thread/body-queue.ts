import type { Clock } from '@ms5/hub';
import type { ObserveReply } from '../../engine-port.ts';

/** Bytes that may wait. A larger body is taken when nothing else waits. */
const WAITING_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_MS = 500;

interface Waiting {
  readonly bytes: number;
  take(): void;
}

/**
 * Bodies of observations wait here as they came, and one is parsed per turn of the event loop: so a command waits
 * behind one of them and not behind all, and what is too much is refused before any work was done for it.
 */
export interface BodyQueue {
  /** Calls `take` when it is the body's turn; `busy` at once when too much waits. */
  offer(bytes: number, take: () => Promise<ObserveReply>): Promise<ObserveReply>;
  /** Takes all that waits, now. */
  flush(): void;
}

export function createBodyQueue(clock: Clock): BodyQueue {
  const waiting: Waiting[] = [];
  let waitingBytes = 0;

  function takeOne(): void {
    const next = waiting.shift();
    if (next === undefined) return;
    waitingBytes -= next.bytes;
    next.take();
    if (waiting.length > 0) clock.soon(takeOne);
  }

  return {
    offer(bytes, take) {
      if (waitingBytes > 0 && waitingBytes + bytes > WAITING_BYTES)
        return Promise.resolve({ status: 'busy', retryAfterMs: RETRY_AFTER_MS });
      const { promise, resolve, reject } = Promise.withResolvers<ObserveReply>();
      waiting.push({ bytes, take: () => void take().then(resolve, reject) });
      waitingBytes += bytes;
      if (waiting.length === 1) clock.soon(takeOne);
      return promise;
    },
    flush() {
      while (waiting.length > 0) takeOne();
    },
  };
}
