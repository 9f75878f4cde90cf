import type { PlantConfig } from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { LoadedConfiguration } from '@ms5/domain';
import type { AsOf } from './known-events.ts';

/** What was known when: offsets by instant, and the configurations loaded by then. */
export interface ClockTable {
  newest(): AsOf;
  /** The newest entry decided by an instant. */
  atInstant(at: number): AsOf;
  atOffset(offset: number): AsOf;
  configurations(asOf: AsOf): readonly (LoadedConfiguration & { readonly offset: number })[];
}

const NOTHING: AsOf = { offset: 0, at: 0 };

export function createClockTable(database: Database): ClockTable {
  const newest = database.prepare<[], AsOf>(
    'SELECT "offset", at FROM entries ORDER BY "offset" DESC LIMIT 1',
  );
  const atInstant = database.prepare<[number], AsOf>(
    'SELECT "offset", at FROM entries WHERE at <= ? ORDER BY at DESC, "offset" DESC LIMIT 1',
  );
  const atOffset = database.prepare<[number], AsOf>(
    'SELECT "offset", at FROM entries WHERE "offset" <= ? ORDER BY "offset" DESC LIMIT 1',
  );
  const loaded = database.prepare<[number], { offset: number; at: number; plant: string }>(
    'SELECT "offset", at, plant FROM configurations WHERE "offset" > ? ORDER BY "offset"',
  );
  // The same object each time: the domain keeps look-ups and calendars by configuration.
  const known: (LoadedConfiguration & { readonly offset: number })[] = [];
  return {
    newest: () => newest.get() ?? NOTHING,
    atInstant: (at) => atInstant.get(at) ?? NOTHING,
    atOffset: (offset) => atOffset.get(offset) ?? NOTHING,
    configurations(asOf) {
      for (const { offset, at, plant } of loaded.all(known.at(-1)?.offset ?? 0))
        known.push({ offset, at, config: JSON.parse(plant) as PlantConfig });
      return known.filter(({ offset }) => offset <= asOf.offset);
    },
  };
}
