import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Job } from './job.ts';
import { openRun, runsEnded } from './job.ts';
import type { JobEvent } from './job-events.ts';

export function applyJob(state: EngineState, event: JobEvent): void {
  const { at, line } = event;
  switch (event.type) {
    case 'jobAssigned': {
      const { jobId: id, workOrder, product, targetCount, sequence, dueAt } = event;
      state.lastJob += 1;
      const order = { workOrder, product, targetCount, sequence, dueAt };
      lineOf(state, line).jobs.push({ id, line, ...order, phase: { status: 'planned' }, runs: [] });
      return;
    }
    case 'jobReassigned':
      return move(state, event);
    case 'jobStarted':
      return start(state, event);
    case 'jobChanged':
      return change(state, event, () => event.after);
    case 'jobPaused':
      return change(state, event, (job) => ended(job, at, { status: 'paused', pausedAt: at }));
    case 'jobResumed':
      return change(state, event, (job) => ({
        phase: { status: 'started' },
        runs: [...job.runs, openRun(line, at)],
      }));
    case 'jobCompleted':
      return change(state, event, (job) => ended(job, at, { status: 'completed', completedAt: at }));
    case 'jobCancelled':
      return change(state, event, (job) => ended(job, at, { status: 'cancelled', cancelledAt: at }));
  }
}

function ended(job: Job, at: number, phase: Job['phase']): Partial<Job> {
  return { phase, runs: runsEnded(job.runs, at) };
}

function change(
  state: EngineState,
  { line, jobId }: { readonly line: string; readonly jobId: string },
  changed: (job: Job) => Partial<Job>,
): void {
  const { jobs } = lineOf(state, line);
  const index = jobs.findLastIndex(({ id }) => id === jobId);
  const job = jobs[index];
  if (job !== undefined) jobs[index] = { ...job, ...changed(job) };
}

/** A job that was planned begins; any other is new with it. */
function start(state: EngineState, event: Extract<JobEvent, { type: 'jobStarted' }>): void {
  const { jobId: id, line, at, workOrder, product, targetCount } = event;
  const { jobs } = lineOf(state, line);
  const runs = [openRun(line, at)];
  const begun = { workOrder, product, targetCount, phase: { status: 'started' }, runs } as const;
  if (jobs.some((job) => job.id === id)) return change(state, event, () => begun);
  state.lastJob += 1;
  jobs.push({ id, line, ...begun, sequence: 0, dueAt: null });
}

function move(state: EngineState, event: Extract<JobEvent, { type: 'jobReassigned' }>): void {
  const { jobId, line, fromLine, sequence } = event;
  const from = lineOf(state, fromLine);
  const job = from.jobs.find(({ id }) => id === jobId);
  if (job === undefined) return;
  from.jobs = from.jobs.filter((each) => each !== job);
  lineOf(state, line).jobs.push({ ...job, line, sequence });
}
