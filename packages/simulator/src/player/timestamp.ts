/**
 * A timestamp as an SHDR line carries it. Adapters write up to seven fractional digits (100 ns); the digits
 * below a millisecond are kept as text so that moving a timestamp by whole milliseconds loses nothing.
 */
export interface Timestamp {
  /** Milliseconds since 1970-01-01T00:00Z, integer, rounded down. */
  readonly ms: number;
  /** Fractional digits below the millisecond, as written. */
  readonly tail: string;
}

const PATTERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/;

/** `null` for what is not a UTC timestamp, such as the empty one that asks to be stamped on arrival. */
export function parseTimestamp(text: string): Timestamp | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  const seconds = Date.parse(`${whole}Z`);
  if (Number.isNaN(seconds)) return null;
  return { ms: seconds + Number(fraction.slice(0, 3).padEnd(3, '0')), tail: fraction.slice(3) };
}

export function formatTimestamp(timestamp: Timestamp): string {
  const text = new Date(timestamp.ms).toISOString();
  return `${text.slice(0, -1)}${timestamp.tail}Z`;
}

/** `shiftMs` must be an integer. */
export function shiftTimestamp(timestamp: Timestamp, shiftMs: number): Timestamp {
  return { ms: timestamp.ms + shiftMs, tail: timestamp.tail };
}
