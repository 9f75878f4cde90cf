import type { Unknown } from '../messages.ts';

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;

/** A figure, or why there is none. Ratios are 0–1 (performance may exceed 1). */
export type Figure = number | Unknown;

/** Equipment state as shown to people; every second of calendar time is in exactly one. */
export const STATE_NAMES = [
  'running',
  'stopped',
  'idle',
  'setup',
  'blocked',
  'starved',
  'notScheduled',
  'unknown',
] as const;
export type StateName = (typeof STATE_NAMES)[number];

export const SCHEDULE_STATUSES = ['planned', 'break', 'plannedDowntime', 'noOrder', 'notScheduled'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** `{site}/{area}/{line}/status`, record, lane high. */
export interface LineStatusDocument {
  readonly about: {
    readonly siteName: string;
    readonly areaId: string;
    readonly areaName: string;
    readonly lineId: string;
    readonly lineName: string;
    readonly timeZone: string;
    readonly constraint: string;
    readonly equipment: readonly { readonly id: string; readonly name: string }[];
  };
  /** State of the line, which is that of its constraint equipment. */
  readonly state: {
    readonly name: StateName;
    readonly since: EpochMs;
    readonly reason?: string;
    readonly raw?: string;
  };
  /**
   * Whether the machine is heard: `silent` is not the same as `notScheduled`, nor as our own lost connection.
   * `lastAt`, when it was heard last, is there only while it is silent.
   */
  readonly contact: { readonly status: 'heard' | 'silent' | 'never'; readonly lastAt?: EpochMs };
  readonly schedule: { readonly status: ScheduleStatus };
  readonly shift:
    | {
        readonly id: string;
        readonly name: string;
        readonly from: EpochMs;
        readonly to: EpochMs;
        readonly breaks: readonly { readonly from: EpochMs; readonly to: EpochMs }[];
      }
    | Unknown;
  readonly product: { readonly id: string; readonly name: string } | Unknown;
  readonly calls: {
    readonly open: number;
    readonly unacknowledged: number;
    readonly priority?: CallPriority;
    readonly oldestAt?: EpochMs;
  };
}

/**
 * What people can make of a stretch of the plan: plan what was not scheduled, take all of it out, plan its breaks, make
 * it planned downtime, or time without an order.
 */
export const PLAN_CHANGE_KINDS = [
  'overtime',
  'noCrew',
  'runThroughBreak',
  'plannedDowntime',
  'noOrder',
] as const;
export type PlanChangeKind = (typeof PLAN_CHANGE_KINDS)[number];

/** `{site}/{area}/{line}/plan`, collection keyed by plan change id, lane normal. What people changed of the plan. */
export interface PlanChangeDocument {
  readonly id: string;
  readonly change: PlanChangeKind;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly note?: string;
  readonly by: string;
  /** When it was said. */
  readonly at: EpochMs;
}

/** `{site}/{area}/{line}/maintenance`, collection keyed by maintenance id, lane normal. Planned maintenance. */
export interface MaintenanceDocument {
  readonly id: string;
  /** `{area}/{line}/{equipment}`; `null`: the whole line. */
  readonly equipment: string | null;
  readonly status: 'scheduled' | 'started' | 'completed' | 'cancelled';
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The stretch it makes planned downtime. */
  readonly planned: { readonly from: EpochMs; readonly to: EpochMs } | null;
  readonly note?: string;
  readonly scheduledBy: string;
  readonly scheduledAt: EpochMs;
  readonly startedAt?: EpochMs;
  readonly completedAt?: EpochMs;
  readonly cancelledAt?: EpochMs;
}

/**
 * `{site}/{area}/{line}/periods`, collection keyed by `{kind}.{id}`, lane normal: the hours of the shift so far, the
 * shift and the one before it, their day, the running job and the products of the shift. Brought up to date every ten
 * seconds.
 */
export interface PeriodDocument {
  readonly kind: 'hour' | 'shift' | 'day' | 'job' | 'product';
  /** Hour: its start in ms; shift: the instance; day: the local date; the job's, the product's. */
  readonly id: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The figures go up to here. */
  readonly asOf: EpochMs;
  /** Older facts are no longer held: the figures are of the rest. */
  readonly isPart: boolean;
  readonly availability: Figure;
  readonly performance: Figure;
  readonly quality: Figure;
  readonly oee: Figure;
  readonly interval: { readonly worst: Figure; readonly best: Figure };
  /** The other figures of ISO 22400-2, and TEEP: neeIndex, teep, setupRatio, mtbfMs, … */
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly times: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<LossName | 'fullyProductive', number>>;
  readonly counts: {
    readonly produced: number;
    readonly good: number;
    readonly scrap: number;
    readonly rework: number;
  };
  readonly flags: readonly string[];
  /** Where it was closed: its figures then (`null`: no longer known then), and what was adjusted since. */
  readonly closed: {
    readonly at: EpochMs;
    readonly by: string;
    readonly figures: {
      readonly availability: { readonly value: Figure };
      readonly performance: { readonly value: Figure };
      readonly quality: { readonly value: Figure };
      readonly oee: { readonly value: Figure };
    } | null;
    readonly adjustments: readonly {
      readonly at: EpochMs;
      readonly by: string;
      readonly why: string;
      /** Types of the events it consists of. */
      readonly edits: readonly string[];
    }[];
  } | null;
}

/**
 * `{site}/{area}/oee` and `{site}/oee`, record, lane normal: the lines, each over its shift so far, by their times and
 * counts. Brought up to date every ten seconds.
 */
export interface RollUpDocument {
  readonly asOf: { readonly at: EpochMs };
  readonly availability: { readonly value: Figure };
  readonly performance: { readonly value: Figure };
  readonly quality: { readonly value: Figure };
  readonly oee: { readonly value: Figure; readonly worst: Figure; readonly best: Figure };
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly times: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<LossName | 'fullyProductive', number>>;
  /** Share of running time and of parts whose speed and quality are known, 0–1. */
  readonly coverage: { readonly performance: number; readonly quality: number };
  readonly lines: {
    readonly counted: readonly string[];
    readonly left: readonly { readonly line: string; readonly why: 'noShift' | 'commissioning' }[];
  };
  readonly flags: { readonly codes: readonly string[] };
}

/** `{site}/{area}/{line}/production`, record, lane high. Counts of the current shift. */
export interface ProductionDocument {
  readonly window: { readonly from: EpochMs; readonly to: EpochMs } | Unknown;
  readonly counts:
    | { readonly produced: number; readonly good: number; readonly scrap: number; readonly rework: number }
    | Unknown;
  /** Parts made while nobody was listening: known by the counter only. */
  readonly unobserved: { readonly produced: number };
  /** Of the running job where there is one, else of the shift at the ideal rate. */
  readonly target: { readonly count: number; readonly expectedByNow: number } | Unknown;
  /** Good parts per hour over the planned time elapsed. */
  readonly ratePerHour: Figure;
}

export const LOSS_NAMES = [
  'notScheduled',
  'break',
  'plannedDowntime',
  'unknown',
  'noOrder',
  'setup',
  'breakdown',
  'external',
  'unexplained',
  'minorStop',
  'reducedSpeed',
  'startup',
  'defect',
] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** `{site}/{area}/{line}/oee`, record, lane high. Figures of the current shift up to `asOf`. */
export interface OeeDocument {
  readonly window: { readonly from: EpochMs; readonly to: EpochMs } | Unknown;
  readonly asOf: { readonly at: EpochMs };
  readonly availability: { readonly value: Figure };
  readonly performance: { readonly value: Figure };
  readonly quality: { readonly value: Figure };
  readonly oee: { readonly value: Figure; readonly worst: Figure; readonly best: Figure };
  /** Time elements in ms, ISO 22400 names: PBT, APT, AUST, ADET, ADOT, … */
  readonly times: Readonly<Record<string, number>>;
  /** Losses in ms; with `fullyProductive` they sum to the window. */
  readonly losses: Readonly<Record<LossName | 'fullyProductive', number>>;
  readonly flags: { readonly codes: readonly string[] };
}

/** `{site}/{area}/{line}/timeline`, collection keyed by `from`, lane normal. State intervals of the current shift. */
export interface TimelineDocument {
  readonly from: EpochMs;
  /** `null` while it lasts. */
  readonly to: EpochMs | null;
  readonly state: StateName;
  readonly reason?: string;
  readonly raw?: string;
  /** The PackML state it began out of, from which no transition leads here. */
  readonly illegalFrom?: string;
}

export const CALL_TYPES = ['material', 'maintenance', 'quality', 'process', 'safety', 'other'] as const;
export type CallType = (typeof CALL_TYPES)[number];
export const CALL_PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type CallPriority = (typeof CALL_PRIORITIES)[number];
export const CALL_STATUSES = ['raised', 'acknowledged', 'inProgress', 'resolved', 'cancelled'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export interface Act {
  readonly at: EpochMs;
  /** A user id. */
  readonly by: string;
  /** As the plant file has it; absent where it names nobody of this id. */
  readonly byName?: string;
  readonly note?: string;
}

/** `{site}/{area}/{line}/andon`, collection keyed by call id, lane critical. Open calls and those closed lately. */
export interface CallDocument {
  readonly id: string;
  readonly line: string;
  readonly equipment?: string;
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly status: CallStatus;
  readonly note?: string;
  readonly raisedBy: string;
  /** As the plant file has it. */
  readonly raisedByName?: string;
  readonly raisedAt: EpochMs;
  readonly receivedAt: EpochMs;
  /** The first screen that showed it. */
  readonly displayed?: Act;
  /** It came over 5 min late: whoever raised it is asked whether it is still needed, and answers `confirmCall`. */
  readonly stillNeeded?: { readonly askedAt: EpochMs; readonly confirmed?: Act };
  readonly acknowledged?: Act;
  /** Work on it began. */
  readonly started?: Act;
  readonly resolved?: Act;
  readonly cancelled?: Act;
  readonly notes?: readonly Act[];
  /** Who came beside those named by the acts. */
  readonly responders?: readonly Act[];
  /** In its note. */
  readonly rootCause?: Act;
  /** From `raisedAt`, ms. */
  readonly toAcknowledgeMs?: number;
  readonly toResolveMs?: number;
}

export const ESCALATION_STATUSES = ['asking', 'running', 'snoozed'] as const;
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];
export const ESCALATION_CLOCKS = ['acknowledgement', 'resolution'] as const;
export type EscalationClock = (typeof ESCALATION_CLOCKS)[number];

/** `{site}/escalations`, collection keyed by call id, lane critical. Of every open call. */
export interface EscalationDocument {
  readonly callId: string;
  readonly line: string;
  readonly type: CallType;
  readonly priority: CallPriority;
  /** Id of the policy, `default` for the built-in one. */
  readonly policy: string;
  /** `asking`: whether the call, which came late, is still needed. */
  readonly status: EscalationStatus;
  readonly acknowledgedBy?: string;
  /** The level that began last (0: none), of how many, who was told (user ids), how often they were reminded. */
  readonly clocks: Readonly<
    Record<
      EscalationClock,
      {
        readonly level: number;
        readonly levels: number;
        readonly people: readonly string[];
        readonly reminders: number;
      }
    >
  >;
  /** When the next level, reminder or end of a snooze comes by itself; `null`: nothing does. */
  readonly dueAt: EpochMs | null;
}

/** Entry of `user/{id}/inbox`, stream, lane high: what this person is told on the screen. */
export interface InboxEntry {
  readonly type: 'notification';
  readonly at: EpochMs;
  /** The same in every message about it, by whatever means. */
  readonly key: string;
  readonly items: readonly NotificationItem[];
}

export interface NotificationItem {
  readonly callId: string;
  /** `stillNeeded`: the person raised it, and is asked whether it is still needed. */
  readonly subject: 'level' | 'reminder' | 'stillNeeded';
  readonly clock: EscalationClock;
  readonly level: number;
  /** Why the level began. */
  readonly cause?: 'due' | 'nobodyOnCall' | 'notDisplayed';
  readonly line: string;
  readonly lineName: string;
  readonly equipment?: string;
  readonly equipmentName?: string;
  readonly callType: CallType;
  readonly priority: CallPriority;
  readonly note?: string;
  readonly raisedBy: string;
  readonly raisedAt: EpochMs;
}

/**
 * `{site}/{area}/{line}/downtime`, collection keyed by downtime id, lane high. Open and recent stops of the constraint.
 */
export interface DowntimeDocument {
  readonly id: string;
  readonly equipment: string;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly state: StateName;
  /** Of a stop that was split, that of its longest part that has one. */
  readonly reason?: string;
  /** Who or what gave the reason; absent: the machine, or nobody. */
  readonly reasonBy?: ReasonAuthor;
  /** Shorter than the equipment's threshold. */
  readonly minor: boolean;
  /** Still open, so its kind may change. */
  readonly provisional: boolean;
  /** A reason is wanted: the line runs again, the stop is not minor, and a part of it has no reason. */
  readonly asked?: true;
  /** Codes of likely reasons, at most eight, likeliest first; there where one is asked for. */
  readonly likely?: readonly string[];
  /** Only of a stop that was split; `to` of the last is `null` while the stop lasts. */
  readonly parts?: readonly {
    readonly from: EpochMs;
    readonly to: EpochMs | null;
    readonly reason?: string;
    readonly reasonBy?: ReasonAuthor;
  }[];
  /** Ids of all stops it is merged with, itself included, oldest first: the first stands for them. */
  readonly merged?: readonly string[];
  readonly note?: string;
  /** What was done to it, newest last, at most ten; absent: nothing. */
  readonly history?: readonly DowntimeEdit[];
}

export type ReasonAuthor =
  | { readonly kind: 'person'; readonly author: string; readonly at: EpochMs }
  | { readonly kind: 'rule'; readonly rule: string };

/** An edit of the stretch from `from` to `to`, by a person or a rule. `after` is the reason it gave. */
export interface DowntimeEdit {
  readonly act: 'classified' | 'split' | 'merged' | 'parted' | 'noted';
  readonly at: EpochMs;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly author?: string;
  readonly rule?: string;
  /** The reason that stood there; where there were several, `beforeParts`. */
  readonly before?: string;
  readonly beforeParts?: readonly ReasonStretch[];
  readonly after?: string;
  readonly afterParts?: readonly ReasonStretch[];
  readonly splitAt?: EpochMs;
  readonly note?: string;
}

export interface ReasonStretch {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string | null;
}

/**
 * `{site}/{area}/{line}/downtimeStatistics`, record, lane normal. Standing still in planned time of the current
 * shift so far, in ms. Brought up to date when a stop begins, ends or is edited, else every ten seconds. The event
 * `downtimeStatisticsCalculated` holds the same of a shift that ended.
 */
export interface DowntimeStatisticsDocument {
  /** Another text, other stops, other edits or another shift; equal texts differ in how long things have lasted. */
  readonly basis: string;
  readonly window: { readonly from: EpochMs; readonly to: EpochMs } | Unknown;
  /** Stops that are not minor; merged ones count once. */
  readonly stops: {
    readonly count: number;
    readonly totalMs: number;
    readonly meanMs: Figure;
    readonly longestMs: number;
  };
  readonly minorStops: { readonly count: number; readonly totalMs: number };
  /** What the stops that are not minor were for, most time first: a Pareto. `reason` is `null` where none was given. */
  readonly byReason: readonly {
    readonly reason: string | null;
    /** The branch of the reason tree. */
    readonly group?: string;
    /** The loss the time counts as. */
    readonly loss: string;
    readonly count: number;
    readonly totalMs: number;
    readonly longestMs: number;
    /** 0–1; `cumulativeShare` with those before it. */
    readonly share: number;
    readonly cumulativeShare: number;
  }[];
  /** Time nobody has explained, "don't know" (`dontKnowMs`) included, and the stops it lies in. */
  readonly reasonDebt: { readonly ms: number; readonly dontKnowMs: number; readonly stops: number };
  readonly failures: { readonly begun: number; readonly mtbfMs: Figure; readonly mttrMs: Figure };
  /** Stretches with more than ten minor stops in ten minutes. */
  readonly floods: readonly { readonly from: EpochMs; readonly to: EpochMs; readonly count: number }[];
  readonly flags: { readonly codes: readonly string[] };
}

/** `{site}/{area}/{line}/{equipment}/status`, record, lane high. */
export interface EquipmentStatusDocument {
  readonly about: { readonly id: string; readonly name: string; readonly line: string };
  readonly state: LineStatusDocument['state'];
  readonly contact: LineStatusDocument['contact'];
  readonly counts:
    | { readonly produced: number; readonly good: number; readonly scrap: number; readonly rework: number }
    | Unknown;
  /** Totals of the current shift that did not simply rise, the newest 20, oldest first. */
  readonly counter: { readonly anomalies: readonly CounterAnomaly[] };
  /** The mode it is in, since when, and how long (ms) each lasted in the current shift before `since`. */
  readonly mode:
    | {
        readonly name: string;
        readonly since: EpochMs;
        readonly before: Readonly<Record<string, number>>;
      }
    | Unknown;
  /**
   * Only of machines that speak PackML: two states one after the other to which no transition leads, of the current
   * shift, the newest 20, oldest first.
   */
  readonly transitions?: {
    readonly illegal: readonly {
      readonly at: EpochMs;
      readonly fromState: string;
      readonly toState: string;
    }[];
  };
}

/**
 * How a running total followed on the one before: `rollover` past its largest value, `reset` to begin anew, `glitch`
 * wrong once, `replay` of totals that were counted, `quarantined` because it rose more than it can, until a person
 * judges it (`judgeCount`).
 */
export interface CounterAnomaly {
  readonly counter: 'produced' | 'rejected';
  readonly at: EpochMs;
  readonly kind: 'rollover' | 'reset' | 'glitch' | 'replay' | 'quarantined' | 'accepted' | 'discarded';
  /** The total that counted before, when it was read, this one, and the one after if there is one. */
  readonly before: number;
  readonly beforeAt: EpochMs;
  readonly total: number;
  readonly next: number | null;
  /** The counter's steps that count, and that were kept out. */
  readonly counted: number;
  readonly keptOut: number;
}

/**
 * An item of an entry of `{site}/{area}/{line}/events`, stream, lane normal. The data of an entry is the array of
 * all events of the line in one entry of the log, without those in which a machine only says its state, mode, product
 * or running total again. A late one (`late`) is followed by the fact after it, which may now be a change back. `at` is
 * event time; the other members depend on `type`.
 */
export interface LineEvent {
  readonly type: string;
  readonly at: EpochMs;
  readonly [member: string]: unknown;
}

/** `{site}/{area}/{line}/{equipment}/telemetry/{name}`, signal, lane low: the value itself. */
export type TelemetryValue = number | string | boolean;
