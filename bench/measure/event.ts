import { nowMs } from './clock.ts';

/** Bytes of one event, as the targets count them. */
const EVENT_BYTES = 180;
/** Sequence numbers have ten digits from the start, times sixteen: both stand at fixed places. */
export const FIRST_SEQUENCE = 1_000_000_000;
const FILLER =
  'Spindle load above its usual band; coolant pressure falling since the last tool change. '.repeat(2);

/** Where the digits of the time stand, before the first byte of `"seq":`. */
export const AT_BEFORE_SEQUENCE = 17;
export const AT_DIGITS = 16;
export const SEQUENCE_KEY = '"seq":';
export const SEQUENCE_DIGITS = 10;

/** An event of 180 bytes of JSON that carries its time (µs since the epoch) and its number. */
export function eventText(sequence: number, atMs: number): string {
  const head = `{"at":${Math.round(atMs * 1_000)},"seq":${sequence},"equipment":"mill-07","text":"`;
  return `${head}${FILLER.slice(0, EVENT_BYTES - head.length - 2)}"}`;
}

export interface Pacer {
  stop(): void;
  /** Events emitted since the start. */
  emitted(): number;
}

/**
 * Calls `emit` with the events due, each stamped with the time it was due at: an emitter that is late shows in the
 * latency instead of hiding in it.
 */
export function pace(ratePerSecond: number, emit: (texts: readonly string[]) => void): Pacer {
  const startedAt = nowMs();
  let count = 0;
  const tick = (): void => {
    const due = Math.floor(((nowMs() - startedAt) * ratePerSecond) / 1_000);
    if (due <= count) return;
    const texts: string[] = [];
    // A stall is caught up on in portions of 25 ms, so that other things get their turn.
    for (const end = Math.min(due, count + Math.ceil(ratePerSecond / 40)); count < end; count += 1)
      texts.push(eventText(FIRST_SEQUENCE + count, startedAt + ((count + 1) * 1_000) / ratePerSecond));
    emit(texts);
  };
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const nextAt = startedAt + ((count + 1) * 1_000) / ratePerSecond;
    timer = setTimeout(
      () => {
        tick();
        wait();
      },
      Math.max(1, Math.round(nextAt - nowMs())),
    );
  };
  wait();
  return { stop: () => clearTimeout(timer), emitted: () => count };
}
