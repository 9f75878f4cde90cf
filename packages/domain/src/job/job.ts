import type { EpochMs, LinePath } from '../plant/plant.ts';

/** A stretch in which a job ran on a line. */
export interface JobRun {
  readonly line: LinePath;
  readonly from: EpochMs;
  /** `null` while it runs. */
  readonly to: EpochMs | null;
  /** Good parts up to `carriedTo`, taken over when their facts were dropped. */
  readonly carriedGood: number;
  readonly carriedTo: EpochMs;
}

type JobPhase =
  | { readonly status: 'planned' }
  | { readonly status: 'started' }
  | { readonly status: 'paused'; readonly pausedAt: EpochMs }
  | { readonly status: 'completed'; readonly completedAt: EpochMs }
  | { readonly status: 'cancelled'; readonly cancelledAt: EpochMs };

export type JobStatus = JobPhase['status'];

/** What a job is to make. */
export interface JobOrder {
  /** The external id it came in by. */
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  /** Its place in the line's queue; equal places in the order of their ids. */
  readonly sequence: number;
  readonly dueAt: EpochMs | null;
}

/** A work order on a line. */
export interface Job extends JobOrder {
  readonly id: string;
  readonly line: LinePath;
  readonly phase: JobPhase;
  /** Oldest first; only the last may be open. */
  readonly runs: readonly JobRun[];
}

/** When it was completed or cancelled; `null` while it is neither. */
export function jobClosedAt({ phase }: Job): EpochMs | null {
  if (phase.status === 'completed') return phase.completedAt;
  return phase.status === 'cancelled' ? phase.cancelledAt : null;
}

export function runningJob(jobs: readonly Job[]): Job | undefined {
  return jobs.find(({ phase }) => phase.status === 'started');
}

/** Planned jobs of a line, the next one first. */
export function queuedJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs
    .filter(({ phase }) => phase.status === 'planned')
    .sort((a, b) => a.sequence - b.sequence || numberOf(a.id) - numberOf(b.id));
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

export function openRun(line: LinePath, from: EpochMs): JobRun {
  return { line, from, to: null, carriedGood: 0, carriedTo: from };
}

/** The runs with the open one ended. */
export function runsEnded(runs: readonly JobRun[], at: EpochMs): readonly JobRun[] {
  return runs.map((run) => (run.to === null ? { ...run, to: at } : run));
}
