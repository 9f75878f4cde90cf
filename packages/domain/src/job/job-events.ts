import type { EpochMs, LinePath } from '../plant/plant.ts';

/** What people ask for. */
export type JobCommand =
  | {
      readonly name: 'startJob';
      readonly line: LinePath;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    }
  | { readonly name: 'completeJob'; readonly line: LinePath };

/** What became true; `at` is event time. */
export type JobEvent =
  | {
      readonly type: 'jobStarted';
      readonly jobId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    }
  | {
      readonly type: 'jobCompleted';
      readonly jobId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
    };
