import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { JobOrder } from './job.ts';

/** What people ask for. Acts on a job name it, so that they cannot hit another one. */
export type JobCommand =
  | {
      readonly name: 'planJob';
      readonly line: LinePath;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
      readonly dueAt?: EpochMs;
      /** Omitted: behind those that are planned. */
      readonly sequence?: number;
    }
  | {
      readonly name: 'startJob';
      readonly line: LinePath;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    }
  | { readonly name: 'startPlannedJob'; readonly line: LinePath; readonly jobId: string }
  | { readonly name: 'pauseJob'; readonly line: LinePath; readonly jobId: string; readonly note?: string }
  | { readonly name: 'resumeJob'; readonly line: LinePath; readonly jobId: string }
  | { readonly name: 'completeJob'; readonly line: LinePath; readonly jobId?: string }
  | { readonly name: 'cancelJob'; readonly line: LinePath; readonly jobId: string; readonly note?: string }
  | {
      readonly name: 'changeJob';
      readonly line: LinePath;
      readonly jobId: string;
      readonly targetCount?: number;
      readonly sequence?: number;
      /** `null`: none. */
      readonly dueAt?: EpochMs | null;
    }
  /** `line`: where it is now. */
  | {
      readonly name: 'assignJob';
      readonly line: LinePath;
      readonly jobId: string;
      readonly toLine: LinePath;
      readonly sequence?: number;
    };

interface JobAct {
  readonly jobId: string;
  readonly at: EpochMs;
  readonly line: LinePath;
  readonly author: string;
}

/** What became true; `at` is event time. */
export type JobEvent =
  /** Planned on a line. */
  | ({ readonly type: 'jobAssigned' } & JobAct & JobOrder)
  /** Moved from `fromLine` to `line`. */
  | ({
      readonly type: 'jobReassigned';
      readonly fromLine: LinePath;
      readonly sequence: number;
    } & JobAct)
  | ({
      readonly type: 'jobChanged';
      readonly before: Pick<JobOrder, 'targetCount' | 'sequence' | 'dueAt'>;
      readonly after: Pick<JobOrder, 'targetCount' | 'sequence' | 'dueAt'>;
    } & JobAct)
  | ({
      readonly type: 'jobStarted';
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    } & JobAct)
  | ({ readonly type: 'jobPaused'; readonly note?: string } & JobAct)
  | ({ readonly type: 'jobResumed' } & JobAct)
  | ({ readonly type: 'jobCompleted' } & JobAct)
  | ({ readonly type: 'jobCancelled'; readonly note?: string } & JobAct);
