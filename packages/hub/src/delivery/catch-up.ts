import type { FrameCounts } from './frame-counts.ts';
import { countAfter, lastAtOrBelow, lastIndexAtOrBelow } from '../topics/offsets.ts';
import { endedAfter, keysInOrder } from '../topics/keyed-change.ts';
import { endOfPiece, indexAfter, sharedPosition } from '../topics/stream-history.ts';
import type { KeyedTopic, SignalTopic, SingleChange, StreamTopic, Topic } from '../topics/topic.ts';
import { frameKey, type DataEncoding, type EncodedKey, type SnapshotPart } from './encoding.ts';
import { createFrames, type FrameCache, type Frames } from './frame-cache.ts';

/**
 * How far one topic is from its head for one session. First subscription, recovery and catching up after a stall
 * are the same: steps are taken until there is nothing left to do.
 */
export type CatchUp =
  /** Nothing of the topic is held. `lostSince`: the position that could not be continued, -1: none. */
  | { readonly phase: 'fresh'; readonly lostSince: number }
  /** The topic was announced, empty; everything since its first change is due. */
  | { readonly phase: 'introduced' }
  /** Everything up to `position` is held. */
  | { readonly phase: 'behind'; readonly position: number }
  /** A snapshot is under way: the keys up to `afterKey` were sent as of `position`. */
  | {
      readonly phase: 'snapshot';
      readonly position: number;
      readonly afterKey: string;
      /** As of `fresh`. */
      readonly lostSince: number;
    };

export interface Step {
  readonly frames: Frames;
  /** What remains to be done; `null`: the topic is at its head. */
  readonly next: CatchUp | null;
}

/** Builds steps with one encoding. */
export interface Stepper {
  readonly encoding: DataEncoding;
  readonly counts: FrameCounts;
  /** A step's bytes are about this at most; one value is never divided. */
  readonly chunkBytes: number;
}

export const FRESH: CatchUp = { phase: 'fresh', lostSince: -1 };
const behind = (topic: Topic, position: number): CatchUp | null =>
  position >= topic.head ? null : { phase: 'behind', position };

/** Whether a session at `position` must be told that history was lost. */
export function isLost(topic: Topic, position: number): boolean {
  if (topic.isRemoved || position >= topic.head) return false;
  if (topic.kind === 'signal' || isIntroduction(topic, position)) return false;
  return position < (topic.kind === 'stream' ? topic.history.from : lossHorizon(topic));
}

function lossHorizon(topic: KeyedTopic): number {
  return topic.singles === null
    ? topic.tombstoneHorizon
    : Math.max(topic.tombstoneHorizon, topic.singlesFrom);
}

/** Whether who stands at `position` has never heard of the topic, and has missed nothing of it either. */
function isIntroduction(topic: Topic, position: number): boolean {
  if (position >= topic.introducedAt || position < topic.introducibleFrom) return false;
  if (topic.kind === 'stream') return topic.history.from < topic.introducedAt;
  // Where every change counts, those that are forgotten are a loss, be the topic known or not.
  return topic.kind === 'signal' || topic.singles === null || lossHorizon(topic) < topic.introducedAt;
}

/** The next step towards the head; `null`: there is nothing to do. */
export function nextStep(topic: Topic, state: CatchUp, stepper: Stepper): Step | null {
  if (topic.isRemoved) return isUnknown(state) ? null : goneStep(topic, stepper);
  if (topic.kind === 'signal') return signalStep(topic, state, stepper);
  if (topic.kind === 'stream') return streamStep(topic, state, stepper);
  return keyedStep(topic, state, stepper);
}

/** Whether the session holds nothing of the topic, so that there is nothing to take back. */
const isUnknown = (state: CatchUp): boolean => state.phase === 'fresh' && state.lostSince < 0;

function goneStep(topic: Topic, stepper: Stepper): Step {
  const frames = cached(topic, stepper, 'gone', topic.head, () => [
    stepper.encoding.gone(topic.name, 'removed'),
    topic.head,
  ]);
  return { frames, next: null };
}

/** Takes frames from the topic's cache, or builds them and keeps them there. */
function cached(
  topic: Topic,
  { encoding, counts }: Stepper,
  what: string,
  from: number,
  build: () => BuiltFrames,
): Frames {
  const key = frameKey(encoding, what, topic, from);
  return topic.frames.get(key) ?? keep(topic, topic.frames, key, counts, build());
}

type BuiltFrames = readonly [messages: readonly Uint8Array[], to: number];

function keep(
  topic: Topic,
  cache: FrameCache,
  key: string,
  counts: FrameCounts,
  [messages, to]: BuiltFrames,
): Frames {
  const frames = createFrames(messages, to);
  counts.encodes += 1;
  counts.cachedBytes += frames.bytes;
  cache.set(key, frames);
  counts.cachingTopics.add(topic);
  return frames;
}

function signalStep(topic: SignalTopic, state: CatchUp, stepper: Stepper): Step | null {
  if (topic.head === 0 || (state.phase === 'behind' && state.position >= topic.head)) return null;
  const frames = cached(topic, stepper, 'signal', topic.head, () => [
    stepper.encoding.signal(topic),
    topic.head,
  ]);
  return { frames, next: null };
}

/** Announces a topic whose whole life is within the history: empty, so that every change follows. */
function introduceStep(topic: KeyedTopic | StreamTopic, stepper: Stepper): Step {
  const offset = topic.introducedAt - 1;
  const part = { offset, isFirst: true, isLast: true, set: [], lostSince: -1, ended: [] };
  const frames = cached(topic, stepper, 'introduce', offset, () => [
    introduction(topic, part, stepper.encoding),
    offset,
  ]);
  return { frames, next: { phase: 'introduced' } };
}

function introduction(
  topic: KeyedTopic | StreamTopic,
  part: SnapshotPart,
  encoding: DataEncoding,
): readonly Uint8Array[] {
  const messages = encoding.snapshotPart(topic, part);
  return topic.isSuccessor ? [...encoding.gone(topic.name, 'removed'), ...messages] : messages;
}

// ---- streams -----------------------------------------------------------------------------------------

function streamStep(topic: StreamTopic, state: CatchUp, stepper: Stepper): Step | null {
  const { history } = topic;
  // A stream's snapshot is one part, so it is never under way.
  if (state.phase === 'fresh' || state.phase === 'snapshot')
    return startStream(topic, state.phase === 'fresh' ? state.lostSince : -1, stepper);
  const position = state.phase === 'introduced' ? topic.introducedAt - 1 : state.position;
  if (position >= topic.head) return null;
  if (state.phase === 'behind' && isIntroduction(topic, position)) return introduceStep(topic, stepper);
  if (position < history.from) return startStream(topic, position, stepper);
  return entriesStep(topic, sharedPosition(history, position), stepper);
}

/** A stream starts at its head: what was before is not sent, or lost. */
function startStream(topic: StreamTopic, lostSince: number, stepper: Stepper): Step {
  const offset = topic.head;
  const part = { offset, isFirst: true, isLast: true, set: [], lostSince, ended: [] };
  const frames = cached(topic, stepper, `start ${lostSince}`, offset, () => [
    stepper.encoding.snapshotPart(topic, part),
    offset,
  ]);
  return { frames, next: null };
}

function entriesStep(topic: StreamTopic, from: number, stepper: Stepper): Step {
  const { chunkBytes, encoding, counts } = stepper;
  const key = `${encoding.id} ${chunkBytes} ${from}`;
  // A whole piece stays what it is, whatever is added to the stream.
  const known = topic.pieces.get(key);
  if (known !== undefined) return { frames: known, next: behind(topic, known.to) };
  const end = endOfPiece(topic.history, from, chunkBytes);
  const build = (): BuiltFrames => {
    const { entries } = topic.history;
    const first = indexAfter(topic.history, from);
    const taken = entries.slice(first, end === null ? entries.length : indexAfter(topic.history, end));
    const to = end ?? topic.head;
    return [encoding.entries(topic, { from, to, entries: taken }), to];
  };
  if (end === null)
    return { frames: cached(topic, stepper, `entries ${chunkBytes}`, from, build), next: null };
  const frames = keep(topic, topic.pieces, key, counts, build());
  return { frames, next: behind(topic, frames.to) };
}

// ---- records and collections -------------------------------------------------------------------------

function keyedStep(topic: KeyedTopic, state: CatchUp, stepper: Stepper): Step | null {
  if (state.phase === 'fresh') return partStep(topic, null, state.lostSince, stepper);
  if (state.phase === 'introduced') return behindStep(topic, topic.introducedAt - 1, stepper);
  if (state.phase === 'snapshot') return continueSnapshot(topic, state, stepper);
  if (state.position >= topic.head) return null;
  if (!isIntroduction(topic, state.position)) return behindStep(topic, state.position, stepper);
  return topic.singles === null ? partStep(topic, null, -1, stepper) : introduceStep(topic, stepper);
}

function continueSnapshot(
  topic: KeyedTopic,
  { position, afterKey, lostSince }: Extract<CatchUp, { phase: 'snapshot' }>,
  stepper: Stepper,
): Step {
  if (position >= topic.head) return partStep(topic, afterKey, lostSince, stepper);
  // Removals or single changes since the snapshot began are forgotten already: it begins anew.
  if (position < lossHorizon(topic)) return partStep(topic, null, lostSince, stepper);
  const { frames } = changesStep(topic, position, stepper);
  return { frames, next: { phase: 'snapshot', position: frames.to, afterKey, lostSince } };
}

function behindStep(topic: KeyedTopic, position: number, stepper: Stepper): Step | null {
  if (position >= topic.head) return null;
  if (position < lossHorizon(topic)) return partStep(topic, null, position, stepper);
  return changesStep(topic, position, stepper);
}

/** The changes after `position`: one by one where each counts, else merged. */
function changesStep(topic: KeyedTopic, position: number, stepper: Stepper): Step {
  return topic.singles === null
    ? deltaStep(topic, position, stepper)
    : singleStep(topic, topic.singles, position, stepper);
}

function singleStep(
  topic: KeyedTopic,
  singles: readonly SingleChange[],
  position: number,
  stepper: Stepper,
): Step {
  const before = lastIndexAtOrBelow(singles, (change) => change.offset, position);
  const from = singles[before]?.offset ?? topic.singlesFrom;
  const change = singles[before + 1];
  if (change === undefined) return { frames: createFrames([], topic.head), next: null };
  const { offset: to, at, set, remove } = change;
  const frames = cached(topic, stepper, 'single', from, () => [
    stepper.encoding.delta(topic, { from, to, at, set, remove, merged: 1 }),
    to,
  ]);
  return { frames, next: behind(topic, to) };
}

function deltaStep(topic: KeyedTopic, position: number, stepper: Stepper): Step {
  const from = lastAtOrBelow(topic.changeOffsets, position) ?? position;
  const frames = cached(topic, stepper, `delta ${stepper.chunkBytes}`, from, () => {
    const { set, remove, to } = changedKeys(topic, from, stepper.chunkBytes);
    const merged = countAfter(topic.changeOffsets, from) - countAfter(topic.changeOffsets, to);
    return [stepper.encoding.delta(topic, { from, to, at: topic.at, set, remove, merged }), to];
  });
  return { frames, next: behind(topic, frames.to) };
}

interface ChangedKeys {
  readonly set: readonly EncodedKey[];
  readonly remove: readonly string[];
  readonly to: number;
}

/**
 * Keys whose last change lies after `from`, in that order, up to about `chunkBytes`: all of one offset or none.
 * Keys changed again later come with their later change, so a part is right for whoever goes on to the next.
 */
function changedKeys(topic: KeyedTopic, from: number, chunkBytes: number): ChangedKeys {
  const changed: { readonly key: string; readonly offset: number; readonly value: Uint8Array | null }[] = [];
  for (const [key, { offset, value }] of topic.keys) if (offset > from) changed.push({ key, offset, value });
  for (const [key, offset] of topic.tombstones) if (offset > from) changed.push({ key, offset, value: null });
  changed.sort((a, b) => a.offset - b.offset);
  const set: EncodedKey[] = [];
  const remove: string[] = [];
  let bytes = 0;
  let last = from;
  for (const { key, offset, value } of changed) {
    if (bytes >= chunkBytes && offset > last) return { set, remove, to: last };
    bytes += key.length + (value?.byteLength ?? 0);
    last = offset;
    if (value === null) remove.push(key);
    else set.push([key, value]);
  }
  return { set, remove, to: topic.head };
}

/** A part of the snapshot: the keys after `afterKey` (`null`: the beginning) in their order. */
function partStep(topic: KeyedTopic, afterKey: string | null, lostSince: number, stepper: Stepper): Step {
  const { chunkBytes } = stepper;
  const keys = keysInOrder(topic);
  const start = afterKey === null ? 0 : firstAfter(keys, afterKey);
  let end = start;
  for (let bytes = 0; end < keys.length && bytes < chunkBytes; end += 1) {
    const key = keys[end] ?? '';
    bytes += key.length + (topic.keys.get(key)?.value.byteLength ?? 0);
  }
  const isFirst = afterKey === null;
  const isLast = end === keys.length;
  const telling = isFirst || (isLast && topic.ended !== null) ? lostSince : -1;
  const frames = cached(topic, stepper, `part ${isFirst} ${chunkBytes} ${telling}`, start, () => [
    stepper.encoding.snapshotPart(topic, {
      offset: topic.head,
      isFirst,
      isLast,
      set: keys.slice(start, end).map((key) => [key, topic.keys.get(key)?.value ?? EMPTY]),
      lostSince: telling,
      ended: isLast && telling >= 0 ? endedAfter(topic, telling) : [],
    }),
    topic.head,
  ]);
  const afterPart = keys[end - 1] ?? '';
  const next: CatchUp = { phase: 'snapshot', position: topic.head, afterKey: afterPart, lostSince };
  return { frames, next: isLast ? null : next };
}

const EMPTY = new Uint8Array(0);

/** Index of the first of the sorted `keys` behind `key`. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
