import type { StateName } from './state-name.ts';
import type { Weekday } from './weekday.ts';

/** A branch of the reason tree. */
export interface ReasonGroup {
  readonly id: string;
  readonly name: string;
  /** The branch it is on. Omitted: a main one. */
  readonly group?: string;
}

/**
 * Gives a stop its reason when all that is stated fits; what is omitted fits always. The first rule that fits holds,
 * and a person's word comes before any.
 */
export interface ClassificationRule {
  readonly id: string;
  readonly reason: string;
  /** Paths. */
  readonly lines?: readonly string[];
  readonly equipment?: readonly string[];
  /** The machine gave one of these reasons or alarm codes at any time of the stop. */
  readonly machineReasons?: readonly string[];
  /**
   * The equipment had an alarm with one of these codes within a minute of the start of the stop. A `*` at the end
   * stands for any further characters.
   */
  readonly alarms?: readonly string[];
  /** The machine was in one of these raw states at any time of the stop. */
  readonly rawStates?: readonly string[];
  /** The machine was in one of these modes at any time of the stop. */
  readonly modes?: readonly string[];
  /** The state in which the stop began. */
  readonly states?: readonly StateName[];
  /** The site's local time at which it began; a `to` at or before `from` is on the next day. */
  readonly between?: RuleHours;
  /** By planned time. */
  readonly minMs?: number;
  /** Shorter than this; not decided before the stop is over. */
  readonly maxMs?: number;
}

export interface RuleHours {
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  /** Of the day on which it began. Omitted: every day. */
  readonly days?: readonly Weekday[];
}

/** How people and rules deal with stops. */
export interface DowntimeConfig {
  readonly groups: readonly ReasonGroup[];
  readonly rules: readonly ClassificationRule[];
  /** Stops with a run no longer than this between them may be merged. */
  readonly mergeRunMs: number;
}

/** Where a plant says nothing. */
export const DEFAULT_DOWNTIME: DowntimeConfig = { groups: [], rules: [], mergeRunMs: 300_000 };
