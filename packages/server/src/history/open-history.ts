import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { lockDirectory } from '../engine/log/event-log-sqlite.ts';
import { toLogError } from '../engine/log/log-error.ts';
import { prepareHistory } from './schema.ts';

export interface HistoryDatabase {
  readonly database: Database;
  /** Offset up to which the log was taken in when it was opened. */
  readonly position: number;
  close(): void;
}

export const HISTORY_FILE = 'history.sqlite';

interface OpenOptions {
  readonly directory: string;
  readonly logId: string;
  readonly site: string;
  /** Omitted: `history.sqlite`. */
  readonly name?: string;
}

/**
 * Opens the history of a log, creating it when absent. It may be lost at any time, so commits do not wait for the
 * disk. One process at a time: a second one gets `logLocked`.
 */
export function openHistory({ directory, logId, site, name = HISTORY_FILE }: OpenOptions): HistoryDatabase {
  const file = join(directory, name);
  const opened: Database[] = [];
  const close = (): void => {
    for (const each of opened.toReversed()) each.close();
  };
  try {
    mkdirSync(directory, { recursive: true });
    opened.push(lockDirectory(join(directory, 'history.lock')));
    const database = new Sqlite(file, { timeout: 1000 });
    opened.push(database);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('cache_size = -32000');
    return { database, position: prepareHistory(database, logId, site), close };
  } catch (error) {
    close();
    throw toLogError(error, file);
  }
}
