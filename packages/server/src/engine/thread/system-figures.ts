import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Clock } from '@ms5/hub';
import type { EngineFigures } from '../../engine-port.ts';
import type { ServiceLoad } from './engine-service.ts';
import type { EventLog } from '../log/event-log.ts';
import { engineFigures, meterCommits, type DiskFigures } from './engine-figures.ts';

const INTERVAL_MS = 1_000;
const DISK_INTERVAL_MS = 5_000;

export interface FiguresSource {
  /** The log to use instead, so that its commits are timed. */
  readonly log: EventLog;
  /** Tells the figures once a second. */
  start(load: () => ServiceLoad, tell: (figures: EngineFigures) => void): void;
  close(): void;
}

/** Figures of this thread: commits, queues, how busy it is, and the disk it writes to. */
export function createFiguresSource(log: EventLog, dataDir: string, clock: Clock): FiguresSource {
  const meter = meterCommits(log, () => performance.now());
  let disk: DiskFigures = { databaseBytes: null, freeBytes: null };
  let utilization = performance.eventLoopUtilization();
  const cancels = new Map<'figures' | 'disk', () => void>();

  const lookAtDisk = (): void => {
    void measureDisk(dataDir).then((measured) => {
      disk = measured;
    });
    cancels.set('disk', clock.after(DISK_INTERVAL_MS, lookAtDisk));
  };
  return {
    log: meter.log,
    start(load, tell) {
      lookAtDisk();
      const report = (): void => {
        const now = performance.eventLoopUtilization();
        const busyShare = performance.eventLoopUtilization(now, utilization).utilization;
        utilization = now;
        tell(engineFigures(clock.now(), load(), meter.take(), busyShare, disk));
        cancels.set('figures', clock.after(INTERVAL_MS, report));
      };
      cancels.set('figures', clock.after(INTERVAL_MS, report));
    },
    close() {
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}

/** What cannot be measured here is `null`; a file that goes while it is looked at counts nothing. */
async function measureDisk(directory: string): Promise<DiskFigures> {
  const [databaseBytes, freeBytes] = await Promise.all([sizeOf(directory), freeSpaceOf(directory)]);
  return { databaseBytes, freeBytes };
}

async function sizeOf(directory: string): Promise<number | null> {
  const names = await readdir(directory).catch(() => null);
  if (names === null) return null;
  const sizes = names.map(async (name) => {
    const entry = await stat(join(directory, name)).catch(() => null);
    return entry?.isFile() === true ? entry.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function freeSpaceOf(directory: string): Promise<number | null> {
  const space = await statfs(directory).catch(() => null);
  return space === null ? null : space.bavail * space.bsize;
}
