import type { EpochMs, LinePath } from '../plant/plant.ts';

/** What became true; `at` is event time. */
export type ShiftEvent =
  | {
      readonly type: 'shiftStarted';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly to: EpochMs;
    }
  /** Figures of the closed shift, as known at its close. */
  | {
      readonly type: 'shiftEnded';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly from: EpochMs;
      readonly figures: Readonly<Record<string, unknown>>;
    };
