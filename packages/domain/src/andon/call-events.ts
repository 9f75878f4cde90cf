import type { CallPriority, CallType } from './call.ts';
import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';

/** What people ask for. */
export type CallCommand =
  | {
      readonly name: 'raiseCall';
      readonly line: LinePath;
      readonly equipment?: EquipmentPath;
      readonly callType: CallType;
      readonly priority: CallPriority;
      readonly note?: string;
      readonly raisedAt?: EpochMs;
      /** Though one of the type is open there. */
      readonly allowSecond?: boolean;
    }
  | CallActCommand
  | { readonly name: 'confirmCall'; readonly callId: string }
  | { readonly name: 'joinCall'; readonly callId: string }
  | { readonly name: 'noteCall'; readonly callId: string; readonly note: string }
  | { readonly name: 'setRootCause'; readonly callId: string; readonly rootCause: string };

/** What moves a call on. */
export type CallActCommand =
  | { readonly name: 'acknowledgeCall'; readonly callId: string }
  | { readonly name: 'startCall'; readonly callId: string; readonly note?: string }
  | { readonly name: 'resolveCall'; readonly callId: string; readonly note?: string }
  | { readonly name: 'cancelCall'; readonly callId: string; readonly note?: string };

interface OfCall {
  readonly callId: string;
  readonly at: EpochMs;
}

interface ByPerson extends OfCall {
  readonly author: string;
}

/** What became true; `at` is event time. */
export type CallEvent =
  | (ByPerson & {
      readonly type: 'callRaised';
      readonly line: LinePath;
      readonly equipment?: EquipmentPath;
      readonly callType: CallType;
      readonly priority: CallPriority;
      readonly note?: string;
      readonly receivedAt: EpochMs;
    })
  /** It came late: its author is asked whether it is still needed. */
  | (OfCall & { readonly type: 'callConfirmationAsked' })
  | (ByPerson & { readonly type: 'callConfirmed' })
  /** A screen showed the call for the first time. */
  | (ByPerson & { readonly type: 'callDisplayed' })
  | (ByPerson & { readonly type: 'callAcknowledged' })
  /** Work on it began. */
  | (ByPerson & { readonly type: 'callStarted'; readonly note?: string })
  | (ByPerson & { readonly type: 'callJoined' })
  | (ByPerson & { readonly type: 'callNoted'; readonly note: string })
  | (ByPerson & { readonly type: 'callResolved'; readonly note?: string })
  | (ByPerson & { readonly type: 'callCancelled'; readonly note?: string })
  /** `before`: the root cause it replaces. */
  | (ByPerson & {
      readonly type: 'rootCauseSet';
      readonly rootCause: string;
      readonly before: string | null;
    });
