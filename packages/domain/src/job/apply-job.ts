import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { JobEvent } from './job-events.ts';

export function applyJob(state: EngineState, event: JobEvent): void {
  const { jobs } = lineOf(state, event.line);
  const { line, at } = event;
  switch (event.type) {
    case 'jobStarted': {
      const { jobId: id, workOrder, product, targetCount } = event;
      state.lastJob += 1;
      const begun = { startedAt: at, completedAt: null, carriedGood: 0, carriedTo: at };
      jobs.push({ id, line, workOrder, product, targetCount, ...begun });
      return;
    }
    case 'jobCompleted': {
      const index = jobs.findLastIndex(({ id }) => id === event.jobId);
      const job = jobs[index];
      if (job !== undefined) jobs[index] = { ...job, completedAt: at };
    }
  }
}
