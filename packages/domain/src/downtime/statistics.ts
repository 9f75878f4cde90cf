import type { Figure, Unknown } from '../oee/figure.ts';
import type { TimeBucket } from '../oee/time-buckets.ts';
import type { Interval } from '../time/interval.ts';

/** Standing still in planned time, by stop and by reason. Times are those inside the window, ms. */
export interface DowntimeStatistics {
  readonly window: Interval | Unknown;
  /** Stops that are not minor; merged ones count once. */
  readonly stops: {
    readonly count: number;
    readonly totalMs: number;
    readonly meanMs: Figure;
    readonly longestMs: number;
  };
  readonly minorStops: { readonly count: number; readonly totalMs: number };
  /** What the stops that are not minor were for, most time first: a Pareto. */
  readonly byReason: readonly ReasonShare[];
  /** Time that nobody has explained, "don't know" included. */
  readonly reasonDebt: { readonly ms: number; readonly dontKnowMs: number; readonly stops: number };
  readonly failures: { readonly begun: number; readonly mtbfMs: Figure; readonly mttrMs: Figure };
  /** Stretches with more than ten minor stops in ten minutes. */
  readonly floods: readonly (Interval & { readonly count: number })[];
  readonly flags: { readonly codes: readonly string[] };
}

export interface ReasonShare {
  /** `null`: none was given. */
  readonly reason: string | null;
  readonly group?: string;
  readonly loss: TimeBucket;
  /** Stops some of whose time it took. */
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** Of the time of all reasons, 0–1; and with those before it. */
  readonly share: number;
  readonly cumulativeShare: number;
}
