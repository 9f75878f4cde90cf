import type { Unknown } from '../messages.ts';
import type { EpochMs, Figure, LossName } from './documents.ts';

/** A work order that waits for its turn on a line. */
export interface QueuedJob {
  readonly id: string;
  /** The external id it came in by. */
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  /** Its place in the line's queue. */
  readonly sequence: number;
  readonly dueAt?: EpochMs;
  readonly status: 'planned';
}

/** A work order that began. One that was cancelled before is told as one that began when it was. */
export interface BegunJob {
  readonly id: string;
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  readonly sequence: number;
  readonly dueAt?: EpochMs;
  readonly status: 'started' | 'paused' | 'completed' | 'cancelled';
  readonly startedAt: EpochMs;
  readonly pausedAt?: EpochMs;
  readonly completedAt?: EpochMs;
  readonly cancelledAt?: EpochMs;
  readonly goodCount: number;
  /** Against planned time elapsed while it ran, at the ideal rate; `ahead` is negative when behind. */
  readonly pace: { readonly expectedByNow: number; readonly ahead: number } | Unknown;
  /** To the full minute. */
  readonly expectedEnd: EpochMs | Unknown;
}

/** `{site}/{area}/{line}/job`, record, lane normal. */
export interface JobDocument {
  /** The running job, else the one paused last, else the one completed last. */
  readonly job: BegunJob | Unknown;
  /** The planned job whose turn is next. */
  readonly next: QueuedJob | Unknown;
}

/** `{site}/{area}/{line}/jobs`, collection keyed by job id, lane normal. Open jobs and those closed lately. */
export type JobsDocument = QueuedJob | BegunJob;

/** From the last good part of the one product to the first of the other. */
export interface MeasuredChangeover {
  readonly lastGoodAt: EpochMs;
  readonly firstGoodAt: EpochMs;
  /** Planned time between: breaks do not count. */
  readonly durationMs: number;
  /** All time between. */
  readonly elapsedMs: number;
  /** Negative when faster. */
  readonly overTargetMs: number | null;
}

export interface ChangeoverDetail {
  readonly id: string;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  readonly startedAt: EpochMs;
  readonly completedAt?: EpochMs;
  /** Of its pair of products. */
  readonly targetMs: number | null;
  readonly planned: boolean;
  /** `false`: nobody told of it, the product changed. */
  readonly announced: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly name: string;
    /** `external`: done while the line still or already runs. */
    readonly kind: 'internal' | 'external';
    readonly done?: { readonly at: EpochMs; readonly by: string };
  }[];
  readonly measured: MeasuredChangeover | Unknown;
}

/**
 * `{site}/{area}/{line}/changeover`, record, lane normal. The open changeover people told of, or the one completed
 * last.
 */
export interface ChangeoverDocument {
  readonly changeover: ChangeoverDetail | Unknown;
}

/**
 * `{site}/{area}/{line}/changeovers`, collection keyed by id, lane normal. Changeovers of the present and previous
 * shift.
 */
export type ChangeoversDocument = ChangeoverDetail;

/** `{site}/{area}/{line}/hours`, collection keyed by `from`, lane normal. The current shift hour by hour. */
export interface HourDocument {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly status: 'past' | 'current' | 'ahead';
  /** Planned time in it, ms. */
  readonly plannedMs: number;
  /** Good parts at the ideal rate over its planned time; may be fractional. */
  readonly target: Figure;
  /** With its share of what was missing before it. */
  readonly movingTarget: Figure;
  /** Of the line's constraint. */
  readonly good: number;
  readonly scrap: number;
  readonly rework: number;
  readonly cumulativeGood: number;
  readonly cumulativeTarget: Figure;
  /** What took most of its planned time from running. */
  readonly topLoss:
    | { readonly loss: LossName; readonly reason: string | null; readonly ms: number }
    | Unknown;
}

/**
 * `{site}/{area}/{line}/checks`, collection keyed by `characteristic`, lane normal. What is checked of the line's
 * parts.
 */
export interface CheckDocument {
  readonly characteristic: string;
  readonly name: string;
  readonly kind: 'numeric' | 'passFail';
  readonly unit?: string;
  readonly target?: number;
  readonly lower?: number;
  readonly upper?: number;
  readonly last:
    | {
        readonly id: string;
        readonly at: EpochMs;
        readonly by: string;
        readonly product: string | null;
        readonly values?: readonly number[];
        readonly verdict: 'inLimits' | 'outOfLimits' | 'passed' | 'failed';
        readonly note?: string;
      }
    | Unknown;
  /** After its interval of planned time. */
  readonly dueAt: EpochMs | Unknown;
  readonly overdue: boolean;
  readonly alert?: {
    readonly kind: 'outOfLimits' | 'controlRule';
    readonly since: EpochMs;
    readonly checkId: string;
    /** Western Electric rules that are broken. */
    readonly rules: readonly number[];
  };
  /** Of a numeric one: the newest points, oldest first, and limits from up to 100. */
  readonly chart?: {
    readonly points: readonly {
      readonly at: EpochMs;
      readonly mean: number;
      readonly range: number | null;
    }[];
    readonly limits:
      | {
          readonly center: number;
          /** One standard deviation of a point. */
          readonly sigma: number;
          readonly lower: number;
          readonly upper: number;
          readonly rangeCenter: number;
          readonly rangeUpper: number;
        }
      | Unknown;
  };
}

/** `{site}/{area}/{line}/qualityStatus`, record, lane normal. Of the current shift, beside its counts. */
export interface QualityStatusDocument {
  /** Scrap over parts in the window the plant watches. */
  readonly scrapRate:
    | { readonly value: number; readonly above: number; readonly clearAt: number; readonly high: boolean }
    | Unknown;
  /** Named by people, worst first. */
  readonly defects: {
    readonly codes: readonly {
      readonly code: string;
      readonly name: string;
      readonly scrap: number;
      readonly rework: number;
    }[];
  };
  /** What people counted, the newest 50, as it stands after corrections. */
  readonly entries: {
    readonly list: readonly {
      readonly id: string;
      readonly equipment: string;
      readonly at: EpochMs;
      readonly by: string;
      readonly good: number;
      readonly scrap: number;
      readonly rework: number;
      readonly defect?: string;
      /** How often it was corrected. */
      readonly corrections: number;
    }[];
  };
  /** Parts that nobody has judged yet, of any shift. */
  readonly holds: {
    readonly list: readonly {
      readonly id: string;
      readonly equipment: string;
      readonly madeAt: EpochMs;
      readonly heldAt: EpochMs;
      readonly by: string;
      readonly held: number;
      readonly left: number;
      readonly product: string | null;
      readonly defect?: string;
      readonly note?: string;
      readonly judged: { readonly good: number; readonly scrap: number; readonly rework: number };
      readonly judgedAt: EpochMs | null;
    }[];
  };
}

/**
 * An item of an entry of `{site}/{area}/{line}/quality`, stream, lane normal. The data of an entry is the array of its
 * events about the quality of parts: scrap and rework counted (`counted`), corrections, holds and releases, checks,
 * alerts and crossings of the scrap rate's limit. Events without a `type` are counts of earlier versions.
 */
export interface QualityEvent {
  readonly type?: string;
  readonly at: EpochMs;
  readonly [member: string]: unknown;
}
