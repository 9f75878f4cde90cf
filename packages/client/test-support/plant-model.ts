import type { EntryChanges, LogImage, TopicChange, TopicImage } from '@ms5/hub';
import type { Lane } from '@ms5/wire';
import type { SeededRandom } from '@ms5/testkit';

const encoder = new TextEncoder();
const encode = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

interface ModelTopic {
  readonly kind: 'record' | 'collection' | 'stream';
  readonly lane: Lane;
  readonly keys: Map<string, number>;
  readonly tombstones: Map<string, number>;
  readonly entries: { offset: number; at: number }[];
}

export const MODEL_TOPICS: Readonly<Record<string, Pick<ModelTopic, 'kind' | 'lane'>>> = {
  'plant/a/l1/status': { kind: 'record', lane: 'high' },
  'plant/a/l2/status': { kind: 'record', lane: 'high' },
  'plant/a/l1/andon': { kind: 'collection', lane: 'critical' },
  'plant/a/l1/downtime': { kind: 'collection', lane: 'high' },
  'plant/a/l1/events': { kind: 'stream', lane: 'normal' },
  'plant/a/l2/events': { kind: 'stream', lane: 'normal' },
};
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What the log says, told without a hub. Every value is the offset it was set at. */
export interface PlantModel {
  readonly offset: () => number;
  readonly epoch: () => string;
  /** A random entry, as a server would commit it. */
  commit(random: SeededRandom, at: number): EntryChanges;
  /** What a restarted server would load. */
  image(): LogImage;
  /** The log is another one now: offsets start anew. */
  replace(epoch: string): void;
  keysOf(topic: string): Readonly<Record<string, number>>;
  /** Offsets of a stream's entries. */
  entriesOf(topic: string): readonly number[];
}

/** What is sent for a value: with `padding`, so long that snapshots take several parts. */
export const readValue = (value: unknown): number => Number.parseInt(String(value), 10);

export function createPlantModel(padding = 0): PlantModel {
  const write = (value: number): unknown => (padding === 0 ? value : `${value} ${'x'.repeat(padding)}`);
  let epoch = 'epoch-1';
  let offset = 0;
  let topics = new Map<string, ModelTopic>();

  /** Streams are known from the beginning, as those of a plant are; states come into being with their first value. */
  function declareStreams(): void {
    for (const [name, { kind }] of Object.entries(MODEL_TOPICS)) if (kind === 'stream') find(name);
  }

  function find(name: string): ModelTopic {
    const known = topics.get(name);
    if (known !== undefined) return known;
    const { kind, lane } = MODEL_TOPICS[name] ?? { kind: 'record', lane: 'high' };
    const created = { kind, lane, keys: new Map(), tombstones: new Map(), entries: [] };
    topics.set(name, created);
    return created;
  }

  function change(name: string, at: number, random: SeededRandom): TopicChange {
    const topic = find(name);
    const { kind, lane } = topic;
    if (kind === 'stream') {
      topic.entries.push({ offset, at });
      return { kind, topic: name, lane, entry: encode(offset) };
    }
    const key = random.pick(KEYS);
    if (kind === 'collection' && topic.keys.has(key) && random.chance(0.5)) {
      topic.keys.delete(key);
      topic.tombstones.set(key, offset);
      return { kind, topic: name, lane, set: [], remove: [key] };
    }
    topic.keys.set(key, offset);
    topic.tombstones.delete(key);
    return { kind, topic: name, lane, set: [[key, encode(write(offset))]], remove: [] };
  }

  declareStreams();

  const imageOf = (name: string, topic: ModelTopic): TopicImage => ({
    topic: name,
    kind: topic.kind,
    lane: topic.lane,
    keys: [...topic.keys].map(([key, at]) => ({ key, offset: at, value: encode(write(at)) })),
    tombstones: [...topic.tombstones].map(([key, at]) => ({ key, offset: at })),
    tombstoneHorizon: 0,
    entries: topic.entries.map((entry) => ({ ...entry, data: encode(entry.offset) })),
    historyFrom: 0,
  });

  return {
    offset: () => offset,
    epoch: () => epoch,
    commit(random, at) {
      offset += 1;
      const names = random.shuffle(Object.keys(MODEL_TOPICS)).slice(0, random.int(1, 3));
      return { offset, at, changes: names.map((name) => change(name, at, random)) };
    },
    image: () => ({
      log: 'plant',
      epoch,
      offset,
      topics: [...topics].map(([name, topic]) => imageOf(name, topic)),
    }),
    replace(next) {
      epoch = next;
      offset = 0;
      topics = new Map();
      declareStreams();
    },
    keysOf: (name) => Object.fromEntries(find(name).keys),
    entriesOf: (name) => find(name).entries.map((entry) => entry.offset),
  };
}
