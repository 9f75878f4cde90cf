import type { DowntimeConfig } from './downtime-config.ts';
import type { EscalationConfig } from './escalation-config.ts';
import type { Weekday } from './weekday.ts';

/** Milliseconds since 1970-01-01T00:00Z, integer. */
export type EpochMs = number;

export type StateName =
  | 'running'
  | 'stopped'
  | 'idle'
  | 'setup'
  | 'blocked'
  | 'starved'
  | 'notScheduled'
  | 'unknown';

/** What a raw machine state means: the state, and the reason it carries when the machine itself knows one. */
export interface MappedState {
  readonly state: StateName;
  readonly reason?: string;
}

/** Raw machine state → meaning. A raw state that is not in the table is `unknown` and flagged. */
export type StateMapping = Readonly<Record<string, MappedState>>;

/** `{area}/{line}/{equipment}`; a line is `{area}/{line}`. */
export type EquipmentPath = string;
export type LinePath = string;

export interface EquipmentConfig {
  readonly path: EquipmentPath;
  readonly line: LinePath;
  readonly name: string;
  readonly stateMapping: StateMapping;
  /** A stop shorter than this many planned ms is a minor stop. 0: none is. */
  readonly minorStopMs: number;
  /** After this long without hearing the machine its state is unknown. `null`: it is never taken as silent. */
  readonly silentAfterMs: number | null;
  /** How late, by event time against the newest, an observation may come and still count. */
  readonly latenessWindowMs: number;
  /** Parts per counter step (cavities, packs). */
  readonly unitsPerCount: number;
  /** The counter goes from one below this to 0. Omitted: it does not. */
  readonly counterRollsOverAt?: number;
  /** Faster it cannot be; a counter that rises faster is not believed. Omitted: 20 times the fastest ideal rate. */
  readonly maxPartsPerMinute?: number;
  /** Product on the equipment before any is reported, if configured. */
  readonly defaultProduct: string | null;
  /** Quality is taken as 1 where the machine reports no rejects (ISO 22400 has no default: the plant decides). */
  readonly assumeQuality: boolean;
}

export interface LineConfig {
  readonly path: LinePath;
  readonly areaId: string;
  readonly areaName: string;
  readonly lineId: string;
  readonly name: string;
  readonly equipment: readonly EquipmentPath[];
  /** The equipment that carries the line's state, availability and performance. */
  readonly constraint: EquipmentPath;
  /** Ids of the shift patterns worked on this line; empty: all. */
  readonly shifts: readonly string[];
  /** Figures of the shift that are watched. Omitted: none. */
  readonly oeeThresholds?: readonly OeeThreshold[];
  /** How far back people may change its plan and what was said about it. Omitted: a week. */
  readonly editWindowMs?: number;
}

/** News when the figure falls below, and when it is above by the hysteresis again. Ratios, 0–1. */
export interface OeeThreshold {
  readonly figure: 'availability' | 'performance' | 'quality' | 'oee';
  readonly below: number;
  readonly hysteresis: number;
}

export interface ProductConfig {
  readonly id: string;
  readonly name: string;
  /** Ideal time per unit (ISO 22400 PRU), ms, may be fractional. `null`: not known, so performance is not either. */
  readonly idealCycleMs: number | null;
}

export type { Weekday } from './weekday.ts';

/** A shift pattern in the site's local time; a `to` at or before `from` ends on the next day. */
export interface ShiftConfig {
  readonly id: string;
  readonly name: string;
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  readonly breaks: readonly { readonly from: string; readonly to: string }[];
}

/** What a reason code means for losses. */
export interface ReasonConfig {
  readonly code: string;
  readonly name: string;
  readonly loss: 'breakdown' | 'setup' | 'external' | 'unexplained' | 'plannedDowntime';
  readonly failure: boolean;
  /** The branch of the reason tree it is on. Omitted: a main one. */
  readonly group?: string;
  /** No longer given to stops; what was said with it keeps its meaning. */
  readonly retired?: true;
}

export type { ClassificationRule, DowntimeConfig, ReasonGroup, RuleHours } from './downtime-config.ts';

/** A plant as the engine sees it: validated, defaults filled in. */
export interface PlantConfig {
  readonly site: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly lines: readonly LineConfig[];
  readonly equipment: readonly EquipmentConfig[];
  readonly products: readonly ProductConfig[];
  readonly shifts: readonly ShiftConfig[];
  readonly reasons: readonly ReasonConfig[];
  /** The reason tree, and rules by which stops get reasons. Omitted: neither. */
  readonly downtime?: DowntimeConfig;
  /** Who is told of calls, and when. Omitted: nobody is. */
  readonly escalation?: EscalationConfig;
}
