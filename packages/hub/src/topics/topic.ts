import { LANES, type Lane } from '@ms5/wire';
import type { FrameCache } from '../delivery/frame-cache.ts';
import { laneIndex, slotOf, type Log } from './log.ts';
import { createStreamHistory, type StreamHistory } from './stream-history.ts';

interface TopicBase {
  readonly name: string;
  /** The name as JSON text. */
  readonly nameJson: string;
  readonly log: Log;
  readonly lane: Lane;
  readonly slot: number;
  /** Its short name, -1: none was needed yet (`TopicNumbers`). */
  number: number;
  /** Offset of the newest change. */
  head: number;
  /** Its time, ms since the epoch; 0: no change was seen. */
  at: number;
  /** Commit time of the oldest change that no flush has taken up; of a signal when it came. */
  dueAt: number;
  /** Offset of the first change that is known of. */
  readonly introducedAt: number;
  /** Who stands at this offset or above, and before `introducedAt`, has never heard of the topic. */
  introducibleFrom: number;
  /** An earlier topic had the same name: who may have heard of that one is told that it is gone. */
  readonly isSuccessor: boolean;
  /** Set once: the topic was removed at `head`. */
  isRemoved: boolean;
  /** Frames built from the present content, by range and encoding: valid until the topic changes, and emptied then. */
  readonly frames: FrameCache;
}

interface KeyValue {
  readonly offset: number;
  readonly value: Uint8Array;
}

/** One change as it came, kept where every change is delivered singly. */
export interface SingleChange {
  readonly offset: number;
  readonly at: number;
  readonly set: readonly (readonly [key: string, value: Uint8Array])[];
  readonly remove: readonly string[];
}

export interface KeyedTopic extends TopicBase {
  readonly kind: 'record' | 'collection';
  /** In order of their last change, oldest first. */
  readonly keys: Map<string, KeyValue>;
  /** Removed keys with the offset of their removal, oldest first. */
  readonly tombstones: Map<string, number>;
  /** Lane `critical` only: of removed keys the last document, where it is known. */
  readonly ended: Map<string, Uint8Array> | null;
  /** Removals at or below this offset are forgotten. */
  tombstoneHorizon: number;
  /** Offsets of recent changes, rising; for shared ranges and for counting merged changes. */
  readonly changeOffsets: number[];
  /** Lane `critical` only: recent changes; complete after `singlesFrom`. */
  readonly singles: SingleChange[] | null;
  singlesFrom: number;
  /** The keys in their order, `null`: to be sorted anew. */
  sortedKeys: readonly string[] | null;
}

export interface StreamTopic extends TopicBase {
  readonly kind: 'stream';
  readonly history: StreamHistory;
  /** Frames of whole pieces of the history: no change makes them invalid. */
  readonly pieces: FrameCache;
}

export interface SignalTopic extends TopicBase {
  readonly kind: 'signal';
  value: Uint8Array;
  /** All signals of its first level that are not removed, the one changed last at the end. */
  readonly siblings: Set<SignalTopic>;
}

export type Topic = KeyedTopic | StreamTopic | SignalTopic;

/** Where and how a topic comes to be. */
export interface Origin {
  readonly log: Log;
  readonly name: string;
  readonly introducedAt: number;
  readonly isSuccessor: boolean;
}

function base({ log, name, introducedAt, isSuccessor }: Origin, lane: Lane): Omit<TopicBase, 'frames'> {
  return {
    name,
    nameJson: JSON.stringify(name),
    log,
    lane,
    slot: slotOf(log, laneIndex(lane)),
    number: -1,
    head: 0,
    at: 0,
    dueAt: 0,
    introducedAt,
    introducibleFrom: 0,
    isSuccessor,
    isRemoved: false,
  };
}

export function createKeyedTopic(origin: Origin, kind: KeyedTopic['kind'], lane: Lane): KeyedTopic {
  return {
    ...base(origin, lane),
    frames: new Map(),
    kind,
    keys: new Map(),
    tombstones: new Map(),
    ended: lane === LANES[0] ? new Map() : null,
    tombstoneHorizon: 0,
    changeOffsets: [],
    singles: lane === LANES[0] ? [] : null,
    singlesFrom: origin.introducedAt - 1,
    sortedKeys: null,
  };
}

export function createStreamTopic(origin: Origin, lane: Lane): StreamTopic {
  return {
    ...base(origin, lane),
    frames: new Map(),
    kind: 'stream',
    history: createStreamHistory(origin.introducedAt - 1),
    pieces: new Map(),
  };
}

export function createSignalTopic(origin: Origin, siblings: Set<SignalTopic>): SignalTopic {
  return {
    ...base(origin, 'low'),
    frames: new Map(),
    kind: 'signal',
    value: new Uint8Array(0),
    siblings,
  };
}
