import type { FactoryEvent } from '@ms5/domain';
import type { Clock } from '@ms5/hub';
import { topicMatcher, type Json } from '@ms5/wire';
import type { LoggedEvent, LoggedEvents } from '../../engine-port.ts';
import type { EventLog } from '../log/event-log.ts';
import type { LogEntry } from '../log/log-entry.ts';
import { isBookkeeping, lineOfEvent } from '../projections/event-lines.ts';
import { topicOf } from '../projections/topics.ts';
import type { Memory } from './group.ts';

export const READ_LIMITS = {
  /** One read keeps commits waiting: it ends after the entry in which this is reached, ms. */
  readMs: 4,
  entries: 500,
  events: 200,
  /** UTF-16 units of the events' data, as JSON; the last entry may go beyond it. */
  length: 512 * 1024,
} as const;

/** What machines say time and again; read only when asked for by name. */
const MACHINE_FACTS: ReadonlySet<FactoryEvent['type']> = new Set([
  'equipmentStateChanged',
  'productChanged',
  'counted',
  'counterRead',
]);

export interface ReadRequest {
  readonly after: number;
  readonly topics: readonly string[];
  readonly types?: readonly string[];
}

/** Events and publications of the entries after an offset, as far as one read reaches. */
export function readEvents(log: EventLog, memory: Memory, clock: Clock, request: ReadRequest): LoggedEvents {
  const isAsked = topicMatcher(request.topics);
  const types = request.types === undefined ? undefined : new Set(request.types);
  const isWanted = ({ type, topic }: LoggedEvent): boolean =>
    (types === undefined ? !isMachineFact(type) : types.has(type)) && (topic === null || isAsked(topic));

  const endAt = clock.now() + READ_LIMITS.readMs;
  const events: LoggedEvent[] = [];
  let next = Math.min(request.after, log.head());
  let entries = 0;
  let length = 0;
  for (const entry of log.entries(next)) {
    for (const event of eventsOf(entry, memory)) {
      if (!isWanted(event)) continue;
      events.push(event);
      length += JSON.stringify(event.data).length;
    }
    next = entry.offset;
    entries += 1;
    const isFull = events.length >= READ_LIMITS.events || length >= READ_LIMITS.length;
    if (isFull || entries >= READ_LIMITS.entries || clock.now() >= endAt) break;
  }
  return { logId: log.id, head: log.head(), next, events };
}

function isMachineFact(type: string): boolean {
  return MACHINE_FACTS.has(type as FactoryEvent['type']);
}

function eventsOf(entry: LogEntry, memory: Memory): readonly LoggedEvent[] {
  const { offset, at, cause } = entry;
  if (cause.kind === 'published') {
    const { topic, topicKind, author, data } = cause;
    return [{ offset, index: 0, at, type: 'published', topic, data: { kind: topicKind, author, data } }];
  }
  return entry.events.flatMap((event, index) =>
    isBookkeeping(event)
      ? []
      : [
          {
            offset,
            index,
            at,
            type: event.type,
            topic: topicOfEvent(event, memory),
            data: event as unknown as Json,
          },
        ],
  );
}

/** By what is known now: an event may name a call or downtime that ended so long ago that its line is forgotten. */
function topicOfEvent(event: FactoryEvent, { state, config }: Memory): string | null {
  const line = lineOfEvent(event, state, config) ?? ('line' in event ? event.line : undefined);
  return line === undefined ? null : topicOf(config.site.id, line, 'events');
}
