import type { ObservationInput } from '@ms5/wire/factory';
import type { Random } from '../random/random.ts';
import type { FollowerState } from './follower.ts';
import type { ProductSpec, StopCause } from './line-spec.ts';
import type { Window, WorkCalendar } from './work-calendar.ts';

/** What a line does. */
export type Phase =
  | {
      readonly kind: 'running';
      readonly nextCycleEndsAtMs: number;
      /** The next stop, if neither the job's end nor a break comes before it. */
      readonly stopAtMs: number;
      readonly stopCause: StopCause | null;
    }
  | {
      readonly kind: 'standing';
      readonly why: Why;
      /** The states still to pass through, the present one first. */
      readonly steps: readonly [Step, ...Step[]];
      readonly reason?: string;
    };
export interface Step {
  readonly state: string;
  readonly untilMs: number;
  /** The standstill itself, as opposed to the states on the way in and out. */
  readonly stays?: true;
}
export type Why =
  | { readonly kind: 'stop'; readonly cause: StopCause; readonly sinceMs: number }
  | { readonly kind: 'changeover'; readonly toProduct: ProductSpec }
  | { readonly kind: 'break' };

export interface Job {
  readonly workOrder: string;
  readonly product: ProductSpec;
  /** Units. */
  readonly targetCount: number;
  readonly goodCount: number;
}

/** Machine cycles since the line was built. */
export interface Counts {
  readonly good: number;
  readonly scrap: number;
  readonly rework: number;
}

export interface LineState {
  readonly phase: Phase;
  readonly job: Job;
  readonly counts: Counts;
  /** What of it has been reported. */
  readonly reported: Counts;
  readonly lastCycleEndedAtMs: number;
  /** Scrap is likelier until then. */
  readonly startupUntilMs: number;
  /** The present or next break, as people take it: a little early or late. */
  readonly rest: Window;
  readonly nextReportAtMs: number;
  /** When the machine last said anything. */
  readonly heardAtMs: number;
  /** When it last said its state. */
  readonly stateSaidAtMs: number;
  readonly telemetry: readonly number[];
  readonly followers: readonly FollowerState[];
}

/** What happens on a line; observations are what its machines say of it. */
export type Happening =
  | { readonly kind: 'observed'; readonly atMs: number; readonly observation: ObservationInput }
  | { readonly kind: 'stopped'; readonly atMs: number; readonly cause: StopCause; readonly untilMs: number }
  | { readonly kind: 'jobEnded'; readonly atMs: number; readonly job: Job }
  | { readonly kind: 'changeoverStarted'; readonly atMs: number; readonly toProduct: string }
  | { readonly kind: 'changeoverEnded'; readonly atMs: number }
  | { readonly kind: 'jobBegan'; readonly atMs: number; readonly job: Job };

/** What a line needs from outside to go on. */
export interface Surroundings {
  readonly random: Random;
  readonly calendar: WorkCalendar;
  /** Before this instant it is history: reported in coarser steps, without telemetry. */
  readonly liveFromMs: number;
}

/** A line after something happened on it. */
export interface Stepped {
  readonly state: LineState;
  readonly happenings: readonly Happening[];
}
