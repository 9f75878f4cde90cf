import type { CallPriority, CallType, PlanChangeKind } from './documents.ts';
import type { AlarmCommands } from './alarm-commands.ts';
import type { WorkCommands } from './work-commands.ts';

/** `line` is `{area}/{line}`; ids are those of the plant's configuration. Times are ms since the epoch. */
export interface FactoryCommands extends WorkCommands, AlarmCommands {
  /** Returns `{ callId }`, and `stillNeeded: 'asked'` for one that was raised over 5 min ago. */
  raiseCall: {
    readonly line: string;
    readonly equipment?: string;
    readonly callType: CallType;
    readonly priority: CallPriority;
    readonly note?: string;
    /** The person's instant; omitted: now. */
    readonly raisedAt?: number;
    /** Though a call of the type is open there. */
    readonly allowSecond?: boolean;
  };
  /** The call came late, and is still needed. */
  confirmCall: { readonly callId: string };
  acknowledgeCall: { readonly callId: string };
  /** Work on it begins; acknowledges it where nobody has. */
  startCall: { readonly callId: string; readonly note?: string };
  /** The author comes, too. */
  joinCall: { readonly callId: string };
  noteCall: { readonly callId: string; readonly note: string };
  /** Also after the call was resolved; the last one holds. */
  setRootCause: { readonly callId: string; readonly rootCause: string };
  /** Nothing escalates for so long (1 min to 4 h); then it goes on where it stood. */
  snoozeEscalation: { readonly callId: string; readonly forMs: number };
  /** The author answers for the call from now on; acknowledges it where nobody has. */
  takeOver: { readonly callId: string };
  resolveCall: { readonly callId: string; readonly note?: string };
  cancelCall: { readonly callId: string; readonly note?: string };
  /** A stop that is merged with others stands for all of them. Returns `{ downtimeId }`, as the others do. */
  classifyDowntime: {
    readonly downtimeId: string;
    readonly reason: string;
    /** `from` of one part of a stop that was split. Omitted: the whole stop, which is then one again. */
    readonly partFrom?: number;
    readonly note?: string;
  };
  /** Several stops of one line, at most 200: all of them or none. Returns nothing. */
  classifyDowntimes: {
    readonly line: string;
    readonly downtimeIds: readonly string[];
    readonly reason: string;
    readonly note?: string;
  };
  /** Cuts a stop in two parts; at an instant of the run between merged stops, takes those apart. */
  splitDowntime: {
    readonly downtimeId: string;
    readonly splitAt: number;
    /** Of the later part. Omitted: that of the whole. */
    readonly reason?: string;
    readonly note?: string;
  };
  /** Neighbouring stops of one line with short runs between become one to people; no figure of time changes. */
  mergeDowntimes: {
    readonly line: string;
    readonly downtimeIds: readonly string[];
    readonly note?: string;
  };
  noteDowntime: { readonly downtimeId: string; readonly note: string };
  /** A jump of a counter that was kept out of the count (`counter.anomalies` of the equipment's status). */
  judgeCount: {
    readonly line: string;
    /** `{area}/{line}/{equipment}`. */
    readonly equipment: string;
    readonly counter: 'produced' | 'rejected';
    /** `at` of the anomaly. */
    readonly readAt: number;
    readonly verdict: 'accepted' | 'discarded';
  };
  /**
   * Changes a stretch of the line's plan, also afterwards. Returns `{ planChangeId }`. Like the next five it needs the
   * permission to command `{site}/{area}/{line}/plan`.
   */
  changePlan: {
    readonly line: string;
    readonly change: PlanChangeKind;
    readonly from: number;
    readonly to: number;
    readonly note?: string;
  };
  withdrawPlanChange: { readonly line: string; readonly planChangeId: string };
  /** Returns `{ maintenanceId }`. */
  scheduleMaintenance: {
    readonly line: string;
    /** `{area}/{line}/{equipment}`; omitted: the whole line. */
    readonly equipment?: string;
    readonly from: number;
    readonly to: number;
    readonly note?: string;
  };
  startMaintenance: { readonly line: string; readonly maintenanceId: string };
  completeMaintenance: { readonly line: string; readonly maintenanceId: string };
  cancelMaintenance: { readonly line: string; readonly maintenanceId: string };
  /** Locks a shift instance, or all that start on a local date (`YYYY-MM-DD`). Returns `{ periodId }`. */
  closePeriod: { readonly line: string; readonly shiftId?: string; readonly date?: string };
}
/** Why a period that is closed is changed all the same: an additional member of the data of any command that edits. */
export interface Adjusting {
  readonly adjustment?: string;
}
export type FactoryCommandName = keyof FactoryCommands;
