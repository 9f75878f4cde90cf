import type { Act, EpochMs } from './documents.ts';

/** Where an alarm stands in its process (ISA-18.2, IEC 62682); what lies over it is told beside it. */
export const ALARM_STATES = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
  'latchedAcknowledged',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const ALARM_SEVERITIES = ['warning', 'fault'] as const;
export type AlarmSeverity = (typeof ALARM_SEVERITIES)[number];

/**
 * `{site}/{area}/{line}/{equipment}/alarms`, collection keyed by `alarm`, lane high. Alarms that are not normal, that
 * something lies over, or that were normal again in the last twelve hours; the most urgent 200.
 */
export interface AlarmDocument {
  /** `{item}/{code}`, or the code where the machine has no data items; slashes in either are encoded. */
  readonly alarm: string;
  /** `{area}/{line}/{equipment}`. */
  readonly equipment: string;
  readonly item?: string;
  /** The machine's own; may be empty where there is an item. */
  readonly code: string;
  readonly state: AlarmState;
  /** Names the newest occurrence, as the commands want it. This and what follows is absent before the first one. */
  readonly alarmId?: string;
  readonly severity?: AlarmSeverity;
  readonly text?: string;
  /** As the machine grades it. */
  readonly nativeSeverity?: string;
  readonly qualifier?: 'HIGH' | 'LOW';
  readonly raisedAt?: EpochMs;
  readonly clearedAt?: EpochMs;
  /** `unavailable`: the machine cannot tell any more; `worse`: it was raised again with a higher severity. */
  readonly endedBy?: 'returned' | 'unavailable' | 'worse';
  /** It stays until it is reset. */
  readonly latched?: true;
  readonly acknowledged?: Act;
  readonly reset?: Act;
  /** `until`: `null` for one occurrence, until it returns. */
  readonly shelved?: Act & { readonly until: EpochMs | null };
  readonly suppressedByDesign?: Act;
  readonly outOfService?: Act;
  /** Raised at least three times in the last minute. */
  readonly chattering?: true;
  /** Active for more than a day. */
  readonly stale?: true;
}

/** Figures of alarms. What is suppressed, shelved or out of service now is only in `suppressed`. */
export interface AlarmFigures {
  readonly active: number;
  readonly unacknowledged: number;
  readonly suppressed: number;
  /** Raised in the last 60 minutes. */
  readonly lastHour: number;
  /** Of the last 24 hours. */
  readonly meanPerHour: number;
  /**
   * More than ten within ten minutes, in the last 24 hours: from the alarm that made it so to when it was no longer,
   * `null` while it is.
   */
  readonly floods: readonly {
    readonly from: EpochMs;
    readonly to: EpochMs | null;
    readonly count: number;
  }[];
  /** Three or more cycles in the last minute. */
  readonly chattering: readonly (NamedAlarm & { readonly cyclesPerMinute: number })[];
  /** Active for more than a day. */
  readonly stale: readonly (NamedAlarm & { readonly since: EpochMs })[];
}

export interface NamedAlarm {
  readonly equipment: string;
  readonly alarm: string;
  readonly code: string;
}

/**
 * `{site}/{area}/{line}/alarmStatistics`, record, lane normal. Of the line and of each equipment that had alarms.
 * Brought up to date with the line's alarms, else every ten seconds.
 */
export interface AlarmStatisticsDocument extends AlarmFigures {
  readonly byEquipment: readonly (AlarmFigures & { readonly equipment: string })[];
}
