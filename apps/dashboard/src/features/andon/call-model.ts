import type { CallDocument } from '@ms5/client';
import { PRIORITY_STYLES } from '../../theme/priorities.ts';

export interface CallLists {
  /** Not acknowledged first, then by priority, then the oldest. */
  readonly open: readonly CallDocument[];
  /** Closed ones, the latest first. */
  readonly recent: readonly CallDocument[];
}

export function sortCalls(calls: Iterable<CallDocument>): CallLists {
  const open: CallDocument[] = [];
  const recent: CallDocument[] = [];
  for (const call of calls) {
    (call.status === 'resolved' || call.status === 'cancelled' ? recent : open).push(call);
  }
  open.sort(
    (a, b) =>
      Number(a.status !== 'raised') - Number(b.status !== 'raised') ||
      PRIORITY_STYLES[a.priority].rank - PRIORITY_STYLES[b.priority].rank ||
      a.raisedAt - b.raisedAt,
  );
  recent.sort((a, b) => (closedAt(b) ?? 0) - (closedAt(a) ?? 0));
  return { open, recent };
}

export function closedAt(call: CallDocument): number | null {
  return call.resolved?.at ?? call.cancelled?.at ?? null;
}
