import type { Database } from 'better-sqlite3';
import type { EventLogReader } from '../engine/log/event-log-reader.ts';
import { LogError } from '../engine/log/log-error.ts';
import type { Names } from './names.ts';
import { createEntryWriter } from './write-entry.ts';

const PROJECTOR_LIMITS = {
  /** Per transaction, which keeps queries waiting; it ends after the entry in which `events` is reached. */
  entries: 500,
  events: 10_000,
} as const;

/** Keeps history in step with the log. */
export interface Projector {
  /** Takes in the next entries; false: there were none. The position moves in the same transaction. */
  advance(): boolean;
  /** Everything up to this offset is in history. */
  position(): number;
  /** Events taken in since the start. */
  events(): number;
}

export function createProjector(
  database: Database,
  names: Names,
  log: EventLogReader,
  startAt: number,
): Projector {
  const writer = createEntryWriter(database, names);
  const savePosition = database.prepare("UPDATE meta SET value = ? WHERE name = 'position'");
  let position = startAt;
  let events = 0;
  const take = database.transaction((entries: ReturnType<EventLogReader['entries']>): number => {
    let next = position;
    for (const entry of entries) {
      if (entry.offset !== next + 1)
        throw new LogError('logCorrupt', `entry ${next + 1} is missing from the log`);
      writer.write(entry);
      next = entry.offset;
    }
    writer.settle();
    savePosition.run(String(next));
    return next;
  });
  return {
    advance() {
      const { entries: most, events: mostEvents } = PROJECTOR_LIMITS;
      const entries = log.entries(position, most, mostEvents);
      if (entries.length === 0) return false;
      position = take.immediate(entries);
      for (const entry of entries) events += entry.events.length;
      return true;
    },
    position: () => position,
    events: () => events,
  };
}
