import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Plant } from '../../packages/server/src/config/index.ts';
import type { EventLog } from '../../packages/server/src/engine/log/event-log.ts';
import { decodeRow, rowSource, type EntryRow } from '../../packages/server/src/engine/log/entry-row.ts';
import { PROJECTION_VERSION } from '../../packages/server/src/engine/projections/projector.ts';
import { readLog, type LogTruth } from '../simulation/log-truth.ts';
import { systemClock } from './system-clock.ts';

const refuse = (): never => {
  throw new Error('the log is only read');
};

/** What the log of a data directory holds now; a server may be writing it. */
export function readDirectory(dataDir: string, plant: Plant): LogTruth {
  // A reader that may not write leaves to the server what a crash left behind.
  const database = new Sqlite(join(dataDir, 'events.sqlite'), { readonly: true, timeout: 2_000 });
  try {
    const id = database.prepare<[], string>("SELECT value FROM meta WHERE name = 'logId'").pluck().get();
    const rows = database.prepare<[], EntryRow>('SELECT * FROM entries ORDER BY "offset"').all();
    const source = rowSource(database, dataDir);
    const log: EventLog = {
      id: id ?? '',
      head: () => rows.at(-1)?.offset ?? 0,
      entries: () => rows.map((row) => decodeRow(row, source)),
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
