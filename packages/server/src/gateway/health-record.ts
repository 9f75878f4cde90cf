import { randomUUID } from 'node:crypto';
import type { Clock, EntryChanges, Hub } from '@ms5/hub';
import type { SystemHealthDocument } from '@ms5/wire/factory';

const SYSTEM_LOG = 'system';
export const SYSTEM_HEALTH_TOPIC = 'system/health';
/** The log's offset moves with every commit; the record follows it no more often than this. */
const OFFSET_INTERVAL_MS = 2_000;
const CONNECTORS_INTERVAL_MS = 250;

type Connectors = SystemHealthDocument['connectors']['list'];

export interface HealthRecord {
  current(): SystemHealthDocument;
  setConnectors(list: Connectors): void;
  /** The newest committed offset of the site's log. */
  setOffset(offset: number): void;
  close(): void;
}

/**
 * The record `system/health`, on the log `system`: kept in memory, so its epoch is new in every process.
 * A field is published when its value has changed, at most once per interval.
 */
export function createHealthRecord(hub: Hub, clock: Clock, initial: SystemHealthDocument): HealthRecord {
  let document = initial;
  let offset = 1;
  const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

  hub.load({
    log: SYSTEM_LOG,
    epoch: `${SYSTEM_LOG}:${randomUUID()}`,
    offset,
    topics: [
      {
        topic: SYSTEM_HEALTH_TOPIC,
        kind: 'record',
        lane: 'critical',
        keys: Object.entries(document).map(([key, value]) => ({ key, offset, value: encode(value) })),
        tombstones: [],
        tombstoneHorizon: 0,
        entries: [],
        historyFrom: offset,
      },
    ],
  });

  const publish = (key: keyof SystemHealthDocument): void => {
    offset += 1;
    const entry: EntryChanges = {
      offset,
      at: clock.now(),
      changes: [
        {
          kind: 'record',
          topic: SYSTEM_HEALTH_TOPIC,
          lane: 'critical',
          set: [[key, encode(document[key])]],
          remove: [],
        },
      ],
    };
    hub.append(SYSTEM_LOG, [entry]);
  };
  const publishOffset = createPacer(clock, OFFSET_INTERVAL_MS, () => {
    publish('log');
  });
  const publishConnectors = createPacer(clock, CONNECTORS_INTERVAL_MS, () => {
    publish('connectors');
  });

  return {
    current: () => document,
    setConnectors(list) {
      if (JSON.stringify(list) === JSON.stringify(document.connectors.list)) return;
      document = { ...document, connectors: { list } };
      publishConnectors.due();
    },
    setOffset(offset) {
      if (offset === document.log.offset) return;
      document = { ...document, log: { offset } };
      publishOffset.due();
    },
    close() {
      publishOffset.close();
      publishConnectors.close();
    },
  };
}

interface Pacer {
  due(): void;
  close(): void;
}

/** Runs `task` at once when due, but no sooner than `intervalMs` after the last time. */
function createPacer(clock: Clock, intervalMs: number, task: () => void): Pacer {
  let lastAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  const run = (): void => {
    cancel = undefined;
    lastAt = clock.now();
    task();
  };
  return {
    due() {
      if (cancel !== undefined) return;
      const waitMs = lastAt + intervalMs - clock.now();
      if (waitMs <= 0) run();
      else cancel = clock.after(waitMs, run);
    },
    close() {
      cancel?.();
      cancel = undefined;
    },
  };
}
