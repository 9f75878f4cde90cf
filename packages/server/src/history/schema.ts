import type { Database } from 'better-sqlite3';

/** `application_id` of the file: "MS5h". */
const APPLICATION_ID = 0x4d533568;
/** Another one, or another log's: the file is emptied and built anew. */
const HISTORY_VERSION = 1;

/**
 * Everything here is made from the log. Instants are ms since the epoch; `line`, `equipment`, `type`, `author` and
 * `scope` are ids of `names`. `from_at` and `to_at`: first and last instant an event speaks of. `bearing`: 0 none,
 * 1 may change figures, 2 a fact of an equipment.
 */
const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  -- When each offset was decided: what "now" was as of an offset.
  CREATE TABLE entries ("offset" INTEGER PRIMARY KEY, at INTEGER NOT NULL);
  CREATE INDEX entries_at ON entries (at);
  CREATE TABLE configurations ("offset" INTEGER PRIMARY KEY, at INTEGER NOT NULL, plant TEXT NOT NULL);
  -- What people asked for, applied or not.
  CREATE TABLE acts (
    "offset" INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    command TEXT NOT NULL,
    line TEXT,
    status TEXT NOT NULL,
    reason TEXT,
    data TEXT NOT NULL
  );
  CREATE TABLE events (
    "offset" INTEGER NOT NULL,
    place INTEGER NOT NULL,
    type INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    line INTEGER,
    equipment INTEGER,
    kind TEXT,
    subject TEXT,
    author TEXT,
    bearing INTEGER NOT NULL,
    ends_stops INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY ("offset", place)
  ) WITHOUT ROWID;
  CREATE INDEX events_fact ON events (equipment, type, from_at) WHERE bearing = 2;
  CREATE INDEX events_run ON events (equipment, from_at) WHERE ends_stops = 1;
  CREATE INDEX events_line ON events (line, from_at) WHERE bearing = 1;
  CREATE INDEX events_subject ON events (kind, subject) WHERE subject IS NOT NULL;
  -- The first event that told of rejects, per equipment: from then on it is known to count them.
  CREATE TABLE reject_tellers (equipment INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL, place INTEGER NOT NULL);
  -- One row per call, downtime, job or the like; its versions are its events.
  CREATE TABLE subjects (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    line INTEGER,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE INDEX subjects_time ON subjects (kind, from_at);
  -- Offset of the newest event of a line.
  CREATE TABLE line_heads (line INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL);
`;

/**
 * Sums of a line or equipment by hour and product, kept so that they need not be computed again. depends_*: the
 * stretch whose events they were computed from; an event that touches it drops them. sealed: their facts are gone.
 */
const HOURS = `
  CREATE TABLE IF NOT EXISTS hours (
    scope TEXT NOT NULL,
    line INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    depends_from INTEGER NOT NULL,
    depends_to INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    pieces TEXT NOT NULL,
    PRIMARY KEY (scope, from_at)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS hours_depends ON hours (line, depends_to);
`;

/** Creates the tables, or empties a file that is of another log or form. Returns the position it stands at. */
export function prepareHistory(database: Database, logId: string, site: string): number {
  const application = Number(database.pragma('application_id', { simple: true }));
  const version = Number(database.pragma('user_version', { simple: true }));
  const isOurs = application === APPLICATION_ID && version === HISTORY_VERSION;
  if (isOurs && readMeta(database, 'logId') === logId) return Number(readMeta(database, 'position') ?? 0);
  database.transaction(() => {
    for (const name of tablesOf(database)) database.exec(`DROP TABLE "${name}"`);
    database.exec(SCHEMA);
    database.exec(HOURS);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${HISTORY_VERSION}`);
    const insert = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
    insert.run('logId', logId);
    insert.run('site', site);
    insert.run('position', '0');
  })();
  return 0;
}

/** Tables that are the same however history was built; hours are computed as they are asked for. */
export const REPRODUCIBLE_TABLES = [
  'meta',
  'names',
  'entries',
  'configurations',
  'acts',
  'events',
  'reject_tellers',
  'subjects',
  'line_heads',
] as const;

function tablesOf(database: Database): readonly string[] {
  return database
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
}

function readMeta(database: Database, name: string): string | undefined {
  return database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(name);
}
