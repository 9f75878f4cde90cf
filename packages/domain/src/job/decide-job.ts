import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import { lineProductAt } from '../oee/line-constraint.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Job, JobOrder, JobStatus } from './job.ts';
import { jobClosedAt, queuedJobs, runningJob } from './job.ts';
import type { JobCommand } from './job-events.ts';

/** Jobs that are not closed, of one line. */
const OPEN_JOBS = 500;

type Named<Name extends JobCommand['name']> = Extract<JobCommand, { name: Name }>;

interface Asked {
  readonly state: EngineState;
  readonly config: PlantConfig;
  readonly line: IndexedLine;
  readonly author: string;
  readonly at: EpochMs;
}

/** What an act on a job makes true, or why it does not. */
export function decideJob(asked: Asked, command: JobCommand): StepResult {
  switch (command.name) {
    case 'planJob':
      return plan(asked, command);
    case 'startJob':
      return start(asked, command);
    case 'startPlannedJob':
      return onJob(asked, command.jobId, ['planned'], (job) => begin(asked, job.id, job));
    case 'pauseJob':
      return onJob(asked, command.jobId, ['started'], (job) => end(asked, job, 'jobPaused', command.note));
    case 'resumeJob':
      return onJob(asked, command.jobId, ['paused'], (job) => resume(asked, job));
    case 'completeJob':
      return complete(asked, command);
    case 'cancelJob':
      return onJob(asked, command.jobId, ['planned', 'started', 'paused'], (job) =>
        end(asked, job, 'jobCancelled', command.note),
      );
    case 'changeJob':
      return onJob(asked, command.jobId, ['planned', 'started', 'paused'], (job) =>
        change(asked, job, command),
      );
    case 'assignJob':
      return onJob(asked, command.jobId, ['planned', 'paused'], (job) => assign(asked, job, command));
    default:
      return command satisfies never;
  }
}

function jobsOf({ state, line }: Asked): readonly Job[] {
  return lineOf(state, line.config.path).jobs;
}

/** Finds the job an act names; one that is past the act is a conflict that says what it is now. */
function onJob(
  asked: Asked,
  jobId: string,
  fit: readonly JobStatus[],
  decide: (job: Job) => StepResult,
): StepResult {
  const { path } = asked.line.config;
  const job = jobsOf(asked).find(({ id }) => id === jobId);
  if (job === undefined) {
    const other = Object.values(asked.state.lines).flatMap(({ jobs }) =>
      jobs.filter(({ id }) => id === jobId),
    );
    const elsewhere = other[0];
    return elsewhere === undefined
      ? conflict('unknownJob', `no job ${jobId} is known on ${path}`)
      : conflict('jobElsewhere', `job ${jobId} is on ${elsewhere.line}`);
  }
  return fit.includes(job.phase.status)
    ? decide(job)
    : conflict('jobIs', `job ${jobId} is ${job.phase.status}; expected ${fit.join(' or ')}`);
}

function invalidTarget(targetCount: number): StepResult | null {
  return Number.isFinite(targetCount) && targetCount > 0
    ? null
    : refused('invalidCount', `targetCount is ${targetCount}; expected more than 0`, 'targetCount');
}

/** An open job of the work order on the line. */
function openOf(asked: Asked, workOrder: string): Job | undefined {
  return jobsOf(asked).find((job) => job.workOrder === workOrder && jobClosedAt(job) === null);
}

function nextSequence(jobs: readonly Job[]): number {
  return Math.max(0, ...queuedJobs(jobs).map(({ sequence }) => sequence)) + 1;
}

function plan(asked: Asked, command: Named<'planJob'>): StepResult {
  const { workOrder, product, targetCount, dueAt = null } = command;
  const { state, line, author, at } = asked;
  const invalid = invalidTarget(targetCount);
  if (invalid !== null) return invalid;
  const open = openOf(asked, workOrder);
  if (open !== undefined)
    return conflict('workOrderOpen', `work order ${workOrder} is job ${open.id} on ${open.line} already`);
  const jobs = jobsOf(asked);
  if (jobs.filter((job) => jobClosedAt(job) === null).length >= OPEN_JOBS)
    return refused('tooManyJobs', `${line.config.path} has ${OPEN_JOBS} open jobs, the most it may have`);
  const jobId = `job-${state.lastJob + 1}`;
  const sequence = command.sequence ?? nextSequence(jobs);
  const order: JobOrder = { workOrder, product, targetCount, sequence, dueAt };
  return {
    events: [{ type: 'jobAssigned', jobId, at, line: line.config.path, author, ...order }],
    data: { jobId },
  };
}

/** Starts a work order: the planned job where there is one. A product that is not in the plant may start. */
function start(asked: Asked, command: Named<'startJob'>): StepResult {
  const invalid = invalidTarget(command.targetCount);
  if (invalid !== null) return invalid;
  const open = openOf(asked, command.workOrder);
  if (open?.phase.status === 'paused')
    return conflict('jobPaused', `work order ${command.workOrder} is job ${open.id}, which is paused`);
  const jobId = open?.phase.status === 'planned' ? open.id : `job-${asked.state.lastJob + 1}`;
  return begin(asked, jobId, command);
}

type Ordered = Pick<JobOrder, 'workOrder' | 'product' | 'targetCount'>;

/** Starts a job and sets the product of the line's constraint. */
function begin(asked: Asked, jobId: string, { workOrder, product, targetCount }: Ordered): StepResult {
  const taken = inTheWay(asked);
  if (taken !== null) return taken;
  const { line, author, at } = asked;
  const { path } = line.config;
  return {
    events: [
      { type: 'jobStarted', jobId, at, line: path, author, workOrder, product, targetCount },
      { type: 'productChanged', equipment: line.constraint.path, at, product, author },
    ],
    data: { jobId },
  };
}

/** A job that runs on the line, or ran after `at`. */
function inTheWay(asked: Asked): StepResult | null {
  const { state, line, at } = asked;
  const { path } = line.config;
  const running = runningJob(jobsOf(asked));
  if (running !== undefined)
    return conflict(
      'jobRunning',
      `job ${running.id} (work order ${running.workOrder}) is running on ${path}`,
    );
  const later = Object.values(state.lines)
    .flatMap(({ jobs }) => jobs)
    .find(({ runs }) => runs.some((run) => run.line === path && (run.to ?? Infinity) > at));
  return later === undefined ? null : conflict('jobOverlap', `job ${later.id} ran on ${path} after ${at}`);
}

function resume(asked: Asked, job: Job): StepResult {
  const taken = inTheWay(asked);
  if (taken !== null) return taken;
  const { state, line, author, at } = asked;
  const { constraint } = line;
  const on = lineProductAt(state, line, at);
  const { product } = job;
  const events: FactoryEvent[] = [{ type: 'jobResumed', jobId: job.id, at, line: line.config.path, author }];
  if (on !== product)
    events.push({ type: 'productChanged', equipment: constraint.path, at, product, author });
  return { events, data: { jobId: job.id } };
}

/** Completes the running job. The product stays on the equipment until something else sets it. */
function complete(asked: Asked, { jobId }: Named<'completeJob'>): StepResult {
  if (jobId !== undefined)
    return onJob(asked, jobId, ['started', 'paused'], (job) => end(asked, job, 'jobCompleted'));
  const job = runningJob(jobsOf(asked));
  if (job === undefined) return conflict('noJob', `no job is running on ${asked.line.config.path}`);
  return end(asked, job, 'jobCompleted');
}

function end(
  { line, author, at }: Asked,
  job: Job,
  type: 'jobPaused' | 'jobCompleted' | 'jobCancelled',
  note?: string,
): StepResult {
  const last = job.runs.at(-1);
  if (last !== undefined && at < (last.to ?? last.from))
    return conflict('jobOverlap', `job ${job.id} ran until ${last.to ?? 'now'}, begun only at ${last.from}`);
  const noted = note === undefined ? null : { note };
  return {
    events: [{ type, jobId: job.id, at, line: line.config.path, author, ...noted }],
    data: { jobId: job.id },
  };
}

function change({ line, author, at }: Asked, job: Job, command: Named<'changeJob'>): StepResult {
  const { targetCount = job.targetCount, sequence = job.sequence, dueAt = job.dueAt } = command;
  const invalid = invalidTarget(targetCount);
  if (invalid !== null) return invalid;
  const before = { targetCount: job.targetCount, sequence: job.sequence, dueAt: job.dueAt };
  if (targetCount === before.targetCount && sequence === before.sequence && dueAt === before.dueAt)
    return refused('nothingChanged', `job ${job.id} is so already`);
  const after = { targetCount, sequence, dueAt };
  return {
    events: [{ type: 'jobChanged', jobId: job.id, at, line: line.config.path, author, before, after }],
    data: { jobId: job.id },
  };
}

function assign({ state, config, author, at }: Asked, job: Job, command: Named<'assignJob'>): StepResult {
  const line: LinePath = command.toLine;
  const { lines } = plantIndex(config);
  if (!lines.has(line)) return unknownName('unknownLine', 'line', line, lines.keys(), 'toLine');
  if (line === job.line) return refused('nothingChanged', `job ${job.id} is on ${line} already`);
  const there = lineOf(state, line).jobs;
  const double = there.find((each) => each.workOrder === job.workOrder && jobClosedAt(each) === null);
  if (double !== undefined)
    return conflict('workOrderOpen', `work order ${job.workOrder} is job ${double.id} on ${line} already`);
  const sequence = command.sequence ?? nextSequence(there);
  return {
    events: [{ type: 'jobReassigned', jobId: job.id, at, line, fromLine: job.line, author, sequence }],
    data: { jobId: job.id },
  };
}
