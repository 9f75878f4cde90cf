import type { FactoryEvent } from '@ms5/domain';
import { findTopicFault } from '@ms5/wire';
import type { InboxEntry } from '@ms5/wire/factory';
import { inboxTopic } from './topics.ts';

/** What people are told on their screens; an id that cannot be part of a topic has no inbox. */
export function inboxEntries(
  events: readonly FactoryEvent[],
): readonly { readonly topic: string; readonly entry: InboxEntry }[] {
  return events.flatMap((event) => {
    if (event.type !== 'notificationRequested' || event.means !== 'screen') return [];
    const topic = inboxTopic(event.person);
    if (event.person.includes('/') || findTopicFault(topic) !== null) return [];
    const { at, key, items } = event;
    return [{ topic, entry: { type: 'notification', at, key, items } satisfies InboxEntry }];
  });
}

export function isInbox(topic: string): boolean {
  return topic.startsWith('user/') && topic.endsWith('/inbox');
}
