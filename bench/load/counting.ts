import { nowMs } from '../measure/clock.ts';
import { AT_BEFORE_SEQUENCE, AT_DIGITS, SEQUENCE_DIGITS, SEQUENCE_KEY } from '../measure/event.ts';
import { createLatencies } from '../measure/latencies.ts';

/** Marks the time inside a critical document; its first character occurs nowhere else, which makes it cheap to find. */
const CRITICAL_KEY = '~raised~":';

/** What all the connections of one load process have received since `clear`. */
export interface Counting {
  deliveries: number;
  frames: number;
  bytes: number;
  /** Sequence numbers that were passed over, or came again, in frames that were looked at closely. */
  gaps: number;
  /** Between two events of one connection: a frame in so many is decoded. */
  sampleEvery: number;
  readonly latencies: ReturnType<typeof createLatencies>;
  readonly critical: ReturnType<typeof createLatencies>;
}

export function createCounting(): Counting {
  return {
    deliveries: 0,
    frames: 0,
    bytes: 0,
    gaps: 0,
    sampleEvery: 1,
    latencies: createLatencies(),
    critical: createLatencies(),
  };
}

export function clearCounting(counting: Counting): void {
  counting.deliveries = 0;
  counting.frames = 0;
  counting.bytes = 0;
  counting.gaps = 0;
  counting.latencies.clear();
  counting.critical.clear();
}

function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index += 1) value = value * 10 + ((bytes[index] ?? 48) - 48);
  return value;
}

/** Looks at events spread evenly over the bytes: as many as eight. */
export function sampleLatencies(counting: Counting, bytes: Buffer, start: number, end: number): void {
  const now = nowMs();
  const looks = Math.min(8, Math.max(1, Math.floor((end - start) / 400)));
  for (let look = 0; look < looks; look += 1) {
    const from = start + Math.floor(((end - start) * look) / looks);
    const at = bytes.indexOf(SEQUENCE_KEY, from);
    if (at < start + AT_BEFORE_SEQUENCE || at + SEQUENCE_KEY.length > end) continue;
    const sentMs = digits(bytes, at - AT_BEFORE_SEQUENCE, AT_DIGITS) / 1_000;
    counting.latencies.add(now - sentMs);
  }
}

/** The times of critical documents in these bytes. */
export function findCritical(counting: Counting, bytes: Buffer, start: number, end: number): void {
  const part = bytes.subarray(start, end);
  let at = part.indexOf(CRITICAL_KEY);
  while (at !== -1 && at + CRITICAL_KEY.length + AT_DIGITS <= part.byteLength) {
    const raisedMs = digits(part, at + CRITICAL_KEY.length, AT_DIGITS) / 1_000;
    // A document raised long ago comes with a first snapshot, and is no delivery.
    if (nowMs() - raisedMs < 20_000) counting.critical.add(nowMs() - raisedMs);
    at = part.indexOf(CRITICAL_KEY, at + CRITICAL_KEY.length);
  }
}

/** The number of the first event of these bytes that is all there, 0: there is none. */
export function firstSequence(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(SEQUENCE_KEY, start);
  if (at === -1 || at + SEQUENCE_KEY.length + SEQUENCE_DIGITS > end) return 0;
  return digits(bytes, at + SEQUENCE_KEY.length, SEQUENCE_DIGITS);
}

/** The number of the last one, 0: there is none. */
export function lastSequence(bytes: Buffer, start: number, end: number): number {
  const from = end - SEQUENCE_KEY.length - SEQUENCE_DIGITS;
  if (from < start) return 0;
  const at = bytes.lastIndexOf(SEQUENCE_KEY, from);
  return at < start ? 0 : digits(bytes, at + SEQUENCE_KEY.length, SEQUENCE_DIGITS);
}
