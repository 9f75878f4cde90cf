import type { FactoryEvent } from '@ms5/domain';
import type { LoggedEvent, PluginContext } from '../plugins/plugin.ts';
import type { Since } from './notification.ts';
import type { NewLetter, NotifyStore } from './store.ts';

const TYPES = ['notificationRequested', 'callAcknowledged', 'callResolved', 'callCancelled'] as const;
type Read = Extract<FactoryEvent, { type: (typeof TYPES)[number] }>;

const ACTS = {
  callAcknowledged: 'acknowledged',
  callResolved: 'resolved',
  callCancelled: 'cancelled',
} as const;

/** Moves what the next page of the log asks for into the queue. False: there is no more. */
export async function readPage(
  { readEvents, log }: Pick<PluginContext, 'readEvents' | 'log'>,
  store: NotifyStore,
  means: { has(name: string): boolean },
): Promise<boolean> {
  const position = store.position();
  const page = await readEvents({ after: position?.offset ?? 0, topics: ['#'], types: TYPES });
  if (position !== undefined && page.logId !== position.logId) {
    log.warn('the log is another one: its notifications are sent from the first');
    store.advance({ logId: page.logId, offset: 0 }, [], new Map());
    return true;
  }
  if (position !== undefined && page.head < position.offset) {
    log.error('the log ends before the position: continuing at its end', { position: position.offset });
    store.advance({ logId: page.logId, offset: page.head }, [], new Map());
    return false;
  }
  const letters: NewLetter[] = [];
  const since = new Map<string, Since>();
  for (const event of page.events.map(eventOf)) {
    if (event.type !== 'notificationRequested')
      since.set(event.callId, { what: ACTS[event.type], by: event.author, at: event.at });
    else if (means.has(event.means)) letters.push({ id: `${page.logId}_${event.key}`, notification: event });
  }
  const isMoved = page.next > (position?.offset ?? 0);
  if (isMoved) store.advance({ logId: page.logId, offset: page.next }, letters, since);
  return isMoved && page.next < page.head;
}

function eventOf({ data }: LoggedEvent): Read {
  return data as unknown as Read;
}
