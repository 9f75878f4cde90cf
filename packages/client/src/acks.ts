import { WINDOW } from '@ms5/wire';
import type { Clock } from './ports.ts';

/** Tells the server what was received and applied, so that it may send on. */
export interface Acks {
  start(windowBytes: number, delayMs: number): void;
  /** One WebSocket message was applied. `isData`: it awaits an ack. */
  received(length: number, isData: boolean): void;
  resize(windowBytes: number, delayMs: number): void;
  stop(): void;
}

/**
 * Half of what the window leaves beside the part reserved for critical changes: a server that has filled that much
 * waits, so an ack at half of the whole window might come by the clock only, and look like a slow link.
 */
function ackThreshold(windowBytes: number): number {
  return Math.max(0, windowBytes - WINDOW.criticalReserveBytes) / 2;
}

/** `send` takes the count of WebSocket messages received on this connection. */
export function createAcks(clock: Clock, send: (received: number) => void): Acks {
  let thresholdBytes = 0;
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

  return {
    start(bytes, delay) {
      thresholdBytes = ackThreshold(bytes);
      delayMs = delay;
      received = 0;
      unackedBytes = 0;
    },
    received(length, isData) {
      received += 1;
      unackedBytes += length;
      // Hidden tabs run their timers once a minute, but hear messages at once.
      if (unackedBytes >= thresholdBytes || clock.now() >= dueAt) acknowledge();
      else if (isData && cancel === null) {
        dueAt = clock.now() + delayMs;
        cancel = clock.after(delayMs, acknowledge);
      }
    },
    resize(bytes, delay) {
      thresholdBytes = ackThreshold(bytes);
      delayMs = delay;
    },
    stop() {
      cancel?.();
      cancel = null;
      dueAt = Infinity;
    },
  };
}
