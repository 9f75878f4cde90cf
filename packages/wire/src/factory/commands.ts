import type { CallPriority, CallType } from './documents.ts';

/** `line` is `{area}/{line}`; ids are those of the plant's configuration. Times are ms since the epoch. */
export interface FactoryCommands {
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
  classifyDowntime: { readonly downtimeId: string; readonly reason: string };
  /** Returns `{ jobId }`. */
  startJob: {
    readonly line: string;
    readonly workOrder: string;
    readonly product: string;
    readonly targetCount: number;
  };
  completeJob: { readonly line: string };
  /** Returns `{ changeoverId }`. */
  startChangeover: { readonly line: string; readonly toProduct: string };
  completeChangeover: { readonly line: string };
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
  enterCount: {
    readonly line: string;
    readonly good?: number;
    readonly scrap?: number;
    readonly rework?: number;
  };
}
export type FactoryCommandName = keyof FactoryCommands;
