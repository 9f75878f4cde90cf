import type { Log } from '../topics/log.ts';
import type { KeyedTopic, SignalTopic, StreamTopic, Topic } from '../topics/topic.ts';
import type { HistoryEntry } from '../topics/stream-history.ts';
import type { ToldNumbers } from '../topics/topic-numbers.ts';

export type EncodedKey = readonly [key: string, value: Uint8Array];

export interface SnapshotPart {
  /** The topic's position once the part is applied. */
  readonly offset: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly set: readonly EncodedKey[];
  /** The position that could not be continued; -1: there was none. */
  readonly lostSince: number;
  /** What was removed since then, with the last documents; of lane `critical` and the last part. */
  readonly ended: readonly EncodedKey[];
}

export interface Delta {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly set: readonly EncodedKey[];
  readonly remove: readonly string[];
  readonly merged: number;
}

export interface EntryRange {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly HistoryEntry[];
}

/**
 * Whether the part tells who holds the topic that history is lost, on endpoints that say so in a message of its own:
 * with the last part, so that `ended` is known. Where states count rather than changes, nothing is lost by a snapshot.
 */
export function tellsLoss(topic: KeyedTopic | StreamTopic, { lostSince, isLast }: SnapshotPart): boolean {
  return isLast && lostSince >= 0 && (topic.kind === 'stream' || topic.singles !== null);
}

/**
 * How an endpoint writes what topics hold. Every function is pure: the same topic, range and content give the
 * same bytes, whoever they go to. An empty list means that the endpoint has no message for it.
 */
export interface DataEncoding {
  /** Distinguishes the encodings of one hub in caches. */
  readonly id: string;
  snapshotPart(topic: KeyedTopic | StreamTopic, part: SnapshotPart): readonly Uint8Array[];
  delta(topic: KeyedTopic, delta: Delta): readonly Uint8Array[];
  entries(topic: StreamTopic, range: EntryRange): readonly Uint8Array[];
  signal(topic: SignalTopic): readonly Uint8Array[];
  gone(topic: string, reason: 'removed' | 'forbidden'): readonly Uint8Array[];
  mark(log: Log, lane: number, offset: number): readonly Uint8Array[];
  /** Puts messages together for the wire, in order. */
  join(messages: readonly Uint8Array[]): readonly Uint8Array[];
  /** Omitted: topics are named in full. */
  readonly naming?: TopicNaming;
}

/** For encodings in whose messages a number stands for a topic's name. */
interface TopicNaming {
  /** What a session was told is its own. */
  start(): ToldNumbers;
  /** The message that tells the topics' numbers. */
  names(topics: readonly Topic[]): Uint8Array;
}

/** Adds up what the frames of a topic, of any kind, are called in a cache. */
export function frameKey(encoding: DataEncoding, what: string, topic: Topic, from: number): string {
  return `${encoding.id} ${what} ${from} ${topic.head}`;
}
