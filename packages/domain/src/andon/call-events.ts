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
    }
  | { readonly name: 'acknowledgeCall'; readonly callId: string }
  | { readonly name: 'resolveCall'; readonly callId: string; readonly note?: string }
  | { readonly name: 'cancelCall'; readonly callId: string; readonly note?: string };

/** What became true; `at` is event time. */
export type CallEvent =
  | {
      readonly type: 'callRaised';
      readonly callId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly equipment?: EquipmentPath;
      readonly author: string;
      readonly callType: CallType;
      readonly priority: CallPriority;
      readonly note?: string;
      readonly receivedAt: EpochMs;
    }
  /** A screen showed the call for the first time. */
  | {
      readonly type: 'callDisplayed';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
    }
  | {
      readonly type: 'callAcknowledged';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
    }
  | {
      readonly type: 'callResolved';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly note?: string;
    }
  | {
      readonly type: 'callCancelled';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly note?: string;
    };
