import type { EngineFigures } from '../../engine-port.ts';
import type { ServiceLoad } from './engine-service.ts';
import type { CommitGroup, EventLog } from '../log/event-log.ts';

/** Durations told per message; more commits than this in one interval say nothing new. */
const DURATIONS_TOLD = 2_000;

interface CommitMeter {
  readonly log: EventLog;
  /** How long each commit since the last call took, ms. */
  take(): readonly number[];
}

/** The log with its commits timed. `elapsedMs`: a monotonic clock. */
export function meterCommits(log: EventLog, elapsedMs: () => number): CommitMeter {
  let durations: number[] = [];
  const commit = (group: CommitGroup): void => {
    const startedAt = elapsedMs();
    log.commit(group);
    if (durations.length < DURATIONS_TOLD) durations.push(elapsedMs() - startedAt);
  };
  return {
    log: { ...log, commit },
    take() {
      const taken = durations;
      durations = [];
      return taken;
    },
  };
}

/** Space on the disk of the data directory. */
export interface DiskFigures {
  readonly databaseBytes: number | null;
  readonly freeBytes: number | null;
}

export function engineFigures(
  at: number,
  load: ServiceLoad,
  commitMs: readonly number[],
  busyShare: number,
  disk: DiskFigures,
): EngineFigures {
  return { at, ...load, commitMs, busyShare, ...disk };
}
