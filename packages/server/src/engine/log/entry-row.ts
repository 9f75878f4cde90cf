import type { Observation } from '@ms5/domain';
import type { EntryCause, EntryOutcome, LogEntry } from './log-entry.ts';
import { LogError } from './log-error.ts';
import { packRows, unpackRows, type PackedRows } from './packed-rows.ts';
import { upcast } from './upcast.ts';

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
export const CAUSE_AT = 'SELECT cause FROM entries WHERE "offset" = ?';

/** Fewer observations than this stay as they are: packing them would save nothing. */
const PACKED_FROM = 3;

/** The texts of an entry. Observations and what they made true are packed. */
export function encodeEntry({
  cause,
  outcome,
  events,
}: Pick<LogEntry, 'cause' | 'outcome' | 'events'>): Record<'cause' | 'outcome' | 'events', string> {
  const isPacked = cause.kind === 'observations' && cause.observations.length >= PACKED_FROM;
  return {
    cause: JSON.stringify(isPacked ? { ...cause, observations: packRows(cause.observations) } : cause),
    outcome: JSON.stringify(outcome),
    events: JSON.stringify(isPacked ? packRows(events) : events),
  };
}

/** Reads the text of a cause that was left in the table. */
type ReadCause = (offset: number) => string | undefined;

/** Throws a `LogError` naming `file` when the row cannot be read. */
export function decodeRow(row: EntryRow, file: string, readCause: ReadCause = () => undefined): LogEntry {
  try {
    return upcast({
      offset: row.offset,
      at: row.at,
      version: row.version,
      projected: row.projected === 1,
      cause: decodeCause(row, file, readCause),
      outcome: row.outcome === 'null' ? null : (JSON.parse(row.outcome) as EntryOutcome),
      events: unpacked(JSON.parse(row.events) as LogEntry['events'] | PackedRows),
    });
  } catch (error) {
    throw unreadable(row, file, error);
  }
}

function unreadable({ offset }: EntryRow, file: string, cause: unknown): LogError {
  if (cause instanceof LogError) return cause;
  return new LogError('logCorrupt', `${file}: entry ${offset} cannot be read`, { cause });
}

type OfObservations = Extract<EntryCause, { kind: 'observations' }>;
type PackedCause = Omit<OfObservations, 'observations'> & { readonly observations: PackedRows };

/** Most entries of a quiet plant. */
const TICK = JSON.stringify({ kind: 'tick' } satisfies EntryCause);

/** What machines said is evidence, half of the log, and hardly ever looked at: it is read when it is asked for. */
function decodeCause(row: EntryRow, file: string, readCause: ReadCause): EntryCause {
  const { cause } = row;
  if (cause === TICK) return { kind: 'tick' };
  if (cause?.startsWith('{"kind":"observations"') === false) return JSON.parse(cause) as EntryCause;
  let read: OfObservations | undefined;
  const whole = (): OfObservations => {
    try {
      const text = cause ?? readCause(row.offset) ?? '';
      return (read ??= unpackedCause(JSON.parse(text) as OfObservations | PackedCause));
    } catch (error) {
      throw unreadable(row, file, error);
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

function unpackedCause(cause: OfObservations | PackedCause): OfObservations {
  return { ...cause, observations: unpacked<Observation>(cause.observations) };
}

function unpacked<Item extends object>(items: readonly Item[] | PackedRows): readonly Item[] {
  return 'rows' in items ? (unpackRows(items) as readonly Item[]) : items;
}
