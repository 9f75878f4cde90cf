import type { Clock } from './ports.ts';

/** Tells the server what was received and applied, so that it may send on. */
export interface Acks {
  /** Another connection, or none: the count begins anew, and nothing is said before `start`. */
  readonly reset: () => void;
  /** A session begins, perhaps not the first on its connection: the count goes on. */
  start(windowBytes: number, delayMs: number): void;
  /** One WebSocket message of so many bytes was applied. `isData`: it awaits an ack. */
  received(bytes: number, isData: boolean): void;
  resize(windowBytes: number, delayMs: number): void;
}

/** `send` takes the count of WebSocket messages received on this connection. */
export function createAcks(clock: Clock, send: (received: number) => void): Acks {
  let thresholdBytes = Infinity;
  let delayMs = 0;
  let received = 0;
  let unackedBytes = 0;
  let cancel: (() => void) | null = null;
  let dueAt = Infinity;

  function acknowledge(): void {
    cancel?.();
    cancel = null;
    dueAt = Infinity;
    unackedBytes = 0;
    send(received);
  }

  function resize(bytes: number, delay: number): void {
    thresholdBytes = bytes / 2;
    delayMs = delay;
  }

  return {
    reset() {
      cancel?.();
      cancel = null;
      dueAt = Infinity;
      thresholdBytes = Infinity;
      received = 0;
      unackedBytes = 0;
    },
    start: resize,
    received(bytes, isData) {
      received += 1;
      unackedBytes += bytes;
      // Hidden tabs run their timers once a minute, but hear messages at once.
      if (thresholdBytes === Infinity) return;
      if (unackedBytes >= thresholdBytes || clock.now() >= dueAt) acknowledge();
      else if (isData && cancel === null) {
        dueAt = clock.now() + delayMs;
        cancel = clock.after(delayMs, acknowledge);
      }
    },
    resize,
  };
}
