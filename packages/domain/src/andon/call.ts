import type { CallPriority, CallType } from './call-kinds.ts';
import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';

export type { CallPriority, CallType } from './call-kinds.ts';
export type CallStatus = 'raised' | 'acknowledged' | 'inProgress' | 'resolved' | 'cancelled';

export const PRIORITY_RANK: Readonly<Record<CallPriority, number>> = {
  low: 0,
  medium: 1,
  high: 2,
  critical: 3,
};

/** What one person did to a call. */
export interface Act {
  readonly at: EpochMs;
  readonly by: string;
  readonly note?: string;
}

interface Raised {
  readonly id: string;
  readonly line: LinePath;
  readonly equipment?: EquipmentPath;
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly note?: string;
  readonly raisedBy: string;
  /** The person's instant. */
  readonly raisedAt: EpochMs;
  /** Ours. */
  readonly receivedAt: EpochMs;
  /** The first screen that showed it. */
  readonly displayed?: Act;
  /** It came so late that whoever raised it was asked whether it is still needed. */
  readonly stillNeeded?: { readonly askedAt: EpochMs; readonly confirmed?: Act };
  /** What people wrote on it, in the order it came. */
  readonly notes?: readonly Act[];
  /** Who came beside those named by the acts. */
  readonly responders?: readonly Act[];
  /** Found after the fact, in the note. */
  readonly rootCause?: Act;
}

/** One occurrence of a person asking for help. */
export type Call =
  | (Raised & { readonly status: 'raised' })
  | (Raised & { readonly status: 'acknowledged'; readonly acknowledged: Act })
  | (Raised & { readonly status: 'inProgress'; readonly acknowledged: Act; readonly started: Act })
  | (Raised & Begun & { readonly status: 'resolved'; readonly resolved: Act })
  | (Raised & Begun & { readonly status: 'cancelled'; readonly cancelled: Act });

interface Begun {
  readonly acknowledged?: Act;
  readonly started?: Act;
}

export type OpenCall = Extract<Call, { status: 'raised' | 'acknowledged' | 'inProgress' }>;

export function isOpen(call: Call): call is OpenCall {
  return call.status !== 'resolved' && call.status !== 'cancelled';
}

export function closedAt(call: Call): EpochMs | null {
  if (call.status === 'resolved') return call.resolved.at;
  return call.status === 'cancelled' ? call.cancelled.at : null;
}

export type CallAct = 'acknowledge' | 'start' | 'resolve' | 'cancel';

/** What each act does to a call in each status; `null`: not possible. */
export const CALL_TRANSITIONS: Readonly<Record<CallStatus, Readonly<Record<CallAct, CallStatus | null>>>> = {
  raised: { acknowledge: 'acknowledged', start: null, resolve: 'resolved', cancel: 'cancelled' },
  acknowledged: { acknowledge: null, start: 'inProgress', resolve: 'resolved', cancel: 'cancelled' },
  inProgress: { acknowledge: null, start: null, resolve: 'resolved', cancel: 'cancelled' },
  resolved: { acknowledge: null, start: null, resolve: null, cancel: null },
  cancelled: { acknowledge: null, start: null, resolve: null, cancel: null },
};

/** The call after an act that was decided possible; an impossible one leaves it as it is. */
export function afterAct(call: Call, act: CallAct, done: Act): Call {
  if (!isOpen(call) || CALL_TRANSITIONS[call.status][act] === null) return call;
  if (act === 'start')
    return call.status === 'acknowledged' ? { ...call, status: 'inProgress', started: done } : call;
  const { status: _status, ...rest } = call;
  if (act === 'acknowledge') return { ...rest, status: 'acknowledged', acknowledged: done };
  if (act === 'resolve') return { ...rest, status: 'resolved', resolved: done };
  return { ...rest, status: 'cancelled', cancelled: done };
}
