import { HISTORY } from '@ms5/wire';
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

/** Entries beyond the bound are dropped in runs, so that an append costs no move of the whole history. */
const SLACK = 256;

/** Adds an entry; the history may exceed its bound by a fixed slack. */
export function addEntry(history: StreamHistory, entry: HistoryEntry): void {
  history.entries.push(entry);
  history.bytes += entry.data.byteLength;
  if (history.entries.length > HISTORY.entries + SLACK)
    dropOldest(history, history.entries.length - HISTORY.entries);
}

export function dropOldest(history: StreamHistory, count: number): void {
  const dropped = history.entries.splice(0, count);
  for (const entry of dropped) history.bytes -= entry.data.byteLength;
  history.from = dropped.at(-1)?.offset ?? history.from;
}

/** Drops what is older than the history's age. */
export function dropAged(history: StreamHistory, now: number): void {
  const limit = now - HISTORY.ageMs;
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
