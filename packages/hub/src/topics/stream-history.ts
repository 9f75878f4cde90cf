import type { HistoryLimits } from './log.ts';
import { lastIndexAtOrBelow } from './offsets.ts';

export interface HistoryEntry {
  readonly offset: number;
  readonly at: number;
  readonly data: Uint8Array;
}

/** Where a stream may be cut for whoever takes it in pieces: after the entry at `offset`. */
interface Cut {
  readonly offset: number;
  /** Bytes of all entries up to there, since the beginning of the history. */
  readonly bytes: number;
}

/** Recent entries of a stream, oldest first; complete after `from`, which is the offset of the last one dropped. */
export interface StreamHistory {
  readonly entries: HistoryEntry[];
  from: number;
  bytes: number;
  /** Bytes of all entries there ever were, with what an offset and a time take. */
  totalBytes: number;
  /** The first entry beyond each multiple of `CUT_BYTES`, oldest first. */
  readonly cuts: Cut[];
}

export function createStreamHistory(from: number): StreamHistory {
  return { entries: [], from, bytes: 0, totalBytes: 0, cuts: [] };
}

/** Cuts are about so far apart; pieces are multiples of it. */
const CUT_BYTES = 2_048;
/** About what an entry's offset and time take. */
const ENTRY_OVERHEAD_BYTES = 50;

/** What is beyond a bound is dropped in runs, so that an addition costs no move of the whole history. */
export function excessOf(length: number, bound: number): number {
  return length > bound + Math.ceil(bound / 32) ? length - bound : 0;
}

/** Adds an entry; the history may exceed its bound by a thirty-second. */
export function addEntry(history: StreamHistory, entry: HistoryEntry, limits: HistoryLimits): void {
  history.entries.push(entry);
  history.bytes += entry.data.byteLength;
  const before = history.totalBytes;
  history.totalBytes += entry.data.byteLength + ENTRY_OVERHEAD_BYTES;
  if (isCutBetween(before, history.totalBytes, CUT_BYTES))
    history.cuts.push({ offset: entry.offset, bytes: history.totalBytes });
  dropOldest(history, excessOf(history.entries.length, limits.entries));
}

export function dropOldest(history: StreamHistory, count: number): void {
  if (count === 0) return;
  const dropped = history.entries.splice(0, count);
  for (const entry of dropped) history.bytes -= entry.data.byteLength;
  history.from = dropped.at(-1)?.offset ?? history.from;
  // The last one before what is left tells where its first piece began.
  history.cuts.splice(0, Math.max(0, cutAfter(history, history.from) - 1));
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

const isCutBetween = (before: number, after: number, pieceBytes: number): boolean =>
  Math.floor(before / pieceBytes) < Math.floor(after / pieceBytes);

const cutAfter = ({ cuts }: StreamHistory, offset: number): number =>
  lastIndexAtOrBelow(cuts, (cut) => cut.offset, offset) + 1;

/**
 * Where the piece ends that begins after `offset`: at places that depend on the stream alone, so that sessions share
 * pieces wherever they stand; `null`: its end is still to come. `pieceBytes` is a multiple of `CUT_BYTES`.
 */
export function endOfPiece(history: StreamHistory, offset: number, pieceBytes: number): number | null {
  const { cuts } = history;
  let index = cutAfter(history, offset);
  let before = cuts[index - 1]?.bytes ?? 0;
  for (; index < cuts.length; index += 1) {
    const cut = cuts[index];
    if (cut === undefined) break;
    if (isCutBetween(before, cut.bytes, pieceBytes)) return cut.offset;
    before = cut.bytes;
  }
  return null;
}

/** The greatest offset at or below `position` that sessions can share: where the entry before stands. */
export function sharedPosition(history: StreamHistory, position: number): number {
  return history.entries[indexAfter(history, position) - 1]?.offset ?? history.from;
}
