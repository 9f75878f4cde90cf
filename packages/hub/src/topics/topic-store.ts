import type { LogId } from '@ms5/wire';
import type { EntryChanges, LogImage, SignalChange, TopicChange, TopicImage } from '../ports.ts';
import type { HistoryLimits, Log } from './log.ts';
import { addTombstone, applyKeyedChange, dropAgedSingles, setKey } from './keyed-change.ts';
import { addEntry, dropAged, dropOldest } from './stream-history.ts';
import {
  createKeyedTopic,
  createSignalTopic,
  createStreamTopic,
  type KeyedTopic,
  type Origin,
  type SignalTopic,
  type StreamTopic,
  type Topic,
} from './topic.ts';

/** Told about every change of the set of topics and of their content. */
export interface TopicObserver {
  added(topic: Topic): void;
  /** The topic has a new head; its frames are void. A removal is a change too. */
  changed(topic: Topic): void;
  /** Nobody can be brought up to date about it any more: `successor` takes its place, or it was removed long ago. */
  dropped(topic: Topic, successor?: Topic): void;
}

/** Removed topics remembered per log, so that whoever was away hears of the removal. */
const MAX_REMOVED_TOPICS = 10_000;

/**
 * Signals held below one first level. Beyond it the one of them that has not changed for longest goes: their names are
 * whatever machines and other programs say, and neither may push out the other's.
 */
const MAX_SIGNALS = 20_000;

/** Name of the log that signals count in; no site can have it. */
const SIGNALS_LOG: LogId = '$signals';

/** All topics of all logs. */
export interface TopicStore {
  /** By index. */
  readonly logs: readonly Log[];
  find(name: string): Topic | undefined;
  all(): Iterable<Topic>;
  count(): number;
  /**
   * Replaces the log's topics by those of the image; returns the log as it is served from now on. Topics the image
   * does not have are removed.
   */
  load(image: LogImage): Log;
  append(log: LogId, entries: readonly EntryChanges[]): void;
  signal(changes: readonly SignalChange[]): void;
  /** Drops history that is too old. */
  age(now: number): void;
}

export function createTopicStore(
  signalEpoch: string,
  limits: HistoryLimits,
  observer: TopicObserver,
): TopicStore {
  /** Bytes of all streams' entries. */
  let historyBytes = 0;

  const topics = new Map<string, Topic>();
  const logs: Log[] = [];
  /** Those not removed, by first level, the one changed last at the end. */
  const liveSignals = new Map<string, Set<SignalTopic>>();
  /** Removed topics of each log, oldest first. */
  const removed: Topic[][] = [];
  const signals = addLog(SIGNALS_LOG, signalEpoch, 0, false);

  function addLog(id: LogId, epoch: string, head: number, isResumable: boolean): Log {
    const known = logs.find((log) => log.id === id);
    const index = known?.index ?? logs.length;
    const log: Log = { id, index, epoch, head, removalHorizon: 0, isResumable, limits };
    logs[index] = log;
    removed[index] = [];
    return log;
  }

  function add<Added extends Topic>(topic: Added): Added {
    const before = topics.get(topic.name);
    if (before !== undefined) drop(before, topic);
    topics.set(topic.name, topic);
    if (topic.kind === 'stream') historyBytes += topic.history.bytes;
    observer.added(topic);
    return topic;
  }

  function originOf(log: Log, name: string, introducedAt: number): Origin {
    return { log, name, introducedAt, isSuccessor: topics.has(name) };
  }

  function drop(topic: Topic, successor?: Topic): void {
    if (topics.get(topic.name) === topic) topics.delete(topic.name);
    if (topic.kind === 'stream') historyBytes -= topic.history.bytes;
    else if (topic.kind === 'signal') topic.siblings.delete(topic);
    observer.dropped(topic, successor);
  }

  function changed(topic: Topic, offset: number, at: number): void {
    topic.head = offset;
    topic.at = at;
    observer.changed(topic);
  }

  function keyedTopic(log: Log, change: TopicChange & { kind: 'record' | 'collection' }, offset: number) {
    const topic = topics.get(change.topic);
    const isSame = topic?.kind === change.kind && topic.lane === change.lane && topic.log === log;
    return isSame && !topic.isRemoved
      ? topic
      : add(createKeyedTopic(originOf(log, change.topic, offset), change.kind, change.lane));
  }

  function streamTopic(log: Log, change: TopicChange & { kind: 'stream' }, offset: number): StreamTopic {
    const topic = topics.get(change.topic);
    const isSame = topic?.kind === 'stream' && topic.lane === change.lane && topic.log === log;
    return isSame && !topic.isRemoved
      ? topic
      : add(createStreamTopic(originOf(log, change.topic, offset), change.lane));
  }

  function remove(log: Log, name: string, offset: number, at: number): void {
    const topic = topics.get(name);
    if (topic === undefined || topic.log !== log || topic.isRemoved) return;
    topic.isRemoved = true;
    changed(topic, offset, at);
    rememberRemoved(log, topic);
  }

  function rememberRemoved(log: Log, topic: Topic): void {
    const list = removed[log.index] ?? [];
    list.push(topic);
    if (list.length <= MAX_REMOVED_TOPICS) return;
    const forgotten = list.shift();
    if (forgotten === undefined) return;
    log.removalHorizon = Math.max(log.removalHorizon, forgotten.head);
    // A topic that came back under the same name has taken its place already.
    if (topics.get(forgotten.name) === forgotten) drop(forgotten);
  }

  function siblingsOf(name: string): Set<SignalTopic> {
    const level = name.split('/', 1)[0] ?? '';
    const known = liveSignals.get(level);
    if (known !== undefined) return known;
    const siblings = new Set<SignalTopic>();
    liveSignals.set(level, siblings);
    return siblings;
  }

  function boundSignals(siblings: Set<SignalTopic>, offset: number, at: number): void {
    if (siblings.size <= MAX_SIGNALS) return;
    const [oldest] = siblings;
    if (oldest === undefined) return;
    siblings.delete(oldest);
    remove(signals, oldest.name, offset, at);
  }

  /** Changes a stream's history, and keeps count of what all hold together. */
  function resize({ history }: StreamTopic, change: () => void): void {
    const before = history.bytes;
    change();
    historyBytes += history.bytes - before;
  }

  /** When all histories together are too large, the largest gives up a quarter of its entries. */
  function boundHistories(): void {
    while (historyBytes > limits.bytes) {
      let largest: StreamTopic | null = null;
      for (const topic of topics.values())
        if (topic.kind === 'stream' && topic.history.bytes > (largest?.history.bytes ?? 0)) largest = topic;
      if (largest === null) return;
      const { history } = largest;
      resize(largest, () => dropOldest(history, Math.ceil(history.entries.length / 4)));
    }
  }

  function apply(log: Log, change: TopicChange, offset: number, at: number): void {
    switch (change.kind) {
      case 'stream': {
        const topic = streamTopic(log, change, offset);
        resize(topic, () => addEntry(topic.history, { offset, at, data: change.entry }, limits));
        boundHistories();
        return changed(topic, offset, at);
      }
      case 'record':
      case 'collection': {
        const topic = keyedTopic(log, change, offset);
        applyKeyedChange(topic, { offset, at, set: change.set, remove: change.remove });
        return changed(topic, offset, at);
      }
      case 'removed':
        return remove(log, change.topic, offset, at);
    }
  }

  return {
    logs,
    find: (name) => topics.get(name),
    all: () => topics.values(),
    count: () => topics.size,
    load(image) {
      const before = logs.find((log) => log.id === image.log);
      const old = before === undefined ? [] : [...topics.values()].filter((topic) => topic.log === before);
      const log = addLog(image.log, image.epoch, image.offset, true);
      log.removalHorizon = image.removalHorizon ?? 0;
      for (const { topic: name, lane, offset } of image.removed ?? []) {
        const topic = add(createStreamTopic({ log, name, introducedAt: offset, isSuccessor: false }, lane));
        topic.isRemoved = true;
        topic.head = offset;
        rememberRemoved(log, topic);
      }
      for (const topicImage of image.topics) add(topicFromImage(log, topicImage));
      for (const topic of old) {
        if (topics.get(topic.name) !== topic || topic.isRemoved) continue;
        topic.isRemoved = true;
        changed(topic, image.offset, topic.at);
        rememberRemoved(log, topic);
      }
      return log;
    },
    append(id, entries) {
      const log = logs.find((candidate) => candidate.id === id && candidate.isResumable);
      if (log === undefined) throw new Error(`log "${id}" was not loaded`);
      for (const { offset, at, changes } of entries) {
        if (offset <= log.head) continue;
        for (const change of changes) apply(log, change, offset, at);
        log.head = offset;
      }
    },
    signal(changes) {
      for (const { topic: name, at, value } of changes) {
        const offset = (signals.head += 1);
        const known = topics.get(name);
        const topic =
          known?.kind === 'signal' && !known.isRemoved
            ? known
            : add(createSignalTopic(originOf(signals, name, offset), siblingsOf(name)));
        topic.value = value;
        topic.siblings.delete(topic);
        topic.siblings.add(topic);
        changed(topic, offset, at);
        boundSignals(topic.siblings, offset, at);
      }
    },
    age(now) {
      for (const topic of topics.values()) {
        if (topic.kind === 'stream') resize(topic, () => dropAged(topic.history, limits, now));
        else if (topic.kind !== 'signal') dropAgedSingles(topic, now);
      }
    },
  };
}

function topicFromImage(log: Log, image: TopicImage): Topic {
  return image.kind === 'stream' ? streamFromImage(log, image) : keyedFromImage(log, image);
}

function streamFromImage(log: Log, image: TopicImage): StreamTopic {
  const origin = { log, name: image.topic, introducedAt: image.historyFrom + 1, isSuccessor: false };
  const topic = createStreamTopic(origin, image.lane);
  // Whether what was before was dropped, or never was, is not known.
  topic.introducibleFrom = image.historyFrom;
  for (const entry of image.entries) addEntry(topic.history, entry, log.limits);
  const last = image.entries.at(-1);
  topic.head = last?.offset ?? image.historyFrom;
  topic.at = last?.at ?? 0;
  return topic;
}

const byOffset = (a: { readonly offset: number }, b: { readonly offset: number }): number =>
  a.offset - b.offset;

/** Whoever stands before the oldest key and has missed no removal is as well served by a snapshot. */
function keyedFromImage(log: Log, image: TopicImage): KeyedTopic {
  const kind = image.kind === 'collection' ? 'collection' : 'record';
  const offsets = [...image.keys, ...image.tombstones].map((key) => key.offset).sort((a, b) => a - b);
  const known = image.tombstoneHorizon > 0 ? 0 : (offsets[0] ?? 0);
  const introducedAt = hasWholeLife(image) ? image.historyFrom : known;
  const origin = { log, name: image.topic, introducedAt, isSuccessor: false };
  const topic = createKeyedTopic(origin, kind, image.lane);
  topic.tombstoneHorizon = image.tombstoneHorizon;
  for (const { key, offset, value } of image.keys.toSorted(byOffset)) setKey(topic, key, offset, value);
  const last = new Map((image.singles?.changes ?? []).flatMap(({ set }) => set));
  for (const { key, offset } of image.tombstones.toSorted(byOffset))
    addTombstone(topic, key, offset, last.get(key));
  topic.changeOffsets.push(...new Set([image.tombstoneHorizon, ...offsets].sort((a, b) => a - b)));
  topic.head = Math.max(offsets.at(-1) ?? 0, image.tombstoneHorizon);
  topic.singles?.push(...(image.singles?.changes ?? []));
  topic.singlesFrom = image.singles?.from ?? topic.head;
  // Single changes up to here are not known any more; a state is as well brought by a snapshot.
  topic.introducibleFrom = topic.singles === null || hasWholeLife(image) ? 0 : topic.singlesFrom;
  topic.at = image.at ?? 0;
  return topic;
}

/** Whether every single change since the topic began is known. */
function hasWholeLife({ singles, historyFrom }: TopicImage): boolean {
  return singles !== undefined && singles.from < historyFrom;
}
