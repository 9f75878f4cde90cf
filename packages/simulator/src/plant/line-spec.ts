import type { AlarmSeverity, CallPriority, CallType } from '@ms5/wire/factory';
import type { Spread } from '../random/random.ts';

/** The names a machine gives its states on the way into a standstill, while it lasts, and out of it. */
export interface StatePath {
  readonly before?: readonly Passing[];
  readonly stay: string;
  readonly after?: readonly Passing[];
  /** Reason code, where the machine knows one. */
  readonly reason?: string;
}
interface Passing {
  readonly state: string;
  readonly forMs: number;
}

/** Whom a stop makes people call, and how likely they do. */
interface CallRule {
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly probability: number;
  readonly note: string;
  /** The stop does not end before somebody came. */
  readonly needsHelp?: true;
}

interface AlarmRule {
  readonly code: string;
  readonly text: string;
  readonly severity: AlarmSeverity;
}

/** One way a line comes to a stop. */
export interface StopCause {
  readonly id: string;
  readonly path: StatePath;
  /** Mean running time between two, ms. */
  readonly everyMs: number;
  readonly durationMs: Spread;
  readonly call?: CallRule;
  /** What the machine's control shows while it lasts. Omitted: nothing. */
  readonly alarm?: AlarmRule;
}

export interface ProductSpec {
  readonly id: string;
  /** Per unit, as in the plant's configuration. */
  readonly idealCycleMs: number;
}

/** A measured value that wanders around a level while the machine runs, and around another while it does not. */
export interface TelemetrySpec {
  readonly name: string;
  readonly running: number;
  readonly standing: number;
  readonly noise: number;
  /** Share of the way to its level that it goes in a second, 0–1. */
  readonly pull: number;
  readonly decimals: number;
}

/** Another machine of the line, that stands when the constraint stands. */
export interface FollowerSpec {
  readonly equipment: string;
  readonly running: string;
  readonly standing: string;
  readonly delayMs: number;
}

export interface LineSpec {
  /** `{area}/{line}`. */
  readonly line: string;
  /** `{area}/{line}/{equipment}`: the constraint. */
  readonly equipment: string;
  readonly products: readonly [ProductSpec, ...ProductSpec[]];
  readonly running: string;
  /** `pulses`: it tells no states, only what it counts. Omitted: its states. */
  readonly tells?: 'states' | 'pulses';
  readonly changeover: StatePath;
  readonly break: StatePath;
  /** Standing breaks, or relief so that the line runs through them. */
  readonly breaks: 'stands' | 'relieved';
  /** Actual over ideal cycle on average, and its standard deviation. */
  readonly pace: { readonly factor: number; readonly jitter: number };
  /** Units per machine cycle (cavities); the machine counts cycles. */
  readonly unitsPerCycle: number;
  readonly scrapRate: number;
  readonly reworkRate: number;
  /** After a changeover or a long stop. */
  readonly startup: { readonly forMs: number; readonly scrapRate: number };
  /** `pulses`: good, scrap and rework since the last report. `totals`: what the machine's counters show. */
  readonly counts: 'pulses' | 'totals';
  readonly reportEveryMs: number;
  readonly stops: readonly StopCause[];
  readonly changeoverMs: Spread;
  /** Length of a job, in running time at the ideal rate. */
  readonly jobMs: { readonly min: number; readonly max: number };
  readonly telemetry: readonly TelemetrySpec[];
  readonly followers: readonly FollowerSpec[];
  readonly operator: string;
  /** What the operator measures and finds during a stop. Omitted: nothing. */
  readonly inspection?: InspectionSpec;
}

interface InspectionSpec {
  /** Id of a numeric characteristic of the plant. */
  readonly characteristic: string;
  readonly target: number;
  /** Values lie evenly within so much of the target. */
  readonly within: number;
  /** Code of the defect of the one part that is thrown out. */
  readonly defect: string;
}
