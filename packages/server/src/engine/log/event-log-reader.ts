import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { decodeRow, ENTRY_COLUMNS, rowSource, type EntryRow } from './entry-row.ts';
import type { LogEntry } from './log-entry.ts';
import { toLogError } from './log-error.ts';
import { readIdentity } from './sqlite-schema.ts';

/** A site's log, read beside the process that writes it. */
export interface EventLogReader {
  readonly id: string;
  readonly site: string;
  head(): number;
  /**
   * At most `limit` entries after an offset, in order, up to the one in which `events` is reached. Short reads: a long
   * one would keep the log from shrinking. What machines said can be read as long as the log is open.
   */
  entries(after: number, limit: number, events?: number): readonly LogEntry[];
  close(): void;
}

/** Opens the log in `directory` for reading; throws a `LogError` when there is none. */
export function openEventLogReader(directory: string): EventLogReader {
  const file = join(directory, 'events.sqlite');
  try {
    const database = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 1000 });
    const { id, site } = readIdentity(database, file);
    const head = database.prepare<[], number | null>('SELECT max("offset") FROM entries').pluck();
    const entries = database.prepare<[number, number], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE "offset" > ? ORDER BY "offset" LIMIT ?`,
    );
    const source = rowSource(database, file);
    return {
      id,
      site,
      head: () => head.get() ?? 0,
      entries: (after, limit, events = Infinity) => {
        const read: LogEntry[] = [];
        let left = events;
        for (const row of entries.iterate(after, limit)) {
          const entry = decodeRow(row, source);
          read.push(entry);
          left -= entry.events.length;
          if (left <= 0) break;
        }
        return read;
      },
      close: () => {
        database.close();
      },
    };
  } catch (error) {
    throw toLogError(error, file);
  }
}
