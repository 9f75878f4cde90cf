import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Plant } from '../../packages/server/src/config/index.ts';
import type { EventLog } from '../../packages/server/src/engine/log/event-log.ts';
import type { LogEntry } from '../../packages/server/src/engine/log/log-entry.ts';
import { upcast } from '../../packages/server/src/engine/log/upcast.ts';
import { PROJECTION_VERSION } from '../../packages/server/src/engine/projections/projector.ts';
import { readLog, type LogTruth } from '../simulation/log-truth.ts';
import { systemClock } from './system-clock.ts';

interface EntryRow {
  readonly offset: number;
  readonly at: number;
  readonly version: number;
  readonly projected: number;
  readonly cause: string;
  readonly outcome: string;
  readonly events: string;
}

const refuse = (): never => {
  throw new Error('the log is only read');
};

function decodeRow({ offset, at, version, projected, cause, outcome, events }: EntryRow): LogEntry {
  return upcast({
    offset,
    at,
    version,
    projected: projected === 1,
    cause: JSON.parse(cause) as LogEntry['cause'],
    outcome: JSON.parse(outcome) as LogEntry['outcome'],
    events: JSON.parse(events) as LogEntry['events'],
  });
}

/** What the log of a data directory holds now; a server may be writing it. */
export function readDirectory(dataDir: string, plant: Plant): LogTruth {
  // A reader that may not write leaves to the server what a crash left behind.
  const database = new Sqlite(join(dataDir, 'events.sqlite'), { readonly: true, timeout: 2_000 });
  try {
    const id = database.prepare<[], string>("SELECT value FROM meta WHERE name = 'logId'").pluck().get();
    const rows = database.prepare<[], EntryRow>('SELECT * FROM entries ORDER BY "offset"').all();
    const log: EventLog = {
      id: id ?? '',
      head: () => rows.at(-1)?.offset ?? 0,
      entries: () => rows.map(decodeRow),
      latestSnapshot: () => undefined,
      commit: refuse,
      latestConfig: refuse,
      commandRecord: refuse,
      knownObservationKeys: refuse,
      publicationOffset: refuse,
      prune: refuse,
      saveSnapshot: refuse,
      checkpoint: refuse,
      close: refuse,
    };
    return readLog(log, plant, `${log.id}.${PROJECTION_VERSION}`, systemClock.now());
  } finally {
    database.close();
  }
}
