import type { LogImage, TopicChange, TopicImage } from '@ms5/hub';
import type { TopicClass } from './topics.ts';

/** Bounds of what is kept of each topic. */
export const IMAGE_LIMITS = {
  tombstones: 1000,
  removedTopics: 1000,
  streamEntries: 10_000,
  streamMs: 3_600_000,
  /** Characters of one stream's entries. */
  streamLength: 1024 * 1024,
} as const;

interface KeptValue {
  readonly offset: number;
  /** Encoded; equal text is an equal value. */
  readonly json: string;
}

interface KeptEntry {
  readonly offset: number;
  readonly at: number;
  readonly json: string;
}

interface KeptTopic {
  readonly topic: string;
  readonly class: TopicClass;
  /** Time of the newest change, ms since the epoch; 0: none yet. */
  at: number;
  readonly values: Map<string, KeptValue>;
  /** Oldest first. */
  readonly tombstones: Map<string, number>;
  tombstoneHorizon: number;
  entries: KeptEntry[];
  /** Index of the oldest entry still kept; those before it are cut off in bulk. */
  firstEntry: number;
  /** Characters of the entries kept. */
  length: number;
  historyFrom: number;
}

/** Topics that were removed, oldest first, and the offset at or below which such removals are forgotten. */
export type Removals = Required<Pick<LogImage, 'removed' | 'removalHorizon'>>;

const NO_REMOVALS: Removals = { removed: [], removalHorizon: 0 };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The current state of every topic, with the offset at which each key last changed. Each call names the entry
 * that caused it and answers with the change to publish, `null` when nothing differs.
 */
export interface TopicImages {
  /** Replaces a record's fields. */
  record(topic: string, of: TopicClass, offset: number, at: number, document: object): TopicChange | null;
  /** Replaces a collection's documents. */
  collection(
    topic: string,
    of: TopicClass,
    offset: number,
    at: number,
    documents: readonly (readonly [key: string, document: object])[],
  ): TopicChange | null;
  append(topic: string, of: TopicClass, offset: number, at: number, data: object): TopicChange;
  /** Makes an empty stream known, so that it can be subscribed to before its first entry. */
  declare(topic: string, of: TopicClass, offset: number): void;
  /** Removes every topic that is not in `wanted`. */
  retain(wanted: ReadonlySet<string>, offset: number): readonly TopicChange[];
  images(): readonly TopicImage[];
  removals(): Removals;
}

export function createTopicImages(
  restored: readonly TopicImage[] = [],
  restoredRemovals: Removals = NO_REMOVALS,
): TopicImages {
  const topics = new Map(restored.map((image) => [image.topic, restore(image)]));
  const removed = new Map(restoredRemovals.removed.map((removal) => [removal.topic, removal]));
  let { removalHorizon } = restoredRemovals;

  const kept = (topic: string, of: TopicClass, offset: number): KeptTopic => {
    let found = topics.get(topic);
    if (found === undefined) {
      found = newTopic(topic, of, offset);
      topics.set(topic, found);
      removed.delete(topic);
    }
    return found;
  };

  const remove = ({ topic, class: { lane } }: KeptTopic, offset: number): void => {
    topics.delete(topic);
    removed.set(topic, { topic, lane, offset });
    const [oldest] = removed.values();
    if (removed.size <= IMAGE_LIMITS.removedTopics || oldest === undefined) return;
    removed.delete(oldest.topic);
    removalHorizon = Math.max(removalHorizon, oldest.offset);
  };

  return {
    record: (topic, of, offset, at, document) => {
      const own = kept(topic, of, offset);
      return changeOf(own, at, putAll(own.values, Object.entries(document), offset), []);
    },
    collection: (topic, of, offset, at, documents) => {
      const own = kept(topic, of, offset);
      const set = putAll(own.values, documents, offset);
      for (const [key] of set) own.tombstones.delete(key);
      const gone = removeAbsent(own, documents, offset);
      return changeOf(own, at, set, gone);
    },
    append: (topic, of, offset, at, data) => {
      const own = kept(topic, of, offset - 1);
      const json = JSON.stringify(data);
      own.entries.push({ offset, at, json });
      own.length += json.length;
      own.at = at;
      trimEntries(own, at);
      return { kind: 'stream', topic, lane: of.lane, entry: encoder.encode(json) };
    },
    declare: (topic, of, offset) => {
      kept(topic, of, offset);
    },
    retain: (wanted, offset) => {
      const gone = [...topics.values()].filter(({ topic }) => !wanted.has(topic));
      for (const own of gone) remove(own, offset);
      return gone.map(({ topic }) => ({ kind: 'removed', topic }));
    },
    images: () => [...topics.values()].map(imageOf),
    removals: () => ({ removed: [...removed.values()], removalHorizon }),
  };
}

function newTopic(topic: string, of: TopicClass, offset: number): KeptTopic {
  return {
    topic,
    class: of,
    at: 0,
    values: new Map(),
    tombstones: new Map(),
    tombstoneHorizon: 0,
    entries: [],
    firstEntry: 0,
    length: 0,
    historyFrom: offset,
  };
}

function changeOf(
  own: KeptTopic,
  at: number,
  set: readonly (readonly [string, Uint8Array])[],
  remove: readonly string[],
): TopicChange | null {
  const { topic, class: of } = own;
  if (of.kind === 'stream' || (set.length === 0 && remove.length === 0)) return null;
  own.at = at;
  return { kind: of.kind, topic, lane: of.lane, set, remove };
}

function putAll(
  values: Map<string, KeptValue>,
  documents: readonly (readonly [key: string, document: unknown])[],
  offset: number,
): readonly (readonly [string, Uint8Array])[] {
  const set: [string, Uint8Array][] = [];
  for (const [key, document] of documents) {
    const json = JSON.stringify(document);
    if (values.get(key)?.json === json) continue;
    values.set(key, { offset, json });
    set.push([key, encoder.encode(json)]);
  }
  return set;
}

function removeAbsent(
  own: KeptTopic,
  documents: readonly (readonly [key: string, document: unknown])[],
  offset: number,
): readonly string[] {
  if (own.values.size === documents.length) return [];
  const present = new Set(documents.map(([key]) => key));
  const gone = [...own.values.keys()].filter((key) => !present.has(key));
  for (const key of gone) {
    own.values.delete(key);
    own.tombstones.delete(key);
    own.tombstones.set(key, offset);
  }
  for (const [key, removedAt] of own.tombstones) {
    if (own.tombstones.size <= IMAGE_LIMITS.tombstones) break;
    own.tombstones.delete(key);
    own.tombstoneHorizon = Math.max(own.tombstoneHorizon, removedAt);
  }
  return gone;
}

/** Drops the oldest entries beyond the limits; the newest stays, however long. */
function trimEntries(own: KeptTopic, now: number): void {
  const { streamEntries, streamMs, streamLength } = IMAGE_LIMITS;
  const last = own.entries.length - 1;
  for (let entry = own.entries[own.firstEntry]; entry !== undefined; entry = own.entries[own.firstEntry]) {
    const tooMany = own.entries.length - own.firstEntry > streamEntries;
    if (!tooMany && entry.at >= now - streamMs && own.length <= streamLength) break;
    if (own.firstEntry === last) break;
    own.historyFrom = entry.offset;
    own.length -= entry.json.length;
    own.firstEntry += 1;
  }
  if (own.firstEntry > 1000 && own.firstEntry * 2 > own.entries.length) {
    own.entries = own.entries.slice(own.firstEntry);
    own.firstEntry = 0;
  }
}

function imageOf(own: KeptTopic): TopicImage {
  return {
    topic: own.topic,
    kind: own.class.kind,
    lane: own.class.lane,
    at: own.at,
    keys: [...own.values].map(([key, { offset, json }]) => ({ key, offset, value: encoder.encode(json) })),
    tombstones: [...own.tombstones].map(([key, offset]) => ({ key, offset })),
    tombstoneHorizon: own.tombstoneHorizon,
    entries: own.entries
      .slice(own.firstEntry)
      .map(({ offset, at, json }) => ({ offset, at, data: encoder.encode(json) })),
    historyFrom: own.historyFrom,
  };
}

function restore(image: TopicImage): KeptTopic {
  const entries = image.entries.map(({ offset, at, data }) => ({ offset, at, json: decoder.decode(data) }));
  return {
    topic: image.topic,
    class: { kind: image.kind, lane: image.lane },
    at: image.at ?? 0,
    values: new Map(
      image.keys.map(({ key, offset, value }) => [key, { offset, json: decoder.decode(value) }]),
    ),
    tombstones: new Map(image.tombstones.map(({ key, offset }) => [key, offset])),
    tombstoneHorizon: image.tombstoneHorizon,
    entries,
    firstEntry: 0,
    length: entries.reduce((sum, { json }) => sum + json.length, 0),
    historyFrom: image.historyFrom,
  };
}
