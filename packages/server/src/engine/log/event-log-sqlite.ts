import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { CommandKey } from '@ms5/wire';
import {
  OUTCOMES_KEPT_PER_CLIENT,
  type CommandRecord,
  type CommitGroup,
  type EventLog,
  type LogSnapshot,
  type ObservationKey,
} from './event-log.ts';
import {
  decodeRow,
  encodeEntry,
  ENTRY_COLUMNS,
  rowSource,
  type EntryRow,
  type RowSource,
} from './entry-row.ts';
import type { CommandOutcome } from './log-entry.ts';
import { LogError, toLogError } from './log-error.ts';
import { prepareSchema } from './sqlite-schema.ts';
import { createWordWriter } from './word-writer.ts';
import { wordsFrom } from './words.ts';

const HOUR_MS = 3_600_000;
/** Keys forgotten per call of `prune`: some ms of work. */
const PRUNE_LIMIT = 5000;
/** Clients forgotten per call, each from three tables. */
const PRUNE_CLIENTS_LIMIT = 500;
const SNAPSHOTS_KEPT = 2;
/** Rows read in one call: a call costs as much as a small row. */
const ENTRIES_AT_ONCE = 128;

interface CommandRow {
  readonly offset: number;
  readonly at: number;
  readonly outcome: string;
}

interface SnapshotRow {
  readonly offset: number;
  readonly at: number;
  readonly version: string;
  readonly data: Buffer;
}

export interface SqliteLogOptions {
  /** Most pages of 4 KiB the file may have; omitted: as many as the disk takes. */
  readonly maxPages?: number;
}

/**
 * Opens the site's log in `directory`, creating both when absent. WAL with `synchronous=FULL`: what was committed
 * survives a power cut. One process at a time: a second one gets `logLocked`; readers may open the file beside it.
 */
export function openSqliteEventLog(
  directory: string,
  site: string,
  options: SqliteLogOptions = {},
): EventLog {
  const file = join(directory, 'events.sqlite');
  const opened: Database[] = [];
  try {
    mkdirSync(directory, { recursive: true });
    opened.push(lockDirectory(join(directory, 'events.lock')));
    const database = new Sqlite(file, { timeout: 1000 });
    opened.push(database);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // The engine checkpoints when idle; a bound for the worst case stays.
    database.pragma('wal_autocheckpoint = 16000');
    if (options.maxPages !== undefined) database.pragma(`max_page_count = ${options.maxPages}`);
    const id = prepareSchema(database, file, site);
    return createEventLog(id, file, database, () => {
      for (const each of opened.toReversed()) each.close();
    });
  } catch (error) {
    for (const each of opened.toReversed()) each.close();
    throw toLogError(error, file);
  }
}

/** An exclusive transaction on a file of its own: released by the system when the process dies, however it dies. */
export function lockDirectory(file: string): Database {
  const lock = new Sqlite(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw toLogError(error, file);
  }
}

function createEventLog(id: string, file: string, database: Database, release: () => void): EventLog {
  const statements = prepareStatements(database);
  const sweep = createKeySweep(statements);
  const words = createWordWriter(wordsFrom(database, 0));
  let head = statements.head.get() ?? 0;
  let closed = false;

  /** Every call's errors become a `LogError` about this file. */
  const guarded = <T>(work: () => T): T => {
    if (closed) throw new LogError('logFailed', `${file} is closed`);
    try {
      return work();
    } catch (error) {
      throw toLogError(error, file);
    }
  };

  const rows = rowSource(database, file);
  const source: RowSource = { ...rows, causeAt: (offset) => guarded(() => rows.causeAt(offset)) };

  const write = database.transaction((group: CommitGroup): void => {
    for (const [index, entry] of group.entries.entries()) {
      const expected = head + index + 1;
      if (entry.offset !== expected) {
        throw new LogError('logFailed', `${file}: expected offset ${expected}, found ${entry.offset}`);
      }
      const { cause, outcome, events } = encodeEntry(entry, words);
      statements.insertEntry.run(
        entry.offset,
        entry.at,
        entry.version,
        entry.projected ? 1 : 0,
        entry.cause.kind,
        cause,
        outcome,
        events,
      );
    }
    for (const { id, word } of words.fresh()) statements.insertWord.run(id, JSON.stringify(word));
    for (const { key, offset, at, outcome, expiresAt } of group.commands) {
      statements.insertCommand.run(key.clientId, key.counter, offset, at, JSON.stringify(outcome));
      statements.raiseClient.run(key.clientId, key.counter);
      statements.pruneCommands.run(key.clientId, key.counter - OUTCOMES_KEPT_PER_CLIENT);
      if (expiresAt !== undefined) statements.insertExpiry.run(key.clientId, Math.ceil(expiresAt / HOUR_MS));
    }
    for (const { source, hour, keys } of bySourceAndHour(group.observationKeys)) {
      statements.insertKeys.run(source, hour, JSON.stringify(keys));
    }
    for (const { author, key, offset, expiresAt } of group.publicationKeys) {
      statements.insertPublication.run(author, key, offset, Math.ceil(expiresAt / HOUR_MS));
    }
  });

  const pruneClients = database.transaction((hour: number): boolean => {
    const clients = statements.expiredClients.all(hour, PRUNE_CLIENTS_LIMIT);
    for (const client of clients) {
      statements.dropCommands.run(client);
      statements.dropClient.run(client);
      statements.dropExpiry.run(client);
    }
    return clients.length === PRUNE_CLIENTS_LIMIT;
  });

  const saveSnapshot = database.transaction(({ offset, at, version, data }: LogSnapshot): void => {
    statements.insertSnapshot.run(offset, at, version, data);
    statements.pruneSnapshots.run(SNAPSHOTS_KEPT);
  });

  return {
    id,
    head: () => head,
    commit: (group) => {
      try {
        guarded(() => write.immediate(group));
      } catch (error) {
        words.drop();
        throw error;
      }
      words.keep();
      head += group.entries.length;
    },
    *entries(after) {
      for (let last = after; ;) {
        const read = guarded(() => statements.entries.all(last, ENTRIES_AT_ONCE));
        for (const row of read) yield decodeRow(row, source);
        if (read.length < ENTRIES_AT_ONCE) return;
        last = read.at(-1)?.offset ?? last;
      }
    },
    latestConfig: () =>
      guarded(() => {
        const row = statements.latestConfig.get();
        return row === undefined ? undefined : decodeRow(row, source);
      }),
    commandRecord: (key) => guarded(() => readCommand(statements, key)),
    knownObservationKeys: (source, keys) =>
      guarded(() => new Set(statements.knownKeys.all(JSON.stringify(keys), source))),
    publicationOffset: (author, key) => guarded(() => statements.publication.get(author, key)),
    prune: (now) =>
      guarded(() => {
        const hour = Math.floor(now / HOUR_MS);
        const hasMoreKeys = sweep(hour);
        const publications = statements.prunePublications.run(hour, PRUNE_LIMIT).changes;
        return pruneClients.immediate(hour) || hasMoreKeys || publications === PRUNE_LIMIT;
      }),
    saveSnapshot: (snapshot) => guarded(() => saveSnapshot.immediate(snapshot)),
    latestSnapshot: () => guarded(() => statements.latestSnapshot.get()),
    checkpoint: () => {
      guarded(() => database.pragma('wal_checkpoint(PASSIVE)'));
    },
    close: () => {
      if (closed) return;
      closed = true;
      release();
    },
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: Database) {
  return {
    head: database.prepare<[], number>('SELECT max("offset") FROM entries').pluck(),
    insertEntry: database.prepare(
      'INSERT INTO entries ("offset", at, version, projected, kind, cause, outcome, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    insertWord: database.prepare('INSERT INTO words (id, word) VALUES (?, ?)'),
    entries: database.prepare<[number, number], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE "offset" > ? ORDER BY "offset" LIMIT ?`,
    ),
    latestConfig: database.prepare<[], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE kind = 'configLoaded' ORDER BY "offset" DESC LIMIT 1`,
    ),
    insertCommand: database.prepare(
      'INSERT INTO commands (client_id, counter, "offset", at, outcome) VALUES (?, ?, ?, ?, ?)',
    ),
    raiseClient: database.prepare(
      'INSERT INTO clients (client_id, highest) VALUES (?, ?) ON CONFLICT DO UPDATE SET highest = max(highest, excluded.highest)',
    ),
    pruneCommands: database.prepare('DELETE FROM commands WHERE client_id = ? AND counter <= ?'),
    insertExpiry: database.prepare(
      'INSERT INTO expiring_clients (client_id, expires_hour) VALUES (?, ?) ON CONFLICT DO UPDATE SET expires_hour = excluded.expires_hour',
    ),
    expiredClients: database
      .prepare<[number, number], string>(
        'SELECT client_id FROM expiring_clients WHERE expires_hour < ? LIMIT ?',
      )
      .pluck(),
    dropCommands: database.prepare('DELETE FROM commands WHERE client_id = ?'),
    dropClient: database.prepare('DELETE FROM clients WHERE client_id = ?'),
    dropExpiry: database.prepare('DELETE FROM expiring_clients WHERE client_id = ?'),
    highest: database.prepare<[string], number>('SELECT highest FROM clients WHERE client_id = ?').pluck(),
    command: database.prepare<[string, number], CommandRow>(
      'SELECT "offset", at, outcome FROM commands WHERE client_id = ? AND counter = ?',
    ),
    // Many keys in one statement, as JSON: a call per key costs more than its row.
    insertKeys: database.prepare(
      'INSERT OR REPLACE INTO observation_keys (source, key, expires_hour) SELECT ?, value, ? FROM json_each(?)',
    ),
    knownKeys: database
      .prepare<[string, string], string>(
        'SELECT own.key FROM json_each(?) AS asked CROSS JOIN observation_keys AS own ON own.source = ? AND own.key = asked.value',
      )
      .pluck(),
    keyAfter: database.prepare<[string, string, number], { source: string; key: string }>(
      'SELECT source, key FROM observation_keys WHERE (source, key) > (?, ?) ORDER BY source, key LIMIT 1 OFFSET ?',
    ),
    pruneKeysUpTo: database.prepare(
      'DELETE FROM observation_keys WHERE (source, key) > (?, ?) AND (source, key) <= (?, ?) AND expires_hour < ?',
    ),
    pruneKeysAfter: database.prepare(
      'DELETE FROM observation_keys WHERE (source, key) > (?, ?) AND expires_hour < ?',
    ),
    insertPublication: database.prepare(
      'INSERT OR REPLACE INTO publication_keys (author, key, "offset", expires_hour) VALUES (?, ?, ?, ?)',
    ),
    publication: database
      .prepare<[string, string], number>('SELECT "offset" FROM publication_keys WHERE author = ? AND key = ?')
      .pluck(),
    prunePublications: database.prepare(
      'DELETE FROM publication_keys WHERE (author, key) IN (SELECT author, key FROM publication_keys WHERE expires_hour < ? LIMIT ?)',
    ),
    insertSnapshot: database.prepare(
      'INSERT OR REPLACE INTO snapshots ("offset", at, version, data) VALUES (?, ?, ?, ?)',
    ),
    pruneSnapshots: database.prepare(
      'DELETE FROM snapshots WHERE "offset" NOT IN (SELECT "offset" FROM snapshots ORDER BY "offset" DESC LIMIT ?)',
    ),
    latestSnapshot: database.prepare<[], SnapshotRow>(
      'SELECT "offset", at, version, data FROM snapshots ORDER BY "offset" DESC LIMIT 1',
    ),
  };
}

interface KeysOfHour {
  readonly source: string;
  readonly hour: number;
  readonly keys: string[];
}

function bySourceAndHour(keys: readonly ObservationKey[]): Iterable<KeysOfHour> {
  const groups = new Map<string, KeysOfHour>();
  let last: KeysOfHour | undefined;
  for (const { source, key, expiresAt } of keys) {
    const hour = Math.ceil(expiresAt / HOUR_MS);
    if (last?.source !== source || last.hour !== hour) {
      const id = `${hour}/${source}`;
      last = groups.get(id) ?? { source, hour, keys: [] };
      groups.set(id, last);
    }
    last.keys.push(key);
  }
  return groups.values();
}

/**
 * Walks the keys once in every hour, in steps, and forgets those that expired. Each call takes a step; true: more are
 * left.
 */
function createKeySweep(statements: Statements): (hour: number) => boolean {
  const start = { source: '', key: '' };
  let sweptHour = -1;
  let from = start;
  return (hour) => {
    if (hour === sweptHour) return false;
    const to = statements.keyAfter.get(from.source, from.key, PRUNE_LIMIT - 1);
    if (to === undefined) {
      statements.pruneKeysAfter.run(from.source, from.key, hour);
      sweptHour = hour;
      from = start;
      return false;
    }
    statements.pruneKeysUpTo.run(from.source, from.key, to.source, to.key, hour);
    from = to;
    return true;
  };
}

function readCommand(statements: Statements, key: CommandKey): CommandRecord {
  const highest = statements.highest.get(key.clientId) ?? 0;
  const row = statements.command.get(key.clientId, key.counter);
  if (row === undefined) return { highest };
  const outcome = JSON.parse(row.outcome) as CommandOutcome;
  return { highest, stored: { key, offset: row.offset, at: row.at, outcome } };
}
