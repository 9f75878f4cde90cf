import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs } from '../plant/plant.ts';

type StartJob = Extract<FactoryCommand, { name: 'startJob' }>;

/** Starts a job and sets the product of the line's constraint. A product that is not in the plant may start. */
export function decideStartJob(
  state: EngineState,
  line: IndexedLine,
  command: StartJob,
  author: string,
  at: EpochMs,
): StepResult {
  const last = lineOf(state, command.line).jobs.at(-1);
  if (last !== undefined && last.completedAt === null)
    return conflict(
      'jobRunning',
      `job ${last.id} (work order ${last.workOrder}) is running on ${command.line}`,
    );
  if (last?.completedAt !== undefined && last.completedAt !== null && at < last.completedAt)
    return conflict('jobOverlap', `job ${last.id} ran on ${command.line} until ${last.completedAt}`);
  if (!(Number.isFinite(command.targetCount) && command.targetCount > 0))
    return refused(
      'invalidCount',
      `targetCount is ${command.targetCount}; expected more than 0`,
      'targetCount',
    );
  const jobId = `job-${state.lastJob + 1}`;
  const { workOrder, product, targetCount } = command;
  return {
    events: [
      { type: 'jobStarted', jobId, at, line: command.line, author, workOrder, product, targetCount },
      { type: 'productChanged', equipment: line.constraint.path, at, product, author },
    ],
    data: { jobId },
  };
}

/** Completes the running job. The product stays on the equipment until something else sets it. */
export function decideCompleteJob(
  state: EngineState,
  line: IndexedLine,
  author: string,
  at: EpochMs,
): StepResult {
  const job = lineOf(state, line.config.path).jobs.at(-1);
  if (job === undefined || job.completedAt !== null)
    return conflict('noJob', `no job is running on ${line.config.path}`);
  if (at < job.startedAt) return conflict('jobOverlap', `job ${job.id} started only at ${job.startedAt}`);
  return {
    events: [{ type: 'jobCompleted', jobId: job.id, at, line: line.config.path, author }],
    data: { jobId: job.id },
  };
}
