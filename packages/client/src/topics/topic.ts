import type {
  DeltaMessage,
  EntriesMessage,
  Json,
  Lane,
  LogId,
  Position,
  SignalMessage,
  SnapshotMessage,
  StreamEntry,
  TopicKind,
} from '@ms5/wire';

/** What is known of one topic. */
export interface Topic {
  readonly name: string;
  kind: TopicKind;
  lane: Lane | null;
  log: LogId | null;
  epoch: string;
  /** The offset applied last. */
  offset: number;
  /** Fields of a record, documents of a collection; a signal's value under the empty key. */
  readonly values: Map<string, Json>;
  /** While a snapshot is coming in. */
  loading: Loading | null;
  /** Brought to the head on this connection, and continued since. */
  isCurrent: boolean;
  /** A snapshot of it began on this connection. */
  isRenewed: boolean;
  /** Its log was reset: unless a snapshot replaces the values, the topic is no more. */
  isVoid: boolean;
  /** Server time of the newest change, ms. */
  at: number | null;
}

interface Loading {
  /** Keys named by a part or a delta since the beginning; the others are dropped at the end. */
  readonly named: Set<string>;
  /** Where the topic stood whole, to continue from when the rest of the snapshot never comes. */
  readonly before: Position | null;
}

/** `gap`: something between what we have and what came is missing. */
export type Applied = 'changed' | 'unchanged' | 'gap';

export function createTopic(name: string, kind: TopicKind): Topic {
  return {
    name,
    kind,
    lane: null,
    log: null,
    epoch: '',
    offset: 0,
    values: new Map(),
    loading: null,
    isCurrent: false,
    isRenewed: false,
    isVoid: false,
    at: null,
  };
}

/** Takes one part of a snapshot. A part whose beginning was not seen belongs to a subscription given up. */
export function applySnapshot(topic: Topic, message: SnapshotMessage): Applied {
  if (message.begin === true) beginSnapshot(topic, message);
  const { loading } = topic;
  if (loading === null) return 'unchanged';
  for (const [key, value] of Object.entries(message.set)) {
    topic.values.set(key, value);
    loading.named.add(key);
  }
  topic.offset = message.offset;
  topic.at = message.at === 0 ? null : message.at;
  if (message.end === true) endSnapshot(topic, loading);
  return 'changed';
}

function beginSnapshot(topic: Topic, message: SnapshotMessage): void {
  topic.loading = {
    named: new Set(),
    before: topic.loading === null ? positionOf(topic) : topic.loading.before,
  };
  topic.kind = message.kind;
  topic.lane = message.lane;
  topic.log = message.log;
  topic.epoch = message.epoch;
  topic.isRenewed = true;
  topic.isVoid = false;
}

function endSnapshot(topic: Topic, loading: Loading): void {
  for (const key of topic.values.keys()) {
    if (!loading.named.has(key)) topic.values.delete(key);
  }
  topic.loading = null;
  topic.isCurrent = true;
}

/** `covered`: up to where nothing happened in the topic's lane that is still to come. */
export function applyDelta(topic: Topic, message: DeltaMessage, covered: number): Applied {
  if (message.to <= topic.offset) return 'unchanged';
  if (message.from > Math.max(topic.offset, covered)) return 'gap';
  for (const [key, value] of Object.entries(message.set ?? {})) {
    topic.values.set(key, value);
    topic.loading?.named.add(key);
  }
  for (const key of message.remove ?? []) {
    topic.values.delete(key);
    topic.loading?.named.delete(key);
  }
  topic.offset = message.to;
  topic.at = message.at;
  return 'changed';
}

/** Moves the cursor and returns the entries that are new, in order; `null`: some are missing. */
export function applyEntries(
  topic: Topic,
  message: EntriesMessage,
  covered: number,
): readonly StreamEntry[] | null {
  if (message.to <= topic.offset) return [];
  if (message.from > Math.max(topic.offset, covered)) return null;
  const fresh = message.entries.filter((entry) => entry.offset > topic.offset);
  topic.offset = message.to;
  topic.at = fresh.at(-1)?.at ?? topic.at;
  return fresh;
}

export function applySignal(topic: Topic, message: SignalMessage): Applied {
  if (topic.isCurrent && topic.epoch === message.epoch && message.offset <= topic.offset) return 'unchanged';
  topic.epoch = message.epoch;
  topic.offset = message.offset;
  topic.values.set('', message.value);
  topic.at = message.at;
  topic.isCurrent = true;
  topic.isRenewed = true;
  topic.isVoid = false;
  return 'changed';
}

/**
 * The connection is gone. Of a snapshot cut off halfway the values stay, newer than the position it falls back to,
 * which the changes since then will repeat. Without one the topic is as good as unknown: it began after the marks.
 */
export function interruptTopic(topic: Topic): void {
  topic.isCurrent = false;
  topic.isRenewed = false;
  if (topic.loading === null) return;
  const { before } = topic.loading;
  topic.loading = null;
  topic.epoch = before?.epoch ?? '';
  topic.offset = before?.offset ?? 0;
}

/** Where the topic stands whole; `null` while it does not, and for signals, which are not continued. */
export function positionOf(topic: Topic): Position | null {
  if (topic.loading !== null || topic.epoch === '' || topic.kind === 'signal') return null;
  return { epoch: topic.epoch, offset: topic.offset };
}
