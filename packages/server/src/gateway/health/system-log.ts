import { randomUUID } from 'node:crypto';
import type { Clock, Hub, TopicChange } from '@ms5/hub';
import type { Lane, TopicKind } from '@ms5/wire';
import type { SystemAlertDocument, SystemHealthDocument, SystemSessionsDocument } from '@ms5/wire/factory';

const SYSTEM_LOG = 'system';
/** Kind and lane of the topics below `system`. */
export const SYSTEM_TOPICS = {
  health: { kind: 'record', lane: 'high' },
  alerts: { kind: 'collection', lane: 'critical' },
  sessions: { kind: 'collection', lane: 'low' },
} as const satisfies Record<string, { readonly kind: TopicKind; readonly lane: Lane }>;

type SystemTopic = keyof typeof SYSTEM_TOPICS;

/** The log `system`: kept in memory, so its epoch is new in every process. */
export interface SystemLog {
  health(fields: Partial<SystemHealthDocument>): void;
  alerts(set: readonly SystemAlertDocument[], remove: readonly string[]): void;
  /** Keys that are no longer named are removed; what did not change is not said again. */
  sessions(documents: ReadonlyMap<string, SystemSessionsDocument>): void;
}

type Entries = readonly (readonly [key: string, value: Uint8Array])[];

export function createSystemLog(hub: Hub, clock: Clock, initial: SystemHealthDocument): SystemLog {
  let offset = 1;
  const told = new Map<string, string>();
  const at = clock.now();
  const keys = entriesOf(Object.entries(initial)).map(([key, value]) => ({ key, offset, value }));
  const topic = (name: SystemTopic) => ({
    topic: `${SYSTEM_LOG}/${name}`,
    ...SYSTEM_TOPICS[name],
    at,
    keys: name === 'health' ? keys : [],
    tombstones: [],
    tombstoneHorizon: 0,
    entries: [],
    historyFrom: offset,
  });
  hub.load({
    log: SYSTEM_LOG,
    epoch: `${SYSTEM_LOG}:${randomUUID()}`,
    offset,
    topics: [topic('health'), topic('alerts'), topic('sessions')],
  });

  const append = (name: SystemTopic, set: Entries, remove: readonly string[]): void => {
    if (set.length === 0 && remove.length === 0) return;
    offset += 1;
    const topicName = `${SYSTEM_LOG}/${name}`;
    const change: TopicChange = { ...SYSTEM_TOPICS[name], topic: topicName, set, remove };
    hub.append(SYSTEM_LOG, [{ offset, at: clock.now(), changes: [change] }]);
  };

  return {
    health: (fields) => append('health', entriesOf(Object.entries(fields)), []),
    alerts: (set, remove) => append('alerts', entriesOf(set.map((alert) => [alert.id, alert])), remove),
    sessions(documents) {
      const changed: [string, Uint8Array][] = [];
      for (const [key, document] of documents) {
        const text = JSON.stringify(document);
        if (told.get(key) === text) continue;
        told.set(key, text);
        changed.push([key, Buffer.from(text)]);
      }
      const removed = [...told.keys()].filter((key) => !documents.has(key));
      for (const key of removed) told.delete(key);
      append('sessions', changed, removed);
    },
  };
}

function entriesOf(values: readonly (readonly [string, unknown])[]): Entries {
  return values.map(([key, value]) => [key, Buffer.from(JSON.stringify(value))]);
}
