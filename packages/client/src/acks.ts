import type { Clock } from './ports.ts';

/** Tells the server what was received and applied, so that it may send on. */
export interface Acks {
  start(windowBytes: number, delayMs: number): void;
  /** One WebSocket message was applied. `isData`: it awaits an ack. */
  received(length: number, isData: boolean): void;
  resize(windowBytes: number, delayMs: number): void;
  stop(): void;
}

/** `send` takes the count of WebSocket messages received on this connection. */
export function createAcks(clock: Clock, send: (received: number) => void): Acks {
  let windowBytes = 0;
  let delayMs = 0;
  let received = 0;
  let unackedBytes = 0;
  let cancel: (() => void) | null = null;

  function acknowledge(): void {
    cancel?.();
    cancel = null;
    unackedBytes = 0;
    send(received);
  }

  return {
    start(bytes, delay) {
      windowBytes = bytes;
      delayMs = delay;
      received = 0;
      unackedBytes = 0;
    },
    received(length, isData) {
      received += 1;
      unackedBytes += length;
      if (unackedBytes * 2 >= windowBytes) acknowledge();
      else if (isData) cancel ??= clock.after(delayMs, acknowledge);
    },
    resize(bytes, delay) {
      windowBytes = bytes;
      delayMs = delay;
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
