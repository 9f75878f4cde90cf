import type { LogImage, SingleChangeImage, TopicImage } from '@ms5/hub';
import { HISTORY } from '@ms5/wire';
import type { TopicClass } from './topics.ts';

/** Bounds of what is kept of each topic. */
export const IMAGE_LIMITS = {
  tombstones: HISTORY.tombstones,
  removedTopics: 1000,
  /** Of a stream, and single changes of a critical topic. */
  entries: HISTORY.entries,
  ageMs: HISTORY.ageMs,
  /** Characters of one stream's entries, or of one critical topic's single changes. */
  historyLength: 1024 * 1024,
  /** Characters of the entries of all streams. */
  streamsLength: 32 * 1024 * 1024,
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

/** One change of a critical topic as it was told. */
interface KeptSingle {
  readonly offset: number;
  readonly at: number;
  readonly set: readonly (readonly [key: string, json: string])[];
  readonly remove: readonly string[];
}

/** What is dropped from its front, oldest first. */
interface History<Item> {
  items: Item[];
  /** Index of the oldest item still kept; those before it are cut off in bulk. */
  first: number;
  /** Characters of the items kept. */
  length: number;
  /** Complete after this offset. */
  from: number;
}

export interface KeptTopic {
  readonly topic: string;
  readonly class: TopicClass;
  /** Offset at which it began to be; of a stream the one before. */
  readonly since: number;
  /** Time of the newest change, ms since the epoch; 0: none yet. */
  at: number;
  readonly values: Map<string, KeptValue>;
  /** Characters of keys and values. */
  valuesLength: number;
  /** Oldest first. */
  readonly tombstones: Map<string, number>;
  tombstoneHorizon: number;
  /** Of a stream. */
  readonly entries: History<KeptEntry>;
  /** Of a record or collection in lane `critical`; `null`: single changes are not kept. */
  readonly singles: History<KeptSingle> | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function newTopic(topic: string, of: TopicClass, offset: number): KeptTopic {
  return {
    topic,
    class: of,
    since: offset,
    at: 0,
    values: new Map(),
    valuesLength: 0,
    tombstones: new Map(),
    tombstoneHorizon: 0,
    entries: newHistory(offset),
    singles: keepsSingles(of) ? newHistory(offset - 1) : null,
  };
}

function keepsSingles({ kind, lane }: TopicClass): boolean {
  return kind !== 'stream' && lane === 'critical';
}

function newHistory<Item>(from: number, items: Item[] = [], length = 0): History<Item> {
  return { items, first: 0, length, from };
}

/** What differs after the documents are set. */
export function setDocuments(
  own: KeptTopic,
  documents: Iterable<readonly [key: string, document: unknown]>,
  offset: number,
): readonly (readonly [key: string, json: string])[] {
  const set: [string, string][] = [];
  for (const [key, document] of documents) {
    const json = JSON.stringify(document);
    const before = own.values.get(key);
    if (before?.json === json) continue;
    own.valuesLength += json.length - (before === undefined ? -key.length : before.json.length);
    own.values.set(key, { offset, json });
    own.tombstones.delete(key);
    set.push([key, json]);
  }
  return set;
}

/** Leaves a tombstone for each key that is there; tells which were. */
export function removeKeys(own: KeptTopic, keys: Iterable<string>, offset: number): readonly string[] {
  const gone: string[] = [];
  for (const key of keys) {
    const before = own.values.get(key);
    if (before === undefined) continue;
    own.values.delete(key);
    own.valuesLength -= key.length + before.json.length;
    own.tombstones.delete(key);
    own.tombstones.set(key, offset);
    gone.push(key);
  }
  for (const [key, removedAt] of own.tombstones) {
    if (own.tombstones.size <= IMAGE_LIMITS.tombstones) break;
    own.tombstones.delete(key);
    own.tombstoneHorizon = Math.max(own.tombstoneHorizon, removedAt);
  }
  return gone;
}

export function absentKeys(
  own: KeptTopic,
  documents: readonly (readonly [key: string, document: unknown])[],
): readonly string[] {
  if (own.values.size === documents.length) return [];
  const present = new Set(documents.map(([key]) => key));
  return [...own.values.keys()].filter((key) => !present.has(key));
}

export function addEntry(own: KeptTopic, entry: KeptEntry): void {
  own.at = entry.at;
  own.entries.length += entry.json.length;
  own.entries.items.push(entry);
  trim(own.entries, entry.at, lengthOfEntry);
}

export function addSingle(own: KeptTopic, single: KeptSingle): void {
  if (own.singles === null) return;
  own.singles.length += lengthOfSingle(single);
  own.singles.items.push(single);
  trim(own.singles, single.at, lengthOfSingle);
}

/** Gives up a quarter of a stream's entries, though never the newest. */
export function dropOldEntries({ entries }: KeptTopic): void {
  const kept = entries.items.length - entries.first;
  for (let left = Math.min(kept - 1, Math.ceil(kept / 4)); left > 0; left -= 1) {
    dropFirst(entries, lengthOfEntry);
  }
  cutOff(entries);
}

const lengthOfEntry = ({ json }: KeptEntry): number => json.length;

function lengthOfSingle({ set, remove }: KeptSingle): number {
  let length = 0;
  for (const [key, json] of set) length += key.length + json.length;
  for (const key of remove) length += key.length;
  return length;
}

/** Drops the oldest items beyond the limits; the newest stays, however long. */
function trim<Item extends { readonly offset: number; readonly at: number }>(
  history: History<Item>,
  now: number,
  lengthOf: (item: Item) => number,
): void {
  const { entries, ageMs, historyLength } = IMAGE_LIMITS;
  while (history.first < history.items.length - 1) {
    const tooMany = history.items.length - history.first > entries;
    const at = history.items[history.first]?.at ?? now;
    if (!tooMany && at >= now - ageMs && history.length <= historyLength) break;
    dropFirst(history, lengthOf);
  }
  cutOff(history);
}

function dropFirst<Item extends { readonly offset: number }>(
  history: History<Item>,
  lengthOf: (item: Item) => number,
): void {
  const item = history.items[history.first];
  if (item === undefined) return;
  history.from = item.offset;
  history.length -= lengthOf(item);
  history.first += 1;
}

function cutOff<Item>(history: History<Item>): void {
  if (history.first <= 1000 || history.first * 2 <= history.items.length) return;
  history.items = history.items.slice(history.first);
  history.first = 0;
}

/** A topic's image, its values in another form. */
export interface TopicImageOf<Value> extends Omit<TopicImage, 'keys' | 'entries' | 'singles'> {
  readonly keys: readonly (Omit<TopicImage['keys'][number], 'value'> & { readonly value: Value })[];
  readonly entries: readonly (Omit<TopicImage['entries'][number], 'data'> & { readonly data: Value })[];
  readonly singles?: {
    readonly from: number;
    readonly changes: readonly (Omit<SingleChangeImage, 'set'> & {
      readonly set: readonly (readonly [key: string, value: Value])[];
    })[];
  };
}

export interface LogImageOf<Value> extends Omit<LogImage, 'topics'> {
  readonly topics: readonly TopicImageOf<Value>[];
}

/** With values as bytes, to be handed on. */
export function imageOf(own: KeptTopic): TopicImage {
  return imageWith(own, (json) => encoder.encode(json));
}

/** With values as texts, to be written at once. */
export function textImageOf(own: KeptTopic): TopicImageOf<string> {
  return imageWith(own, (json) => json);
}

function imageWith<Value>(own: KeptTopic, valueOf: (json: string) => Value): TopicImageOf<Value> {
  const { entries, singles } = own;
  const isStream = own.class.kind === 'stream';
  return {
    topic: own.topic,
    kind: own.class.kind,
    lane: own.class.lane,
    at: own.at,
    keys: [...own.values].map(([key, { offset, json }]) => ({ key, offset, value: valueOf(json) })),
    tombstones: [...own.tombstones].map(([key, offset]) => ({ key, offset })),
    tombstoneHorizon: own.tombstoneHorizon,
    entries: entries.items
      .slice(entries.first)
      .map(({ offset, at, json }) => ({ offset, at, data: valueOf(json) })),
    historyFrom: isStream ? entries.from : own.since,
    ...(singles === null
      ? {}
      : {
          singles: {
            from: singles.from,
            changes: singles.items.slice(singles.first).map(({ offset, at, set, remove }) => ({
              offset,
              at,
              set: set.map(([key, json]) => [key, valueOf(json)] as const),
              remove,
            })),
          },
        }),
  };
}

export function restoreTopic(image: TopicImage): KeptTopic {
  const of: TopicClass = { kind: image.kind, lane: image.lane };
  const entries = image.entries.map(({ offset, at, data }) => ({ offset, at, json: decoder.decode(data) }));
  const values = new Map(
    image.keys.map(({ key, offset, value }) => [key, { offset, json: decoder.decode(value) }]),
  );
  let valuesLength = 0;
  for (const [key, { json }] of values) valuesLength += key.length + json.length;
  const entriesLength = entries.reduce((sum, { json }) => sum + json.length, 0);
  return {
    topic: image.topic,
    class: of,
    since: image.historyFrom,
    at: image.at ?? 0,
    values,
    valuesLength,
    tombstones: new Map(image.tombstones.map(({ key, offset }) => [key, offset])),
    tombstoneHorizon: image.tombstoneHorizon,
    entries: newHistory(image.historyFrom, entries, entriesLength),
    singles: keepsSingles(of) ? restoreSingles(image) : null,
  };
}

function restoreSingles({ singles, keys, tombstones }: TopicImage): History<KeptSingle> {
  if (singles === undefined) {
    const newest = [...keys, ...tombstones].reduce((offset, key) => Math.max(offset, key.offset), 0);
    return newHistory(newest);
  }
  const items = singles.changes.map(({ offset, at, set, remove }) => ({
    offset,
    at,
    set: set.map(([key, value]) => [key, decoder.decode(value)] as const),
    remove,
  }));
  const length = items.reduce((sum, single) => sum + lengthOfSingle(single), 0);
  return newHistory(singles.from, items, length);
}
