import type { EpochMs } from '../plant/plant.ts';
import type { ReasonMeaning } from '../plant/reasons.ts';
import type { Interval } from '../time/interval.ts';
import type { FailureDivisor } from './ratios.ts';

/** One line of a history. Increments in `good`, `scrap`, `rework`; running totals in the counters. */
export interface OeeObservation {
  readonly at: EpochMs;
  /** A state name of this product or of PackML; holds until the next. */
  readonly state?: string;
  readonly reason?: string;
  /** Holds until changed; `null`: no order. */
  readonly product?: string | null;
  readonly good?: number;
  readonly scrap?: number;
  readonly rework?: number;
  readonly counter?: number;
  readonly rejectCounter?: number;
}

/** A history of one equipment and the window to judge. The order of observations never matters. */
export interface OeeInput {
  /** Where the figures are read. Instants are absolute, so no figure of one window hangs on it. */
  readonly timeZone?: string;
  readonly window: Interval;
  /** Omitted: all of the window. */
  readonly planned?: readonly Interval[];
  readonly breaks?: readonly Interval[];
  readonly plannedDowntime?: readonly Interval[];
  /** Default 0: no stop is minor. */
  readonly minorStopMs?: number;
  /** Default `performance`: minor stops stay in APT. */
  readonly minorStopsCount?: 'performance' | 'availability';
  readonly products: Readonly<Record<string, { readonly idealCycleMs?: number | null }>>;
  readonly observations: readonly OeeObservation[];
  /** Take quality as 1 where nothing tells of rejects. */
  readonly assumeQuality?: boolean;
  readonly reasons?: Readonly<Record<string, ReasonMeaning>>;
  /** Scrap this long after setup is a startup loss. Default 0. */
  readonly startupMs?: number;
  /** Share of running time, and in roll-ups of parts, below which a figure is withheld, 0–1. Default 1. */
  readonly minCoverage?: number;
  /** By what running time is divided for `mtbfMs`. Default `failures`. */
  readonly failureDivisor?: FailureDivisor;
}

/** One of several equipment. */
export interface EquipmentInput extends OeeInput {
  readonly equipment: string;
}

/** The equipment of one line in the order the parts take, with the same window. */
export interface LineInput {
  readonly line: {
    /** The equipment that carries availability and performance. */
    readonly constraint: string;
    /** Where it is another one for some products; the line's product is the one of `constraint`. */
    readonly constraintByProduct?: Readonly<Record<string, string>>;
  };
  readonly equipment: readonly EquipmentInput[];
}
