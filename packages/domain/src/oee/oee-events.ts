import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { PeriodKind } from './period-kind.ts';
import type { Factors, OeeFactor } from './watched-figures.ts';
import type { Weights } from './weights.ts';

/** What became true; `at` is the instant up to which the figures go. */
export type OeeEvent =
  /** Figures of the line's shift so far; recorded at a pace, and only when they changed. */
  | (Factors & {
      readonly type: 'oeeUpdated';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
    })
  /** Figures of a period that is over, as known then, and what they are computed from. */
  | (Factors & {
      readonly type: 'oeeCalculated';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly period: {
        readonly kind: PeriodKind;
        readonly id: string;
        readonly from: EpochMs;
        readonly to: EpochMs;
      };
      readonly weights: Weights;
    })
  | {
      readonly type: 'oeeThresholdCrossed';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly figure: OeeFactor;
      readonly direction: 'below' | 'above';
      readonly value: number;
      readonly threshold: number;
    }
  /** A product was made faster than its ideal for long: the standard should be looked at. */
  | {
      readonly type: 'standardReviewProposed';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly product: string;
      readonly idealCycleMs: number;
      /** Running time per part over all of it. */
      readonly meanCycleMs: number;
      readonly runMs: number;
    };
