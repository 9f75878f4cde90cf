import type { Clock } from '@ms5/hub';
import type { CommitGroup, EventLog } from '../log/event-log.ts';
import type { Memory } from './group.ts';
import { encodeSnapshot } from './snapshot.ts';
import { createSteadyTime } from './steady-time.ts';

/** Entries and events after the newest snapshot, which a restart has to read and apply. */
const TAIL_LIMITS = { entries: 50_000, events: 500_000 } as const;

export const UPKEEP_TIMES = { snapshotMs: 5 * 60_000, housekeepingMs: 30_000 } as const;

/** What need not be done with every group: snapshots, forgetting expired keys, checkpoints. */
export interface Upkeep {
  /** Counts what a restart would have to read. */
  committed(group: CommitGroup): void;
  /** Does what is due; `idle`: nothing waits to be committed. */
  run(now: number, idle: boolean): void;
  /** Writes a snapshot unless the newest is up to date. */
  saveSnapshot(): void;
}

export function createUpkeep(memory: Memory, log: EventLog, clock: Clock): Upkeep {
  const steady = createSteadyTime(clock);
  let snapshotAt = steady();
  let snapshotOffset = log.latestSnapshot()?.offset ?? 0;
  let tailEvents = 0;
  let housekeptAt = snapshotAt;

  const saveSnapshot = (): void => {
    if (memory.offset === snapshotOffset) return;
    log.saveSnapshot(encodeSnapshot(memory, log.id));
    snapshotAt = steady();
    snapshotOffset = memory.offset;
    tailEvents = 0;
  };

  return {
    saveSnapshot,
    committed: ({ entries }) => {
      for (const { events } of entries) tailEvents += events.length;
    },
    run: (now, idle) => {
      const elapsed = steady();
      const tail = memory.offset - snapshotOffset;
      const share = Math.max(tail / TAIL_LIMITS.entries, tailEvents / TAIL_LIMITS.events);
      const due = share >= 1 || elapsed - snapshotAt >= UPKEEP_TIMES.snapshotMs;
      // Put off while others wait, though not for ever.
      if (due && (idle || share >= 2)) saveSnapshot();
      if (!idle || elapsed - housekeptAt < UPKEEP_TIMES.housekeepingMs) return;
      // With more to forget, the next group goes on.
      if (!log.prune(now)) housekeptAt = elapsed;
      log.checkpoint();
    },
  };
}
