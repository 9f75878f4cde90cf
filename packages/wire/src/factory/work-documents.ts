import type { Unknown } from '../messages.ts';
import type { EpochMs } from './documents.ts';

/** A work order that waits for its turn on a line. */
export interface QueuedJob {
  readonly id: string;
  /** The external id it came in by. */
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  /** Its place in the line's queue. */
  readonly sequence: number;
  readonly dueAt?: EpochMs;
  readonly status: 'planned';
}

/** A work order that began. One that was cancelled before is told as one that began when it was. */
export interface BegunJob {
  readonly id: string;
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  readonly sequence: number;
  readonly dueAt?: EpochMs;
  readonly status: 'started' | 'paused' | 'completed' | 'cancelled';
  readonly startedAt: EpochMs;
  readonly pausedAt?: EpochMs;
  readonly completedAt?: EpochMs;
  readonly cancelledAt?: EpochMs;
  readonly goodCount: number;
  /** Against planned time elapsed while it ran, at the ideal rate; `ahead` is negative when behind. */
  readonly pace: { readonly expectedByNow: number; readonly ahead: number } | Unknown;
  /** To the full minute. */
  readonly expectedEnd: EpochMs | Unknown;
}

/** `{site}/{area}/{line}/job`, record, lane normal. */
export interface JobDocument {
  /** The running job, else the one paused last, else the one completed last. */
  readonly job: BegunJob | Unknown;
  /** The planned job whose turn is next. */
  readonly next: QueuedJob | Unknown;
}

/** `{site}/{area}/{line}/jobs`, collection keyed by job id, lane normal. Open jobs and those closed lately. */
export type JobsDocument = QueuedJob | BegunJob;
