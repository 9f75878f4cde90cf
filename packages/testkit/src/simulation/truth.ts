import type { Lane, TopicKind } from '@ms5/wire';
import { digestOf, type Digest } from './sightings.ts';

/** One change of one topic in a log's entry, values as encoded JSON. */
export type TruthChange =
  | { readonly kind: 'stream'; readonly topic: string; readonly lane: Lane; readonly entry: Uint8Array }
  | {
      readonly kind: 'record' | 'collection';
      readonly topic: string;
      readonly lane: Lane;
      readonly set: readonly (readonly [key: string, value: Uint8Array])[];
      readonly remove: readonly string[];
    }
  | { readonly kind: 'removed'; readonly topic: string };

export interface TruthEntry {
  readonly offset: number;
  readonly at: number;
  readonly changes: readonly TruthChange[];
}

/** A topic's change and what it led to. */
export interface TruthStep {
  readonly offset: number;
  readonly at: number;
  /** A stream's entry. */
  readonly digest: Digest;
  /** The whole of a record or collection after it. */
  readonly keys: ReadonlyMap<string, Digest>;
  /** The keys that it set or removed. */
  readonly touched: readonly string[];
  readonly isRemoval: boolean;
}

/** Everything one topic ever was in one epoch. */
export interface Timeline {
  readonly topic: string;
  readonly epoch: string;
  kind: TopicKind;
  lane: Lane;
  readonly steps: TruthStep[];
}

/** What was committed, and so what every client must come to see. */
export interface Truth {
  /** A log begins, or goes on, under this epoch. What other epochs held is no more. */
  begin(epoch: string): void;
  commit(entry: TruthEntry): void;
  epoch(): string;
  /** Offset of the newest entry of an epoch; 0: none. */
  head(epoch: string): number;
  find(epoch: string, topic: string): Timeline | undefined;
  /** Of all epochs. */
  ofTopic(topic: string): readonly Timeline[];
  /** The topics there are now. */
  present(): readonly Timeline[];
}

const decoder = new TextDecoder();
const NO_KEYS: ReadonlyMap<string, Digest> = new Map();

export function createTruth(): Truth {
  const epochs = new Map<string, Map<string, Timeline>>();
  const heads = new Map<string, number>();
  let epoch = '';

  function timelineOf(change: Exclude<TruthChange, { kind: 'removed' }>): Timeline {
    const { topic, kind, lane } = change;
    const timelines = epochs.get(epoch) ?? new Map<string, Timeline>();
    epochs.set(epoch, timelines);
    let timeline = timelines.get(topic);
    if (timeline === undefined) {
      timeline = { topic, epoch, kind, lane, steps: [] };
      timelines.set(topic, timeline);
    }
    timeline.kind = kind;
    timeline.lane = lane;
    return timeline;
  }

  function apply(change: TruthChange, { offset, at }: TruthEntry): void {
    const none = { offset, at, digest: '', keys: NO_KEYS, touched: [], isRemoval: false };
    if (change.kind === 'removed') {
      epochs
        .get(epoch)
        ?.get(change.topic)
        ?.steps.push({ ...none, isRemoval: true });
      return;
    }
    const { steps } = timelineOf(change);
    if (change.kind === 'stream') {
      steps.push({ ...none, digest: digestOf(decoder.decode(change.entry)) });
      return;
    }
    const keys = new Map(steps.at(-1)?.keys);
    for (const [key, value] of change.set) keys.set(key, digestOf(decoder.decode(value)));
    for (const key of change.remove) keys.delete(key);
    steps.push({ ...none, keys, touched: [...change.set.map(([key]) => key), ...change.remove] });
  }

  return {
    begin(next) {
      epoch = next;
      if (!epochs.has(epoch)) epochs.set(epoch, new Map());
    },
    commit(entry) {
      for (const change of entry.changes) apply(change, entry);
      heads.set(epoch, entry.offset);
    },
    epoch: () => epoch,
    head: (of) => heads.get(of) ?? 0,
    find: (of, topic) => epochs.get(of)?.get(topic),
    ofTopic: (topic) => [...epochs.values()].flatMap((timelines) => timelines.get(topic) ?? []),
    present: () =>
      [...(epochs.get(epoch)?.values() ?? [])].filter(({ steps }) => steps.at(-1)?.isRemoval === false),
  };
}

/** Index of the newest step at or below the offset; -1: it is before the first. */
export function stepAt({ steps }: Timeline, offset: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.offset ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
