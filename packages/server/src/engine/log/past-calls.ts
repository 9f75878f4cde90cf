import { join } from 'node:path';
import type { PastEntry } from '@ms5/domain';
import Sqlite from 'better-sqlite3';
import { decodeRow, ENTRY_COLUMNS, rowSource, type EntryRow } from './entry-row.ts';
import { toLogError } from './log-error.ts';
import { readIdentity } from './sqlite-schema.ts';

/**
 * What people did to calls, by the log in `directory`, in order; may be read beside a running server. Throws a
 * `LogError` when there is no log.
 */
export function readPastCalls(directory: string): readonly PastEntry[] {
  const file = join(directory, 'events.sqlite');
  let database: Sqlite.Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 1000 });
    readIdentity(database, file);
    const rows = database.prepare<[], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM entries
       WHERE kind IN ('command', 'displayed') AND events LIKE '%"callId"%' ORDER BY "offset"`,
    );
    const source = rowSource(database, file);
    const past: PastEntry[] = [];
    for (const row of rows.iterate()) {
      const { at, events } = decodeRow(row, source);
      past.push({ at, events });
    }
    return past;
  } catch (error) {
    throw toLogError(error, file);
  } finally {
    database?.close();
  }
}
