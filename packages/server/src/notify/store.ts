import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Letter, Notification, Since } from './notification.ts';

/** Everything of the log up to this offset is in the queue, or was sent. */
interface Position {
  readonly logId: string;
  readonly offset: number;
}

export interface NewLetter {
  readonly id: string;
  readonly notification: Notification;
}

/**
 * The queue of letters and how far the log was read, in a file of their own. Letters are queued in one transaction
 * with the position, so that none is lost or queued twice; one that was sent in the moment of a crash is sent again
 * under its id.
 */
export interface NotifyStore {
  position(): Position | undefined;
  /** What the log holds up to a position: letters to queue, and what became of calls. */
  advance(to: Position, letters: readonly NewLetter[], since: ReadonlyMap<string, Since>): void;
  /** Letters to be sent by `now`, those asked for first. */
  due(now: number): readonly Letter[];
  /** When the next letter is due; `null`: none is queued. */
  nextAt(): number | null;
  sent(id: string): void;
  failed(id: string, reason: string, nextAt: number): void;
  /** Gives up. */
  bury(id: string, reason: string): void;
  deadLetters(): readonly Letter[];
  /** Queues dead letters again; returns how many there were. */
  resend(ids: readonly string[] | 'all', now: number): number;
  close(): void;
}

interface Row {
  readonly id: string;
  readonly means: string;
  readonly person: string;
  readonly requestedAt: number;
  readonly notification: string;
  readonly since: string;
  readonly attempts: number;
  readonly nextAt: number;
  readonly state: Letter['state'];
  readonly reason: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS position (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_id TEXT NOT NULL,
    "offset" INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    means TEXT NOT NULL,
    person TEXT NOT NULL,
    requested_at REAL NOT NULL,
    notification TEXT NOT NULL,
    since TEXT NOT NULL DEFAULT '{}',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    reason TEXT NOT NULL DEFAULT ''
  );
  CREATE INDEX IF NOT EXISTS letters_due ON letters (next_at) WHERE state = 'queued';
`;

const LETTER =
  'id, means, person, requested_at AS requestedAt, notification, since, attempts, next_at AS nextAt, state, reason';
const FILE = 'notify.sqlite';
/** Read at a time; more would not be sent at once anyway. */
const DUE_LIMIT = 500;

/** Where the store is below the directory of all plugins. */
export function notifyStoreFile(pluginsDir: string): string {
  return join(pluginsDir, 'notify', FILE);
}

/** Opens the store in the plugin's directory; several processes may. */
export function openNotifyStore(directory: string): NotifyStore {
  mkdirSync(directory, { recursive: true });
  const database = new Sqlite(join(directory, FILE), { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(SCHEMA);
  const position = database.prepare<[], Position>('SELECT log_id AS logId, "offset" FROM position');
  const savePosition = database.prepare<[Position]>(
    `INSERT INTO position (id, log_id, "offset") VALUES (1, @logId, @offset)
     ON CONFLICT DO UPDATE SET log_id = excluded.log_id, "offset" = excluded."offset"`,
  );
  const insert = database.prepare<[Record<string, string | number>]>(
    `INSERT INTO letters (id, means, person, requested_at, notification, next_at)
     VALUES (@id, @means, @person, @at, @notification, @at) ON CONFLICT DO NOTHING`,
  );
  const queued = database.prepare<[], Row>(`SELECT ${LETTER} FROM letters WHERE state = 'queued'`);
  const saveSince = database.prepare<[string, string]>('UPDATE letters SET since = ? WHERE id = ?');
  const due = database.prepare<[number, number], Row>(
    `SELECT ${LETTER} FROM letters WHERE state = 'queued' AND next_at <= ? ORDER BY number LIMIT ?`,
  );
  const next = database
    .prepare<[], number | null>("SELECT min(next_at) FROM letters WHERE state = 'queued'")
    .pluck();
  const remove = database.prepare<[string]>('DELETE FROM letters WHERE id = ?');
  const failed = database.prepare<[string, number, string]>(
    'UPDATE letters SET attempts = attempts + 1, reason = ?, next_at = ? WHERE id = ?',
  );
  const bury = database.prepare<[string, string]>(
    "UPDATE letters SET attempts = attempts + 1, reason = ?, state = 'dead' WHERE id = ?",
  );
  const dead = database.prepare<[], Row>(
    `SELECT ${LETTER} FROM letters WHERE state = 'dead' ORDER BY number`,
  );
  const again = "UPDATE letters SET state = 'queued', attempts = 0, next_at = @now, requested_at = @now";
  const resendAll = database.prepare<[{ readonly now: number }]>(`${again} WHERE state = 'dead'`);
  const resendOne = database.prepare<[{ readonly now: number; readonly id: string }]>(
    `${again} WHERE state = 'dead' AND id = @id`,
  );

  const note = (since: ReadonlyMap<string, Since>): void => {
    if (since.size === 0) return;
    for (const letter of queued.all().map(letterOf)) {
      const own = letter.notification.items.flatMap(({ callId }) => {
        const became = since.get(callId);
        return became === undefined ? [] : [[callId, became] as const];
      });
      if (own.length > 0)
        saveSince.run(JSON.stringify({ ...letter.since, ...Object.fromEntries(own) }), letter.id);
    }
  };

  const advance = database.transaction(
    (to: Position, letters: readonly NewLetter[], since: ReadonlyMap<string, Since>): void => {
      for (const { id, notification } of letters) {
        const { means, person, at } = notification;
        insert.run({ id, means, person, at, notification: JSON.stringify(notification) });
      }
      note(since);
      savePosition.run(to);
    },
  );

  return {
    position: () => position.get(),
    advance: (to, letters, since) => advance.immediate(to, letters, since),
    due: (now) => due.all(now, DUE_LIMIT).map(letterOf),
    nextAt: () => next.get() ?? null,
    sent: (id) => {
      remove.run(id);
    },
    failed: (id, reason, nextAt) => {
      failed.run(reason, nextAt, id);
    },
    bury: (id, reason) => {
      bury.run(reason, id);
    },
    deadLetters: () => dead.all().map(letterOf),
    resend(ids, now) {
      if (ids === 'all') return resendAll.run({ now }).changes;
      return ids.reduce((sum, id) => sum + resendOne.run({ now, id }).changes, 0);
    },
    close: () => {
      database.close();
    },
  };
}

function letterOf({ notification, since, ...row }: Row): Letter {
  return {
    ...row,
    notification: JSON.parse(notification) as Notification,
    since: JSON.parse(since) as Letter['since'],
  };
}
