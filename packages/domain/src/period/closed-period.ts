import type { Figure } from '../oee/figure.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';

/** An edit of a closed period: made all the same, and shown as such. */
export interface Adjustment {
  readonly at: EpochMs;
  readonly by: string;
  readonly why: string;
  /** Types of the events it consists of. */
  readonly edits: readonly string[];
}

/** A shift instance or day of a line that is locked. */
export interface ClosedPeriod extends Interval {
  /** `shift.{shift instance}` or `day.{local date}`. */
  readonly id: string;
  readonly closedAt: EpochMs;
  readonly by: string;
  /** As known at the close; `null`: its facts were no longer held. */
  readonly figures: ClosedFigures | null;
  readonly adjustments: readonly Adjustment[];
}

/** Figures of a line over the period. */
export interface ClosedFigures {
  readonly availability: { readonly value: Figure };
  readonly performance: { readonly value: Figure };
  readonly quality: { readonly value: Figure };
  readonly oee: { readonly value: Figure; readonly worst: Figure; readonly best: Figure };
  /** ms. */
  readonly times: Readonly<Record<string, number>>;
  /** ms. */
  readonly losses: Readonly<Record<string, number>>;
  readonly counts: {
    readonly produced: number;
    readonly good: number;
    readonly scrap: number;
    readonly rework: number;
  };
  readonly flags: { readonly codes: readonly string[] };
}
