import type { Clock } from '@ms5/hub';
import type { CommitGroup, EventLog } from '../log/event-log.ts';
import type { Recovered } from './recover.ts';
import { createSnapshotEncoder } from './snapshot.ts';
import { createSteadyTime } from './steady-time.ts';

/** What lies behind the newest snapshot, which a restart has to read, apply and project again. */
export interface Tail {
  readonly entries: number;
  readonly events: number;
  /** Documents of a line, each time they were computed. */
  readonly lines: number;
}

/** What a restart spends on each part of the tail, µs on one core of a common server. */
const REPLAY_US = { entry: 20, event: 3, line: 800 } as const;

/**
 * How long a restart may take for the tail: from `dueMs` on a snapshot is written as soon as nothing waits, from
 * `latestMs` on also while others wait.
 */
export const REPLAY_LIMITS = { dueMs: 400, latestMs: 1_000 } as const;

/** How long a restart takes for a tail, estimated by its counts. */
export function replayMs({ entries, events, lines }: Tail): number {
  return (entries * REPLAY_US.entry + events * REPLAY_US.event + lines * REPLAY_US.line) / 1_000;
}

/** Snapshots take at most this share of a core, unless a restart would take longer than `latestMs`. */
const SNAPSHOT_SHARE = 0.02;

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

export function createUpkeep(recovered: Recovered, log: EventLog, clock: Clock): Upkeep {
  const { memory } = recovered;
  const steady = createSteadyTime(clock);
  const encodeSnapshot = createSnapshotEncoder(memory, log.id);
  let snapshotAt = steady();
  let { snapshotOffset } = recovered;
  let restUntil = snapshotAt;
  let { events } = recovered.tail;
  let housekeptAt = snapshotAt;

  const saveSnapshot = (): void => {
    if (memory.offset === snapshotOffset) return;
    const begunAt = steady();
    log.saveSnapshot(encodeSnapshot());
    snapshotAt = steady();
    restUntil = snapshotAt + (snapshotAt - begunAt) / SNAPSHOT_SHARE;
    snapshotOffset = memory.offset;
    events = 0;
    memory.projectedLines = 0;
  };

  return {
    saveSnapshot,
    committed: ({ entries }) => {
      for (const entry of entries) events += entry.events.length;
    },
    run: (now, idle) => {
      const elapsed = steady();
      const tail = { entries: memory.offset - snapshotOffset, events, lines: memory.projectedLines };
      const tailMs = replayMs(tail);
      const due = tailMs >= REPLAY_LIMITS.dueMs || elapsed - snapshotAt >= UPKEEP_TIMES.snapshotMs;
      // Put off while others wait, or while the last one weighs, though not for ever.
      if (due && ((idle && elapsed >= restUntil) || tailMs >= REPLAY_LIMITS.latestMs)) saveSnapshot();
      if (!idle || elapsed - housekeptAt < UPKEEP_TIMES.housekeepingMs) return;
      // With more to forget, the next group goes on.
      if (!log.prune(now)) housekeptAt = elapsed;
      log.checkpoint();
    },
  };
}
