import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** How far an endpoint has come: entries before `offset` are done, and events of it up to `index`. */
interface Position {
  readonly logId: string;
  readonly offset: number;
  /** `ENTRY_DONE`: the whole entry. */
  readonly index: number;
}
export const ENTRY_DONE = 2 ** 31 - 1;

export interface Progress extends Position {
  /** Since when nothing could be delivered, ms since the epoch; `null`: the last attempt succeeded. */
  readonly failingSince: number | null;
}

export interface DeadLetter {
  /** The message's id. */
  readonly id: string;
  readonly endpoint: string;
  readonly type: string;
  readonly topic: string | null;
  readonly offset: number;
  readonly at: number;
  readonly body: string;
  readonly reason: string;
  readonly attempts: number;
  readonly deadAt: number;
  /** `due`: to be sent again. */
  readonly state: 'dead' | 'due';
}

/**
 * Positions and dead letters in a file of their own. A power cut may undo the last moments (`synchronous=NORMAL`),
 * both together: then some messages are sent again, none is lost.
 */
export interface WebhookStore {
  progress(endpoint: string): Progress | undefined;
  saveProgress(endpoint: string, progress: Progress): void;
  /** Puts the message aside and moves on, both or neither. */
  bury(letter: DeadLetter, progress: Progress): void;
  /** Newest last. */
  deadLetters(endpoint?: string): readonly DeadLetter[];
  countDeadLetters(): number;
  nextDue(endpoint: string): DeadLetter | undefined;
  /** Marks letters to be sent again; returns how many there were. */
  markDue(ids: readonly string[] | 'all', endpoint?: string): number;
  delivered(letter: DeadLetter): void;
  failedAgain(letter: DeadLetter): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS progress (
    endpoint TEXT PRIMARY KEY,
    log_id TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    failing_since REAL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dead_letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    topic TEXT,
    "offset" INTEGER NOT NULL,
    at REAL NOT NULL,
    body TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    dead_at REAL NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (endpoint, id)
  );
  CREATE INDEX IF NOT EXISTS dead_letters_due ON dead_letters (endpoint, number) WHERE state = 'due';
`;

const LETTER = 'id, endpoint, type, topic, "offset", at, body, reason, attempts, dead_at AS deadAt, state';
const FILE = 'webhook.sqlite';

/** Where the store is below the directory of all plugins. */
export function webhookStoreFile(pluginsDir: string): string {
  return join(pluginsDir, 'webhook', FILE);
}

/** Opens the store in the plugin's directory; several processes may. */
export function openWebhookStore(directory: string): WebhookStore {
  mkdirSync(directory, { recursive: true });
  const database = new Sqlite(join(directory, FILE), { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(SCHEMA);
  const progress = database.prepare<[string], Progress>(
    'SELECT log_id AS logId, "offset", "index", failing_since AS failingSince FROM progress WHERE endpoint = ?',
  );
  const saveProgress = database.prepare<[Progress & { readonly endpoint: string }]>(
    `INSERT INTO progress (endpoint, log_id, "offset", "index", failing_since)
     VALUES (@endpoint, @logId, @offset, @index, @failingSince)
     ON CONFLICT DO UPDATE SET log_id = excluded.log_id, "offset" = excluded."offset",
       "index" = excluded."index", failing_since = excluded.failing_since`,
  );
  const insertLetter = database.prepare<[DeadLetter]>(
    `INSERT INTO dead_letters (endpoint, id, type, topic, "offset", at, body, reason, attempts, dead_at, state)
     VALUES (@endpoint, @id, @type, @topic, @offset, @at, @body, @reason, @attempts, @deadAt, @state)
     ON CONFLICT DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts, dead_at = excluded.dead_at,
       state = excluded.state`,
  );
  const letters = database.prepare<[{ readonly endpoint: string | null }], DeadLetter>(
    `SELECT ${LETTER} FROM dead_letters WHERE @endpoint IS NULL OR endpoint = @endpoint ORDER BY number`,
  );
  const nextDue = database.prepare<[string], DeadLetter>(
    `SELECT ${LETTER} FROM dead_letters WHERE state = 'due' AND endpoint = ? ORDER BY number LIMIT 1`,
  );
  const count = database.prepare<[], number>('SELECT count(*) FROM dead_letters').pluck();
  const markAll = database.prepare<[{ readonly endpoint: string | null }]>(
    "UPDATE dead_letters SET state = 'due' WHERE @endpoint IS NULL OR endpoint = @endpoint",
  );
  const markOne = database.prepare<[{ readonly id: string; readonly endpoint: string | null }]>(
    "UPDATE dead_letters SET state = 'due' WHERE id = @id AND (@endpoint IS NULL OR endpoint = @endpoint)",
  );
  const remove = database.prepare<[string, string]>('DELETE FROM dead_letters WHERE endpoint = ? AND id = ?');
  const bury = database.transaction((letter: DeadLetter, then: Progress): void => {
    insertLetter.run(letter);
    saveProgress.run({ ...then, endpoint: letter.endpoint });
  });
  return {
    progress: (endpoint) => progress.get(endpoint),
    saveProgress: (endpoint, then) => {
      saveProgress.run({ ...then, endpoint });
    },
    bury: (letter, then) => bury.immediate(letter, then),
    deadLetters: (endpoint) => letters.all({ endpoint: endpoint ?? null }),
    countDeadLetters: () => count.get() ?? 0,
    nextDue: (endpoint) => nextDue.get(endpoint),
    markDue(ids, endpoint) {
      const place = { endpoint: endpoint ?? null };
      if (ids === 'all') return markAll.run(place).changes;
      return ids.reduce((sum, id) => sum + markOne.run({ id, ...place }).changes, 0);
    },
    delivered: ({ endpoint, id }) => {
      remove.run(endpoint, id);
    },
    failedAgain: (letter) => {
      insertLetter.run(letter);
    },
    close: () => {
      database.close();
    },
  };
}
