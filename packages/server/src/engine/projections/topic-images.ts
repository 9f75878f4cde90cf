import type { LogImage, TopicChange, TopicImage } from '@ms5/hub';
import {
  absentKeys,
  addEntry,
  addSingle,
  dropOldEntries,
  imageOf,
  IMAGE_LIMITS,
  newTopic,
  removeKeys,
  restoreTopic,
  setDocuments,
  textImageOf,
  type KeptTopic,
  type TopicImageOf,
} from './kept-topic.ts';
import type { TopicClass } from './topics.ts';

/** Topics that were removed, oldest first, and the offset at or below which such removals are forgotten. */
export type Removals = Required<Pick<LogImage, 'removed' | 'removalHorizon'>>;

const NO_REMOVALS: Removals = { removed: [], removalHorizon: 0 };

const encoder = new TextEncoder();

/** What others may ask about a topic. */
interface TopicFacts {
  readonly class: TopicClass;
  /** Record fields or documents. */
  readonly keys: Pick<ReadonlyMap<string, { readonly json: string }>, 'get' | 'has' | 'size'>;
  /** When it changed last; 0: never. */
  readonly at: number;
  /** Characters of keys and values. */
  readonly length: number;
}

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
  /** Sets and removes some keys of a record or collection, and leaves the others. */
  update(topic: string, of: TopicClass, offset: number, at: number, change: KeyedUpdate): TopicChange | null;
  append(topic: string, of: TopicClass, offset: number, at: number, data: unknown): TopicChange;
  /** Makes an empty stream known, so that it can be subscribed to before its first entry. */
  declare(topic: string, of: TopicClass, offset: number): void;
  remove(topic: string, offset: number): TopicChange | null;
  /** Removes every topic that is not wanted. */
  retain(isWanted: (topic: string) => boolean, offset: number): readonly TopicChange[];
  find(topic: string): TopicFacts | undefined;
  /**
   * Offset of the newest change of a topic, or of one key of it, its removal included; -1: no topic has this name.
   * A key that was never there, or whose removal may have been forgotten, counts as changed where that is.
   */
  lastChange(topic: string, key?: string): number;
  images(): readonly TopicImage[];
  textImages(): readonly TopicImageOf<string>[];
  removals(): Removals;
}

interface KeyedUpdate {
  readonly set: Iterable<readonly [key: string, document: unknown]>;
  readonly remove: Iterable<string>;
}

export function createTopicImages(
  restored: readonly TopicImage[] = [],
  restoredRemovals: Removals = NO_REMOVALS,
): TopicImages {
  const topics = new Map(restored.map((image) => [image.topic, restoreTopic(image)]));
  const removed = new Map(restoredRemovals.removed.map((removal) => [removal.topic, removal]));
  let { removalHorizon } = restoredRemovals;
  /** Characters of the entries of all streams. */
  let streamsLength = 0;
  for (const { entries } of topics.values()) streamsLength += entries.length;

  const kept = (topic: string, of: TopicClass, offset: number): KeptTopic => {
    let found = topics.get(topic);
    if (found === undefined) {
      found = newTopic(topic, of, offset);
      topics.set(topic, found);
      removed.delete(topic);
    }
    return found;
  };

  const remove = ({ topic, class: { lane }, entries }: KeptTopic, offset: number): TopicChange => {
    topics.delete(topic);
    streamsLength -= entries.length;
    removed.set(topic, { topic, lane, offset });
    const [oldest] = removed.values();
    if (removed.size > IMAGE_LIMITS.removedTopics && oldest !== undefined) {
      removed.delete(oldest.topic);
      removalHorizon = Math.max(removalHorizon, oldest.offset);
    }
    return { kind: 'removed', topic };
  };

  /** When all streams together are too long, the longest gives up a quarter of its entries. */
  const boundStreams = (): void => {
    while (streamsLength > IMAGE_LIMITS.streamsLength) {
      let longest: KeptTopic | undefined;
      for (const own of topics.values()) {
        if (own.entries.length > (longest?.entries.length ?? 0)) longest = own;
      }
      if (longest === undefined) return;
      const before = longest.entries.length;
      dropOldEntries(longest);
      if (longest.entries.length === before) return;
      streamsLength += longest.entries.length - before;
    }
  };

  return {
    record: (topic, of, offset, at, document) => {
      const own = kept(topic, of, offset);
      return changeOf(own, offset, at, setDocuments(own, Object.entries(document), offset), []);
    },
    collection: (topic, of, offset, at, documents) => {
      const own = kept(topic, of, offset);
      const set = setDocuments(own, documents, offset);
      return changeOf(own, offset, at, set, removeKeys(own, absentKeys(own, documents), offset));
    },
    update: (topic, of, offset, at, change) => {
      const own = kept(topic, of, offset);
      const set = setDocuments(own, change.set, offset);
      return changeOf(own, offset, at, set, removeKeys(own, change.remove, offset));
    },
    append: (topic, of, offset, at, data) => {
      const own = kept(topic, of, offset - 1);
      const json = JSON.stringify(data);
      const before = own.entries.length;
      addEntry(own, { offset, at, json });
      streamsLength += own.entries.length - before;
      boundStreams();
      return { kind: 'stream', topic, lane: of.lane, entry: encoder.encode(json) };
    },
    declare: (topic, of, offset) => {
      kept(topic, of, offset);
    },
    remove: (topic, offset) => {
      const own = topics.get(topic);
      return own === undefined ? null : remove(own, offset);
    },
    retain: (isWanted, offset) => {
      const gone = [...topics.values()].filter(({ topic }) => !isWanted(topic));
      return gone.map((own) => remove(own, offset));
    },
    find: (topic) => {
      const own = topics.get(topic);
      return own === undefined
        ? undefined
        : { class: own.class, at: own.at, keys: own.values, length: own.valuesLength };
    },
    lastChange: (topic, key) => {
      const own = topics.get(topic);
      return own === undefined ? -1 : key === undefined ? lastChangeOf(own) : lastChangeOfKey(own, key);
    },
    images: () => [...topics.values()].map(imageOf),
    textImages: () => [...topics.values()].map(textImageOf),
    removals: () => ({ removed: [...removed.values()], removalHorizon }),
  };
}

function changeOf(
  own: KeptTopic,
  offset: number,
  at: number,
  set: readonly (readonly [key: string, json: string])[],
  remove: readonly string[],
): TopicChange | null {
  const { topic, class: of } = own;
  if (of.kind === 'stream' || (set.length === 0 && remove.length === 0)) return null;
  own.at = at;
  addSingle(own, { offset, at, set, remove });
  const encoded = set.map(([key, json]) => [key, encoder.encode(json)] as const);
  return { kind: of.kind, topic, lane: of.lane, set: encoded, remove };
}

function lastChangeOf(own: KeptTopic): number {
  let newest = Math.max(own.tombstoneHorizon, own.entries.items.at(-1)?.offset ?? own.entries.from);
  for (const { offset } of own.values.values()) newest = Math.max(newest, offset);
  for (const offset of own.tombstones.values()) newest = Math.max(newest, offset);
  return newest;
}

function lastChangeOfKey(own: KeptTopic, key: string): number {
  return own.values.get(key)?.offset ?? own.tombstones.get(key) ?? own.tombstoneHorizon;
}
