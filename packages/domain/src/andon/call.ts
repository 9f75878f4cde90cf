import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';

export type CallType = 'material' | 'maintenance' | 'quality' | 'process' | 'safety' | 'other';
export type CallPriority = 'low' | 'medium' | 'high' | 'critical';
export type CallStatus = 'raised' | 'acknowledged' | 'resolved' | 'cancelled';

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
}

/** One occurrence of a person asking for help. */
export type Call =
  | (Raised & { readonly status: 'raised' })
  | (Raised & { readonly status: 'acknowledged'; readonly acknowledged: Act })
  | (Raised & { readonly status: 'resolved'; readonly acknowledged?: Act; readonly resolved: Act })
  | (Raised & { readonly status: 'cancelled'; readonly acknowledged?: Act; readonly cancelled: Act });

export function isOpen(call: Call): boolean {
  return call.status === 'raised' || call.status === 'acknowledged';
}

export function closedAt(call: Call): EpochMs | null {
  if (call.status === 'resolved') return call.resolved.at;
  return call.status === 'cancelled' ? call.cancelled.at : null;
}

export type CallAct = 'acknowledge' | 'resolve' | 'cancel';

/** What each act does to a call in each status; `null`: not possible. */
export const CALL_TRANSITIONS: Readonly<Record<CallStatus, Readonly<Record<CallAct, CallStatus | null>>>> = {
  raised: { acknowledge: 'acknowledged', resolve: 'resolved', cancel: 'cancelled' },
  acknowledged: { acknowledge: null, resolve: 'resolved', cancel: 'cancelled' },
  resolved: { acknowledge: null, resolve: null, cancel: null },
  cancelled: { acknowledge: null, resolve: null, cancel: null },
};

/** The call after an act that was decided possible; an impossible one leaves it as it is. */
export function afterAct(call: Call, act: CallAct, done: Act): Call {
  if (!isOpen(call) || CALL_TRANSITIONS[call.status][act] === null) return call;
  const { status: _status, ...rest } = call;
  if (act === 'acknowledge') return { ...rest, status: 'acknowledged', acknowledged: done };
  if (act === 'resolve') return { ...rest, status: 'resolved', resolved: done };
  return { ...rest, status: 'cancelled', cancelled: done };
}
