import type { FactoryEvent, Observation } from '@ms5/domain';
import type { Database, Statement } from 'better-sqlite3';
import type { EntryCause, EntryOutcome, LogEntry } from './log-entry.ts';
import { LogError } from './log-error.ts';
import { unpackRows, type PackedRows } from './packed-rows.ts';
import { upcast } from './upcast.ts';
import { packByWords, unpackByWords } from './word-rows.ts';
import type { WordWriter } from './word-writer.ts';
import { createKnownWords, wordsFrom, type KnownWords } from './words.ts';

/** An entry as it lies in the table. */
export interface EntryRow {
  readonly offset: number;
  readonly at: number;
  readonly version: number;
  readonly projected: number;
  /** `null`: of observations, and left in the table until it is asked for. */
  readonly cause: string | null;
  readonly outcome: string;
  readonly events: string;
}

/** Of the table of entries, an `EntryRow`. What machines said is half of the log, and stays where it is. */
export const ENTRY_COLUMNS = `"offset", at, version, projected,
  CASE kind WHEN 'observations' THEN NULL ELSE cause END AS cause, outcome, events`;
/** The text that `ENTRY_COLUMNS` leaves there. */
const CAUSE_AT = 'SELECT cause FROM entries WHERE "offset" = ?';

/** Causes of entries that are many: what they say, and what they made true, is written by words. */
const BY_WORDS: ReadonlySet<EntryCause['kind']> = new Set(['observations', 'tick']);

/** The texts of an entry. */
export function encodeEntry(
  { at, cause, outcome, events }: Pick<LogEntry, 'at' | 'cause' | 'outcome' | 'events'>,
  words: WordWriter,
): Record<'cause' | 'outcome' | 'events', string> {
  return {
    cause: JSON.stringify(
      cause.kind === 'observations'
        ? { ...cause, observations: packByWords(cause.observations, at, words) }
        : cause,
    ),
    outcome: JSON.stringify(outcome),
    events: JSON.stringify(BY_WORDS.has(cause.kind) ? packByWords(events, at, words) : events),
  };
}

/** Where a row lies, for what it does not hold itself. */
export interface RowSource {
  /** Named by errors. */
  readonly file: string;
  readonly words: KnownWords;
  /** The text of a cause that was left in the table. */
  readonly causeAt: (offset: number) => string | undefined;
}

/** Reads what the rows of the log in `database` do not hold themselves. */
export function rowSource(database: Database, file: string): RowSource {
  let cause: Statement<[number], string> | undefined;
  return {
    file,
    words: createKnownWords((from) => wordsFrom(database, from)),
    causeAt: (offset) => (cause ??= database.prepare<[number], string>(CAUSE_AT).pluck()).get(offset),
  };
}

/** Throws a `LogError` naming the file when the row cannot be read. */
export function decodeRow(row: EntryRow, source: RowSource): LogEntry {
  try {
    return upcast({
      offset: row.offset,
      at: row.at,
      version: row.version,
      projected: row.projected === 1,
      cause: decodeCause(row, source),
      outcome: row.outcome === 'null' ? null : (JSON.parse(row.outcome) as EntryOutcome),
      events: unpacked(JSON.parse(row.events) as Packed, row.at, source.words) as readonly FactoryEvent[],
    });
  } catch (error) {
    throw unreadable(row, source.file, error);
  }
}

function unreadable({ offset }: EntryRow, file: string, cause: unknown): LogError {
  if (cause instanceof LogError) return cause;
  return new LogError('logCorrupt', `${file}: entry ${offset} cannot be read`, { cause });
}

type OfObservations = Extract<EntryCause, { kind: 'observations' }>;
type PackedCause = Omit<OfObservations, 'observations'> & { readonly observations: Packed };
/** Of version 2, and of what came after. */
type Packed = PackedRows | readonly unknown[];

/** Most entries of a quiet plant. */
const TICK = JSON.stringify({ kind: 'tick' } satisfies EntryCause);

/** What machines said is evidence, half of the log, and hardly ever looked at: it is read when it is asked for. */
function decodeCause(row: EntryRow, source: RowSource): EntryCause {
  const { cause } = row;
  if (cause === TICK) return { kind: 'tick' };
  if (cause?.startsWith('{"kind":"observations"') === false) return JSON.parse(cause) as EntryCause;
  let read: OfObservations | undefined;
  const whole = (): OfObservations => {
    try {
      const text = cause ?? source.causeAt(row.offset) ?? '';
      return (read ??= unpackedCause(JSON.parse(text) as PackedCause, row.at, source.words));
    } catch (error) {
      throw unreadable(row, source.file, error);
    }
  };
  return {
    kind: 'observations',
    get source() {
      return whole().source;
    },
    get observations() {
      return whole().observations;
    },
  };
}

function unpackedCause(cause: PackedCause, at: number, words: KnownWords): OfObservations {
  return { ...cause, observations: unpacked(cause.observations, at, words) as readonly Observation[] };
}

function unpacked(items: Packed, at: number, words: KnownWords): readonly object[] {
  return 'rows' in items ? unpackRows(items) : unpackByWords(items, at, words);
}
