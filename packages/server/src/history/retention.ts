import { calendarBuckets, type Scope } from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { ClockTable } from './clock-table.ts';
import type { FigureStore } from './figure-store.ts';
import { BEARING } from './write-entry.ts';

export interface Retention {
  /** Drops the facts of at most one day that is older than is kept; false: nothing was due. */
  step(keptMs: number): boolean;
  /** Facts before this instant may be gone, their hours are there. */
  sealedTo(): number;
}

const DAY_MS = 86_400_000;

/** Facts go by days: first all their hours are computed and sealed, in the same transaction the facts are dropped. */
export function createRetention(database: Database, clock: ClockTable, store: FigureStore): Retention {
  const oldest = database
    .prepare<[], number | null>(`SELECT min(from_at) FROM events WHERE bearing = ${BEARING.fact}`)
    .pluck();
  const read = database.prepare<[], string>("SELECT value FROM meta WHERE name = 'sealedTo'").pluck();
  const save = database.prepare(
    "INSERT INTO meta (name, value) VALUES ('sealedTo', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const seal = database.prepare('UPDATE hours SET sealed = 1 WHERE from_at < ?');
  // The newest fact of each kind before the edge stays: it says what holds there.
  const drop = database.prepare(
    `DELETE FROM events WHERE bearing = ${BEARING.fact} AND to_at < @edge AND author IS NULL AND EXISTS (
       SELECT 1 FROM events AS later WHERE later.bearing = ${BEARING.fact} AND later.equipment = events.equipment
         AND later.type = events.type AND later.from_at > events.from_at AND later.from_at < @edge)`,
  );
  const sealedTo = (): number => Number(read.get() ?? 0);

  const sealDay = database.transaction((scopes: readonly Scope[], from: number, to: number): void => {
    for (const scope of scopes) store.keepAll(scope, { from, to });
    seal.run(to);
    drop.run({ edge: to });
    save.run(String(to));
  });

  return {
    sealedTo,
    step(keptMs) {
      const now = clock.newest();
      const config = clock.configurations(now).at(-1)?.config;
      const first = sealedTo() === 0 ? oldest.get() : sealedTo();
      if (config === undefined || first === null || first === undefined) return false;
      const [day] = calendarBuckets(config.site.timeZone, 'day', { from: first, to: first + 2 * DAY_MS });
      if (day === undefined || day.to > now.at - keptMs) return false;
      const scopes: readonly Scope[] = [
        ...config.lines.map(({ path }) => ({ kind: 'line', path }) as const),
        ...config.equipment.map(({ path }) => ({ kind: 'equipment', path }) as const),
      ];
      sealDay.immediate(scopes, day.from, day.to);
      return true;
    },
  };
}
