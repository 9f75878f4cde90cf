import type { Clock, SignalChange } from '@ms5/hub';
import type { Json } from '@ms5/wire';
import { createSteadyTime } from '../core/steady-time.ts';

/**
 * The latest value counts; within this time several become one. As short as a hand-over allows, which costs the gateway
 * some 20 µs; what is due to slow sessions or at lower rates is conflated by the hub.
 */
const SIGNALS_EVERY_MS = 2;

export interface SignalBuffer {
  put(topic: string, at: number, value: Json): void;
  close(): void;
}

const encoder = new TextEncoder();

/** Hands on the latest value per topic: at once after a pause, else at most every 2 ms. */
export function createSignalBuffer(
  clock: Clock,
  send: (changes: readonly SignalChange[]) => void,
): SignalBuffer {
  const latest = new Map<string, { at: number; value: Json }>();
  const steady = createSteadyTime(clock);
  let sentAt = Number.NEGATIVE_INFINITY;
  let isPlanned = false;
  let isClosed = false;
  let cancel = (): void => undefined;

  const flush = (): void => {
    if (isClosed) return;
    isPlanned = false;
    sentAt = steady();
    const changes = [...latest].map(([topic, { at, value }]) => ({
      topic,
      at,
      value: encoder.encode(JSON.stringify(value)),
    }));
    latest.clear();
    send(changes);
  };

  return {
    put: (topic, at, value) => {
      latest.set(topic, { at, value });
      if (isPlanned) return;
      isPlanned = true;
      const waitMs = sentAt + SIGNALS_EVERY_MS - steady();
      // Even "at once" is at the end of the turn: the values of one line go together. A timer would take a millisecond.
      if (waitMs <= 0) clock.soon(flush);
      else cancel = clock.after(waitMs, flush);
    },
    close() {
      isClosed = true;
      cancel();
    },
  };
}
