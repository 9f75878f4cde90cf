import type { Clock } from '@ms5/hub';
import type { ObserveReply } from '../../engine-port.ts';

/** Bytes that may wait. A larger body is taken when nothing else waits. */
const WAITING_BYTES = 8 * 1024 * 1024;
/**
 * Bytes taken in one turn, which become one group of the log: small bodies must share a commit, and a command must
 * not wait long behind them. Some 4,000 observations, 40 ms.
 */
const TURN_BYTES = 256 * 1024;
const RETRY_AFTER_MS = 500;

interface Waiting {
  readonly bytes: number;
  take(): void;
}

/**
 * Bodies of observations wait here as they came, and a bounded number of bytes is parsed per turn of the event loop:
 * so a command does not wait behind all of them, and what is too much is refused before any work was done for it.
 */
export interface BodyQueue {
  /** Calls `take` when it is the body's turn; `busy` at once when too much waits. */
  offer(bytes: number, take: () => Promise<ObserveReply>): Promise<ObserveReply>;
  waitingBytes(): number;
  /** Takes all that waits, now. */
  flush(): void;
}

export function createBodyQueue(clock: Clock): BodyQueue {
  const waiting: Waiting[] = [];
  let waitingBytes = 0;

  function takeUpTo(bytes: number): void {
    let taken = 0;
    while (taken < bytes) {
      const next = waiting.shift();
      if (next === undefined) return;
      waitingBytes -= next.bytes;
      taken += next.bytes;
      next.take();
    }
  }

  function takeTurn(): void {
    takeUpTo(TURN_BYTES);
    if (waiting.length > 0) clock.soon(takeTurn);
  }

  return {
    offer(bytes, take) {
      if (waitingBytes > 0 && waitingBytes + bytes > WAITING_BYTES)
        return Promise.resolve({ status: 'busy', retryAfterMs: RETRY_AFTER_MS });
      const { promise, resolve, reject } = Promise.withResolvers<ObserveReply>();
      waiting.push({ bytes, take: () => void take().then(resolve, reject) });
      waitingBytes += bytes;
      if (waiting.length === 1) clock.soon(takeTurn);
      return promise;
    },
    waitingBytes: () => waitingBytes,
    flush() {
      takeUpTo(Infinity);
    },
  };
}
