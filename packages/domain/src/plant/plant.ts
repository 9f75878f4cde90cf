import type { DowntimeConfig } from './downtime-config.ts';
import type { EscalationConfig } from './escalation-config.ts';
import type {
  ChangeoverConfig,
  CharacteristicConfig,
  DefectConfig,
  ScrapAlertConfig,
} from './work-config.ts';
import type { StateName } from './state-name.ts';
import type { Weekday } from './weekday.ts';

/** Milliseconds since 1970-01-01T00:00Z, integer. */
export type EpochMs = number;

export type { StateName } from './state-name.ts';

/** What a raw machine state means: the state, and the reason it carries when the machine itself knows one. */
export interface MappedState {
  readonly state: StateName;
  readonly reason?: string;
}

/** Raw machine state → meaning. A raw state that is not in the table is `unknown` and flagged. */
export type StateMapping = Readonly<Record<string, MappedState>>;

/** Raw machine mode → mode. A raw mode that is not in the table is a mode by that name. */
export type ModeMapping = Readonly<Record<string, string>>;

/** What the time in a mode is, whatever the state: planned downtime, or standing still in it setup. */
export type ModeTime = 'plannedDowntime' | 'setup';

/** How the modes of one equipment are understood. */
export interface ModesConfig {
  readonly mapping: ModeMapping;
  /** Modes that are not in it leave time to the state. */
  readonly time: Readonly<Record<string, ModeTime>>;
}

/** A machine that gives a pulse per count and no states: whether it runs is told by when it counts. */
export interface PulseConfig {
  /** Without a pulse for more than this times the ideal cycle of a pulse it stands, since the last one. */
  readonly stoppedAfterCycles: number;
  /** The same where no ideal cycle is known. Omitted: its state is then not known either. */
  readonly stoppedAfterMs?: number;
  /** From when it runs again: the first pulse, or one ideal cycle before it. */
  readonly runsFrom: 'pulse' | 'cycleBefore';
}

/** `{area}/{line}/{equipment}`; a line is `{area}/{line}`. */
export type EquipmentPath = string;
export type LinePath = string;

export interface EquipmentConfig {
  readonly path: EquipmentPath;
  readonly line: LinePath;
  readonly name: string;
  readonly stateMapping: StateMapping;
  /** Its raw states are those of PackML, so that its transitions can be told from those of the table. Omitted: not. */
  readonly packml?: boolean;
  /** Omitted: its modes are called what it calls them, and leave time to the state. */
  readonly modes?: ModesConfig;
  /** Omitted: it tells its states. */
  readonly pulse?: PulseConfig;
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
  /** Its own ideal cycles; for other products the product's hold. */
  readonly idealCycles?: readonly (IdealCycleConfig & { readonly product: string })[];
  /** In commissioning: its line stays out of roll-ups when it carries it. Omitted: not. */
  readonly commissioning?: boolean;
}

/** Ideal time per unit (ISO 22400 PRU), ms, may be fractional. `null`: not known, so performance is not either. */
export interface IdealCycleConfig {
  readonly idealCycleMs: number | null;
  /** What holds later, by instant. */
  readonly laterCycles?: readonly DatedCycle[];
}

export interface DatedCycle {
  readonly from: EpochMs;
  readonly idealCycleMs: number | null;
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
  /** Product id → the equipment that carries the line for it, where that is not `constraint`. */
  readonly constraintByProduct?: Readonly<Record<string, EquipmentPath>>;
  /** Figures of the shift that are watched. Omitted: none. */
  readonly oeeThresholds?: readonly OeeThreshold[];
  /** How far back people may change its plan and what was said about it. Omitted: a week. */
  readonly editWindowMs?: number;
  /** What is checked of its parts. Omitted: nothing. */
  readonly characteristics?: readonly CharacteristicConfig[];
  /** Omitted: its scrap rate is not watched. */
  readonly scrapAlert?: ScrapAlertConfig;
  /** Targets and checklist of its changeovers. Omitted: none. */
  readonly changeover?: ChangeoverConfig;
}

/** News when the figure falls below, and when it is above by the hysteresis again. Ratios, 0–1. */
export interface OeeThreshold {
  readonly figure: 'availability' | 'performance' | 'quality' | 'oee';
  readonly below: number;
  readonly hysteresis: number;
}

export interface ProductConfig extends IdealCycleConfig {
  readonly id: string;
  readonly name: string;
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
  /** Worked only in some weeks of a rotation. Omitted: in every week. */
  readonly rotation?: ShiftRotation;
}

/** Weeks are counted from the one of seven days that begins on `since`. */
export interface ShiftRotation {
  /** Weeks until it begins anew. */
  readonly weeks: number;
  /** The weeks it is worked in, 1 to `weeks`. */
  readonly worked: readonly number[];
  /** `YYYY-MM-DD`, the first day of a first week. */
  readonly since: string;
}

/** No shift starts on this local date. */
export interface Holiday {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly name: string;
  /** Empty: all. */
  readonly lines: readonly LinePath[];
}

/**
 * What is otherwise on one local date: a shift that is cancelled, that has other times, that is worked although it
 * would not be, or that there is only then (its id is no pattern's).
 */
export interface ShiftException {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly shift: string;
  readonly cancelled: boolean;
  readonly name?: string;
  /** `HH:MM`. Omitted: as usual. */
  readonly from?: string;
  readonly to?: string;
  readonly breaks?: readonly { readonly from: string; readonly to: string }[];
  /** Empty: all that work the shift. */
  readonly lines: readonly LinePath[];
}

/** When a plant works. */
export interface WorkCalendar {
  readonly shifts: readonly ShiftConfig[];
  readonly holidays?: readonly Holiday[];
  readonly exceptions?: readonly ShiftException[];
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

export type {
  ChangeoverConfig,
  CharacteristicConfig,
  DefectConfig,
  ScrapAlertConfig,
  WesternElectricRule,
} from './work-config.ts';
export type { ClassificationRule, DowntimeConfig, ReasonGroup, RuleHours } from './downtime-config.ts';

/** A plant as the engine sees it: validated, defaults filled in. */
export interface PlantConfig extends WorkCalendar {
  readonly site: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly lines: readonly LineConfig[];
  readonly equipment: readonly EquipmentConfig[];
  readonly products: readonly ProductConfig[];
  readonly reasons: readonly ReasonConfig[];
  /** Share of running time and of parts below which figures of areas and the site are withheld, 0–1. Omitted: 0.8. */
  readonly rollUpMinCoverage?: number;
  /** What may be wrong with parts. Omitted: nothing has a name. */
  readonly defects?: readonly DefectConfig[];
  /** The reason tree, and rules by which stops get reasons. Omitted: neither. */
  readonly downtime?: DowntimeConfig;
  /** Who is told of calls, and when. Omitted: nobody is. */
  readonly escalation?: EscalationConfig;
}
