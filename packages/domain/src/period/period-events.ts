import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { ClosedFigures } from './closed-period.ts';

/** What people ask for: a shift instance by its id, or all of them that start on a local date. */
export type PeriodCommand = {
  readonly name: 'closePeriod';
  readonly line: LinePath;
  readonly shiftId?: string;
  /** `YYYY-MM-DD`. */
  readonly date?: string;
};

/** What became true; `at` is when it was said. */
export type PeriodEvent =
  | {
      readonly type: 'periodClosed';
      readonly periodId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly author: string;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly figures: ClosedFigures | null;
    }
  | {
      readonly type: 'periodAdjusted';
      readonly periodId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly author: string;
      readonly why: string;
      readonly edits: readonly string[];
    };
