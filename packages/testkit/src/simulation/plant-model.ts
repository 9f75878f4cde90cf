import type { Json, Lane, TopicKind } from '@ms5/wire';
import type { SeededRandom } from '../seeded-random.ts';

const encoder = new TextEncoder();
const encode = (value: Json): Uint8Array => encoder.encode(JSON.stringify(value));

/** One change, shaped as a hub takes it. */
export type ModelChange =
  | { readonly kind: 'stream'; readonly topic: string; readonly lane: Lane; readonly entry: Uint8Array }
  | {
      readonly kind: 'record' | 'collection';
      readonly topic: string;
      readonly lane: Lane;
      readonly set: readonly (readonly [string, Uint8Array])[];
      readonly remove: readonly string[];
    }
  | { readonly kind: 'removed'; readonly topic: string };

export interface ModelEntry {
  readonly offset: number;
  readonly at: number;
  readonly changes: readonly ModelChange[];
}

interface ModelTopic {
  readonly name: string;
  readonly kind: Exclude<TopicKind, 'signal'>;
  readonly lane: Lane;
  readonly keys: Map<string, { readonly offset: number; readonly value: Json }>;
  readonly tombstones: Map<string, number>;
  tombstoneHorizon: number;
  readonly entries: { readonly offset: number; readonly at: number; readonly data: Json }[];
  historyFrom: number;
  /** Offsets of all changes since the topic appeared. */
  readonly changes: number[];
}

/** The log as a hub loads it. */
export interface ModelImage {
  readonly log: string;
  readonly epoch: string;
  readonly offset: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly kind: Exclude<TopicKind, 'signal'>;
    readonly lane: Lane;
    readonly keys: readonly { readonly key: string; readonly offset: number; readonly value: Uint8Array }[];
    readonly tombstones: readonly { readonly key: string; readonly offset: number }[];
    readonly tombstoneHorizon: number;
    readonly entries: readonly { readonly offset: number; readonly at: number; readonly data: Uint8Array }[];
    readonly historyFrom: number;
    readonly singles?: {
      readonly from: number;
      readonly changes: readonly {
        readonly offset: number;
        readonly at: number;
        readonly set: readonly (readonly [string, Uint8Array])[];
        readonly remove: readonly string[];
      }[];
    };
  }[];
  readonly removed?: readonly { readonly topic: string; readonly lane: Lane; readonly offset: number }[];
  readonly removalHorizon?: number;
}

/** What the log of a small plant holds: the truth that clients must converge to. */
export interface PlantModel {
  readonly log: string;
  /** Appends one entry with one to four changes; returns it. */
  publish(now: number): ModelEntry;
  /** Appends one entry to a stream of lane `normal` that somebody else publishes. */
  append(topic: string, data: Json, now: number): ModelEntry;
  /** The image a restarted server loads; histories may have been cut back. */
  restart(): ModelImage;
  /** Starts a new epoch: offsets count from anew. */
  startEpoch(): void;
  topics(): ReadonlyMap<string, ModelTopic>;
  epoch(): string;
}

interface Template {
  readonly name: string;
  readonly kind: ModelTopic['kind'];
  readonly lane: Lane;
}
const TEMPLATES: readonly Template[] = ['l1', 'l2'].flatMap((line): readonly Template[] => [
  { name: `s/a/${line}/andon`, kind: 'collection', lane: 'critical' },
  { name: `s/a/${line}/status`, kind: 'record', lane: 'high' },
  { name: `s/a/${line}/downtime`, kind: 'collection', lane: 'high' },
  { name: `s/a/${line}/events`, kind: 'stream', lane: 'normal' },
  { name: `s/a/${line}/diagnostics`, kind: 'record', lane: 'low' },
]);

function createModelTopic({ name, kind, lane }: Template, offset: number): ModelTopic {
  return {
    name,
    kind,
    lane,
    keys: new Map(),
    tombstones: new Map(),
    tombstoneHorizon: 0,
    entries: [],
    historyFrom: offset - 1,
    changes: [],
  };
}

export function createPlantModel(random: SeededRandom): PlantModel {
  const topics = new Map<string, ModelTopic>();
  const removed = new Map<string, { readonly lane: Lane; readonly offset: number }>();
  let removalHorizon = 0;
  let epochNumber = 1;
  let offset = 0;
  let counter = 0;

  /** Some values are larger than a window, so that chunks and stalls happen. */
  function value(): Json {
    counter += 1;
    return random.chance(0.05) ? { counter, padding: 'x'.repeat(random.int(1_000, 12_000)) } : { counter };
  }

  function topicOf(template: Template): ModelTopic {
    let topic = topics.get(template.name);
    if (topic === undefined) {
      topic = createModelTopic(template, offset);
      topics.set(template.name, topic);
      removed.delete(template.name);
    }
    return topic;
  }

  function changeStream(topic: ModelTopic, at: number): ModelChange {
    const data = value();
    topic.entries.push({ offset, at, data });
    return { kind: 'stream', topic: topic.name, lane: topic.lane, entry: encode(data) };
  }

  function changeKeys(topic: ModelTopic, kind: 'record' | 'collection'): ModelChange {
    const set: [string, Uint8Array][] = [];
    const remove: string[] = [];
    const names = kind === 'record' ? ['a', 'b', 'c'] : ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', '__proto__'];
    for (const key of random.shuffle(names).slice(0, random.int(1, 3))) {
      if (kind === 'collection' && topic.keys.has(key) && random.chance(0.4)) {
        topic.keys.delete(key);
        topic.tombstones.set(key, offset);
        remove.push(key);
      } else {
        const document = value();
        topic.keys.set(key, { offset, value: document });
        topic.tombstones.delete(key);
        set.push([key, encode(document)]);
      }
    }
    return { kind, topic: topic.name, lane: topic.lane, set, remove };
  }

  function change(template: Template, at: number): ModelChange {
    if (topics.has(template.name) && random.chance(0.01)) {
      topics.delete(template.name);
      removed.set(template.name, { lane: template.lane, offset });
      return { kind: 'removed', topic: template.name };
    }
    const topic = topicOf(template);
    topic.changes.push(offset);
    return topic.kind === 'stream' ? changeStream(topic, at) : changeKeys(topic, topic.kind);
  }

  /** What a restart forgets: old entries, old removals. */
  function cutBack(topic: ModelTopic): void {
    const dropped = topic.entries.splice(0, random.int(0, topic.entries.length));
    topic.historyFrom = dropped.at(-1)?.offset ?? topic.historyFrom;
    for (const [key, removedAt] of topic.tombstones) {
      if (!random.chance(0.3)) continue;
      topic.tombstoneHorizon = Math.max(topic.tombstoneHorizon, removedAt);
      topic.tombstones.delete(key);
    }
    for (const [key, removedAt] of topic.tombstones)
      if (removedAt <= topic.tombstoneHorizon) topic.tombstones.delete(key);
  }

  return {
    log: 's',
    publish(now) {
      offset += random.chance(0.2) ? random.int(1, 5) : 1;
      const count = random.int(1, 4);
      const changes = random
        .shuffle(TEMPLATES)
        .slice(0, count)
        .map((template) => change(template, now));
      return { offset, at: now, changes };
    },
    append(name, data, now) {
      offset += 1;
      const topic = topicOf({ name, kind: 'stream', lane: 'normal' });
      topic.changes.push(offset);
      topic.entries.push({ offset, at: now, data });
      return {
        offset,
        at: now,
        changes: [{ kind: 'stream', topic: name, lane: 'normal', entry: encode(data) }],
      };
    },
    restart() {
      if (random.chance(0.5)) for (const topic of topics.values()) cutBack(topic);
      for (const [name, removal] of removed) {
        if (!random.chance(0.2)) continue;
        removed.delete(name);
        removalHorizon = Math.max(removalHorizon, removal.offset);
      }
      return {
        log: 's',
        epoch: `e${epochNumber}`,
        offset,
        topics: [...topics.values()].map((topic) => ({
          topic: topic.name,
          kind: topic.kind,
          lane: topic.lane,
          keys: [...topic.keys].map(([key, held]) => ({
            key,
            offset: held.offset,
            value: encode(held.value),
          })),
          tombstones: [...topic.tombstones].map(([key, removedAt]) => ({ key, offset: removedAt })),
          tombstoneHorizon: topic.tombstoneHorizon,
          entries: topic.entries.map(({ offset, at, data }) => ({ offset, at, data: encode(data) })),
          historyFrom: topic.historyFrom,
        })),
        removed: [...removed].map(([topic, { lane, offset: removedAt }]) => ({
          topic,
          lane,
          offset: removedAt,
        })),
        removalHorizon,
      };
    },
    startEpoch() {
      epochNumber += 1;
      topics.clear();
      removed.clear();
      removalHorizon = 0;
      offset = random.int(0, offset);
    },
    topics: () => topics,
    epoch: () => `e${epochNumber}`,
  };
}
