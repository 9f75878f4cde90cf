import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@ms5/hub';
import { openEventLogReader } from '../engine/log/event-log-reader.ts';
import { createNames } from './names.ts';
import { HISTORY_FILE, openHistory } from './open-history.ts';
import { createProjector } from './projector.ts';

export interface RebuildProgress {
  readonly position: number;
  readonly head: number;
  readonly events: number;
  readonly elapsedMs: number;
}

const REBUILT_FILE = 'history.rebuilt.sqlite';

/**
 * Makes history anew from the log in a data directory whose server does not run; the old one is replaced when the new
 * one is whole. Throws a `LogError` when the log cannot be read, or the history is in use.
 */
export function rebuildHistory(
  directory: string,
  clock: Clock,
  onProgress: (progress: RebuildProgress) => void,
): RebuildProgress {
  const startedAt = clock.now();
  const log = openEventLogReader(directory);
  try {
    removeDatabase(directory, REBUILT_FILE);
    const history = openHistory({ directory, logId: log.id, site: log.site, name: REBUILT_FILE });
    const progress = (): RebuildProgress => ({
      position: projector.position(),
      head: log.head(),
      events: projector.events(),
      elapsedMs: clock.now() - startedAt,
    });
    const projector = createProjector(history.database, createNames(history.database), log, 0);
    try {
      while (projector.advance()) onProgress(progress());
      history.database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      history.close();
    }
    removeDatabase(directory, HISTORY_FILE);
    renameSync(join(directory, REBUILT_FILE), join(directory, HISTORY_FILE));
    return progress();
  } finally {
    log.close();
  }
}

function removeDatabase(directory: string, name: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(join(directory, `${name}${ending}`), { force: true });
}
