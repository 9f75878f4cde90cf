import { LANES, type Lane, type LogId } from '@ms5/wire';

/** How far back topics can be recovered. */
export interface HistoryLimits {
  /** Entries of a stream, and single changes of a `critical` topic. */
  readonly entries: number;
  readonly ageMs: number;
  /** Removed keys remembered per collection. */
  readonly tombstones: number;
  /** Entries of all streams together, bytes. */
  readonly bytes: number;
}

/** One log as the hub serves it: the place that offsets count in. */
export interface Log {
  readonly id: LogId;
  /** Position among the hub's logs; stays the same when the log is loaded again. */
  readonly index: number;
  readonly epoch: string;
  /** Offset of the newest entry taken. */
  head: number;
  /** Removals of topics at or below this offset are forgotten. */
  removalHorizon: number;
  /** Whether positions in it outlive a connection; those of signals do not. */
  readonly isResumable: boolean;
  readonly limits: HistoryLimits;
}

/** Index of a lane, 0 the most urgent. */
export const CRITICAL = 0;

export function laneIndex(lane: Lane): number {
  return LANES.indexOf(lane);
}

/** One number for a lane of a log; sessions keep one cursor for each. */
export function slotOf(log: Log, lane: number): number {
  return log.index * LANES.length + lane;
}
export function laneOfSlot(slot: number): number {
  return slot % LANES.length;
}
