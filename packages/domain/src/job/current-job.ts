import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Job, JobStatus } from './job.ts';
import { jobClosedAt, queuedJobs, runningJob } from './job.ts';
import type { JobPace } from './pace.ts';
import { expectedEndOf, goodOfJob, paceOfJob } from './pace.ts';

/** A job that is not running yet. */
export interface QueuedJobView {
  readonly id: string;
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  readonly sequence: number;
  readonly dueAt?: EpochMs;
  readonly status: 'planned';
}

/** A job that began. */
export interface JobView extends Omit<QueuedJobView, 'status'> {
  readonly status: Exclude<JobStatus, 'planned'>;
  readonly startedAt: EpochMs;
  readonly pausedAt?: EpochMs;
  readonly completedAt?: EpochMs;
  readonly cancelledAt?: EpochMs;
  /** Good parts of the line's constraint while it ran. */
  readonly goodCount: number;
  readonly pace: JobPace | Unknown;
  readonly expectedEnd: EpochMs | Unknown;
}

/** A job that was cancelled before it began is told as one that began when it was. */
function viewOfJob(state: EngineState, config: PlantConfig, job: Job, now: EpochMs): JobView | QueuedJobView {
  const { id, workOrder, product, targetCount, sequence, dueAt, phase, runs } = job;
  const order = { id, workOrder, product, targetCount, sequence, ...(dueAt === null ? null : { dueAt }) };
  if (phase.status === 'planned') return { ...order, status: 'planned' };
  const { status, ...ending } = phase;
  return {
    ...order,
    goodCount: goodOfJob(state, config, job),
    startedAt: runs[0]?.from ?? jobClosedAt(job) ?? now,
    status,
    ...ending,
    pace: paceOfJob(state, config, job, now),
    expectedEnd: expectedEndOf(state, config, job, now),
  };
}

/** The running job of a line, else the one paused last, else the one completed last. */
export function currentJob(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): JobView | Unknown {
  if (!plantIndex(config).lines.has(path)) return unknown('unknownLine');
  const job = jobInFront(lineOf(state, path).jobs);
  const view = job === undefined ? undefined : viewOfJob(state, config, job, now);
  return view === undefined || view.status === 'planned' ? unknown('noJob') : view;
}

function jobInFront(jobs: readonly Job[]): Job | undefined {
  const latest = (at: (job: Job) => EpochMs | null): Job | undefined =>
    jobs.reduce<Job | undefined>((best, job) => {
      const own = at(job);
      return own !== null && own >= ((best && at(best)) ?? -Infinity) ? job : best;
    }, undefined);
  return (
    runningJob(jobs) ??
    latest(({ phase }) => (phase.status === 'paused' ? phase.pausedAt : null)) ??
    latest(({ phase }) => (phase.status === 'completed' ? phase.completedAt : null))
  );
}

/** The planned job whose turn is next. */
export function nextJob(state: EngineState, path: LinePath): QueuedJobView | Unknown {
  const next = queuedJobs(lineOf(state, path).jobs)[0];
  if (next === undefined) return unknown('noJob');
  const { id, workOrder, product, targetCount, sequence, dueAt } = next;
  const due = dueAt === null ? null : { dueAt };
  return { id, workOrder, product, targetCount, sequence, ...due, status: 'planned' };
}

/** All jobs of a line that are held: open ones and those closed lately. */
export function lineJobs(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): readonly (JobView | QueuedJobView)[] {
  return lineOf(state, path).jobs.map((job) => viewOfJob(state, config, job, now));
}
