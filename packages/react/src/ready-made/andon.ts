import {
  siteTopics,
  lineTopics,
  type CallDocument,
  type Freshness,
  type Outcome,
  type FactoryCommands,
} from '@ms5/client';
import { useMemo } from 'react';
import { useClient } from '../provider.ts';
import { useCollections, type CollectionView, type ViewsOf } from '../topics.ts';

const PRIORITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 } as const;
const isOpen = ({ status }: CallDocument): boolean => status !== 'resolved' && status !== 'cancelled';

/** Unacknowledged before acknowledged, then by priority, then the oldest first. */
export function compareCalls(a: CallDocument, b: CallDocument): number {
  const byStatus = Number(a.status !== 'raised') - Number(b.status !== 'raised');
  if (byStatus !== 0) return byStatus;
  return PRIORITY_RANK[a.priority] - PRIORITY_RANK[b.priority] || a.raisedAt - b.raisedAt;
}

export interface AndonEvents {
  /** Open calls, the most urgent first. */
  readonly open: readonly CallDocument[];
  /** Closed lately, the newest first. */
  readonly closed: readonly CallDocument[];
  readonly freshness: Freshness;
  readonly raise: (call: FactoryCommands['raiseCall']) => Promise<Outcome>;
  readonly acknowledge: (callId: string) => Promise<Outcome>;
  readonly resolve: (callId: string, note?: string) => Promise<Outcome>;
  readonly cancel: (callId: string, note?: string) => Promise<Outcome>;
}

const selectCalls = (
  views: ViewsOf<CollectionView<CallDocument>>,
): { readonly views: typeof views.value; readonly freshness: Freshness } => ({
  views: views.value,
  freshness: views.freshness,
});

/** The andon calls of a site, or of one line (`{area}/{line}`), and what can be done about them. */
export function useAndonEvents(site: string, line?: string): AndonEvents {
  const client = useClient();
  const filter = line === undefined ? siteTopics(site).andon : lineTopics(site, line).andon;
  const { views, freshness } = useCollections<CallDocument, ReturnType<typeof selectCalls>>(
    filter,
    selectCalls,
  );
  const calls = useMemo(() => {
    const all = [...views.values()].flatMap((view) => Array.from(view.value.values()));
    return {
      open: all.filter(isOpen).sort(compareCalls),
      closed: all.filter((call) => !isOpen(call)).sort((a, b) => b.raisedAt - a.raisedAt),
    };
  }, [views]);
  const acts = useMemo(() => {
    const withNote = (callId: string, note?: string) => (note === undefined ? { callId } : { callId, note });
    return {
      raise: (call: FactoryCommands['raiseCall']) => client.command('raiseCall', { ...call }),
      acknowledge: (callId: string) => client.command('acknowledgeCall', { callId }),
      resolve: (callId: string, note?: string) => client.command('resolveCall', withNote(callId, note)),
      cancel: (callId: string, note?: string) => client.command('cancelCall', withNote(callId, note)),
    };
  }, [client]);
  return { ...calls, freshness, ...acts };
}
