import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { LogError } from './log-error.ts';

/** `application_id` of the file: "MS5e". */
const APPLICATION_ID = 0x4d533565;
/** `user_version` of the file. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- One row per entry. cause, outcome and events are JSON, what is many in them by words (word-rows.ts); offset counts
  -- from 1 without gaps.
  CREATE TABLE entries (
    "offset" INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    projected INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    outcome TEXT NOT NULL,
    events TEXT NOT NULL
  );
  CREATE INDEX entries_config ON entries ("offset") WHERE kind = 'configLoaded';
  CREATE TABLE clients (client_id TEXT PRIMARY KEY, highest INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE commands (
    client_id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (client_id, counter)
  ) WITHOUT ROWID;
  -- expires_hour: hours since the epoch. Expired keys are found by walking the table, as an index on it would double
  -- what a key costs.
  CREATE TABLE observation_keys (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_hour INTEGER NOT NULL,
    PRIMARY KEY (source, key)
  ) WITHOUT ROWID;
  CREATE TABLE snapshots (
    "offset" INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    version TEXT NOT NULL,
    data BLOB NOT NULL
  );
`;

/** Came later than the rest, so they are looked for at each start. */
const LATER_TABLES = `
  DROP INDEX IF EXISTS observation_keys_expiry;
  -- Texts and shapes that entries name by number, as JSON (words.ts).
  CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS expiring_clients (client_id TEXT PRIMARY KEY, expires_hour INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS expiring_clients_expiry ON expiring_clients (expires_hour);
  CREATE TABLE IF NOT EXISTS publication_keys (
    author TEXT NOT NULL,
    key TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    expires_hour INTEGER NOT NULL,
    PRIMARY KEY (author, key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS publication_keys_expiry ON publication_keys (expires_hour);
`;

/** Creates the tables in an empty file, or checks that the file is this site's log. Returns the log's id. */
export function prepareSchema(database: Database, file: string, site: string): string {
  const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_master').pluck().get() ?? 0;
  const application = Number(database.pragma('application_id', { simple: true }));
  if (tables === 0 && application === 0) return create(database, site);
  if (application !== APPLICATION_ID) {
    throw new LogError(
      'logForeign',
      `${file} is a database of another application; choose another directory`,
    );
  }
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) {
    const known = `this version reads up to ${SCHEMA_VERSION}`;
    throw new LogError('logNewer', `${file} was written by a newer version (schema ${version}; ${known})`);
  }
  const own = readMeta(database, 'site');
  if (own !== site) {
    throw new LogError('logOtherSite', `${file} is the log of site "${own}", not of "${site}"`);
  }
  database.exec(LATER_TABLES);
  return readMeta(database, 'logId');
}

/** Whose log a file is, read without changing it. Throws a `LogError` when it is none. */
export function readIdentity(
  database: Database,
  file: string,
): { readonly id: string; readonly site: string } {
  const application = Number(database.pragma('application_id', { simple: true }));
  if (application !== APPLICATION_ID)
    throw new LogError('logForeign', `${file} is not an event log; name the data directory of a plant`);
  return { id: readMeta(database, 'logId'), site: readMeta(database, 'site') };
}

function create(database: Database, site: string): string {
  const id = randomUUID();
  database.transaction(() => {
    database.exec(SCHEMA);
    database.exec(LATER_TABLES);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
    const insert = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
    insert.run('logId', id);
    insert.run('site', site);
  })();
  return id;
}

function readMeta(database: Database, name: string): string {
  const value = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(name);
  if (value === undefined)
    throw new LogError('logCorrupt', `the event log has no "${name}" in its meta table`);
  return value;
}
