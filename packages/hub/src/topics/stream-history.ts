import type { HistoryLimits } from './log.ts';
import { lastIndexAtOrBelow } from './offsets.ts';

export interface HistoryEntry {
  readonly offset: number;
  readonly at: number;
  readonly data: Uint8Array;
}

/** Recent entries of a stream, oldest first; complete after `from`, which is the offset of the last one dropped. */
export interface StreamHistory {
  readonly entries: HistoryEntry[];
  from: number;
  bytes: number;
}

export function createStreamHistory(from: number): StreamHistory {
  return { entries: [], from, bytes: 0 };
}

/** What is beyond a bound is dropped in runs, so that an addition costs no move of the whole history. */
export function excessOf(length: number, bound: number): number {
  return length > bound + Math.ceil(bound / 32) ? length - bound : 0;
}

/** Adds an entry; the history may exceed its bound by a thirty-second. */
export function addEntry(history: StreamHistory, entry: HistoryEntry, limits: HistoryLimits): void {
  history.entries.push(entry);
  history.bytes += entry.data.byteLength;
  dropOldest(history, excessOf(history.entries.length, limits.entries));
}

export function dropOldest(history: StreamHistory, count: number): void {
  if (count === 0) return;
  const dropped = history.entries.splice(0, count);
  for (const entry of dropped) history.bytes -= entry.data.byteLength;
  history.from = dropped.at(-1)?.offset ?? history.from;
}

/** Drops what is older than the history's age. */
export function dropAged(history: StreamHistory, { ageMs }: HistoryLimits, now: number): void {
  const limit = now - ageMs;
  const first = history.entries[0];
  if (first === undefined || first.at >= limit) return;
  const keepFrom = history.entries.findIndex((entry) => entry.at >= limit);
  dropOldest(history, keepFrom === -1 ? history.entries.length : keepFrom);
}

/** Index of the first entry after `offset`. */
export function indexAfter(history: StreamHistory, offset: number): number {
  return lastIndexAtOrBelow(history.entries, (entry) => entry.offset, offset) + 1;
}

/** The greatest offset at or below `position` that sessions can share: where the entry before stands. */
export function sharedPosition(history: StreamHistory, position: number): number {
  return history.entries[indexAfter(history, position) - 1]?.offset ?? history.from;
}
