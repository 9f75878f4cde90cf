import { excessOf } from './stream-history.ts';
import type { KeyedTopic, SingleChange } from './topic.ts';

/** Offsets remembered per topic for sharing ranges and counting merged changes. */
const CHANGE_OFFSETS = 256;

/** Applies one change of a record or collection. A change that sets and removes nothing still moves the head. */
export function applyKeyedChange(topic: KeyedTopic, change: SingleChange): void {
  for (const [key, value] of change.set) setKey(topic, key, change.offset, value);
  for (const key of change.remove) removeKey(topic, key, change.offset);
  topic.changeOffsets.push(change.offset);
  if (topic.changeOffsets.length > 2 * CHANGE_OFFSETS) topic.changeOffsets.splice(0, CHANGE_OFFSETS);
  if (topic.singles !== null) addSingle(topic, topic.singles, change);
}

/** Sets a key; it becomes the one changed last. */
export function setKey(topic: KeyedTopic, key: string, offset: number, value: Uint8Array): void {
  if (!topic.keys.delete(key)) topic.sortedKeys = null;
  topic.tombstones.delete(key);
  topic.ended?.delete(key);
  topic.keys.set(key, { offset, value });
}

function removeKey(topic: KeyedTopic, key: string, offset: number): void {
  const last = topic.keys.get(key)?.value;
  if (topic.keys.delete(key)) topic.sortedKeys = null;
  addTombstone(topic, key, offset, last);
}

/** `last`: the document that was removed, if it is known. */
export function addTombstone(topic: KeyedTopic, key: string, offset: number, last?: Uint8Array): void {
  topic.tombstones.delete(key);
  topic.tombstones.set(key, offset);
  if (last !== undefined) topic.ended?.set(key, last);
  if (topic.tombstones.size <= topic.log.limits.tombstones) return;
  for (const [oldest, removedAt] of topic.tombstones) {
    topic.tombstones.delete(oldest);
    topic.ended?.delete(oldest);
    topic.tombstoneHorizon = Math.max(topic.tombstoneHorizon, removedAt);
    break;
  }
}

function addSingle(topic: KeyedTopic, singles: SingleChange[], change: SingleChange): void {
  singles.push(change);
  const excess = excessOf(singles.length, topic.log.limits.entries);
  if (excess > 0) dropSingles(topic, singles, excess);
}

function dropSingles(topic: KeyedTopic, singles: SingleChange[], count: number): void {
  const dropped = singles.splice(0, count);
  topic.singlesFrom = dropped.at(-1)?.offset ?? topic.singlesFrom;
}

/** Drops single changes older than the history's age. */
export function dropAgedSingles(topic: KeyedTopic, now: number): void {
  const { singles } = topic;
  const limit = now - topic.log.limits.ageMs;
  if (singles === null || (singles[0]?.at ?? limit) >= limit) return;
  const keepFrom = singles.findIndex((change) => change.at >= limit);
  dropSingles(topic, singles, keepFrom === -1 ? singles.length : keepFrom);
}

/** The keys in order of UTF-16 units, as snapshots send them. */
export function keysInOrder(topic: KeyedTopic): readonly string[] {
  topic.sortedKeys ??= [...topic.keys.keys()].sort();
  return topic.sortedKeys;
}

/** Removed keys with their last documents, as far as they are known: those removed after `offset`. */
export function endedAfter(topic: KeyedTopic, offset: number): readonly (readonly [string, Uint8Array])[] {
  const documents: (readonly [string, Uint8Array])[] = [];
  for (const [key, removedAt] of topic.tombstones) {
    const last = topic.ended?.get(key);
    if (last !== undefined && removedAt > offset) documents.push([key, last]);
  }
  return documents;
}
