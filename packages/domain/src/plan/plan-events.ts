import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { PlanSegment } from '../shift/plan.ts';
import type { PlanChangeKind } from './plan-change.ts';

/** What people ask for. */
export type PlanCommand =
  | {
      readonly name: 'changePlan';
      readonly line: LinePath;
      readonly change: PlanChangeKind;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly note?: string;
    }
  | { readonly name: 'withdrawPlanChange'; readonly line: LinePath; readonly planChangeId: string };

/** What became true. `at` is when it was said; `before` and `after` are the plan from `from` to `to`. */
export type PlanEvent =
  | {
      readonly type: 'planChanged';
      readonly planChangeId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly author: string;
      readonly change: PlanChangeKind;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly note?: string;
      readonly before: readonly PlanSegment[];
      readonly after: readonly PlanSegment[];
    }
  | {
      readonly type: 'planChangeWithdrawn';
      readonly planChangeId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly author: string;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly before: readonly PlanSegment[];
      readonly after: readonly PlanSegment[];
    };
