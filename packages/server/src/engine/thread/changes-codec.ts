import type {
  EntryChanges,
  LogImage,
  SignalChange,
  SingleChangeImage,
  TopicChange,
  TopicImage,
} from '@ms5/hub';
import { LANES, type Lane } from '@ms5/wire';
import type { LogImageOf, TopicImageOf } from '../projections/kept-topic.ts';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import { createByteWriter, type ByteWriter } from './byte-writer.ts';

// What crosses from the engine's thread to the gateway's, as bytes in one transferred buffer: a structured clone of
// the same objects would cost the gateway ten times as much.

const CHANGE_KINDS = ['stream', 'record', 'collection', 'removed'] as const;
const IMAGE_KINDS = ['stream', 'record', 'collection'] as const;

/** As long as what a group of the log changes under load; grown once, not for every group. */
const changesWriter = createByteWriter();

export function encodeChanges(entries: readonly EntryChanges[]): Uint8Array<ArrayBuffer> {
  const writer = changesWriter;
  list(writer, entries, ({ offset, at, changes }) => {
    writer.uint(offset);
    writer.uint(at);
    list(writer, changes, (change) => writeChange(writer, change));
  });
  return writer.finish();
}

export function decodeChanges(bytes: Uint8Array): readonly EntryChanges[] {
  const reader = createByteReader(bytes);
  return readList(reader, () => ({
    offset: reader.uint(),
    at: reader.uint(),
    changes: readList(reader, () => readChange(reader)),
  }));
}

export function encodeSignals(signals: readonly SignalChange[]): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter();
  list(writer, signals, ({ topic, at, value }) => {
    writer.text(topic);
    writer.uint(at);
    writer.bytes(value);
  });
  return writer.finish();
}

export function decodeSignals(bytes: Uint8Array): readonly SignalChange[] {
  const reader = createByteReader(bytes);
  return readList(reader, () => ({ topic: reader.text(), at: reader.uint(), value: reader.bytes() }));
}

export function encodeImage(image: LogImage): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter(64 * 1024);
  writeImage(writer, image);
  return writer.finish();
}

/** Values that are texts are written as their bytes. */
export function writeImage(writer: ByteWriter, image: LogImageOf<Uint8Array | string>): void {
  writer.text(image.log);
  writer.text(image.epoch);
  writer.uint(image.offset);
  list(writer, image.topics, (topic) => writeTopic(writer, topic));
  writer.uint(image.removalHorizon ?? 0);
  list(writer, image.removed ?? [], ({ topic, lane, offset }) => {
    writer.text(topic);
    writer.u8(LANES.indexOf(lane));
    writer.uint(offset);
  });
}

function writeValue(writer: ByteWriter, value: Uint8Array | string): void {
  if (typeof value === 'string') writer.text(value);
  else writer.bytes(value);
}

type WholeTopic = Required<Omit<TopicImage, 'singles'>> & Pick<TopicImage, 'singles'>;
/** Nothing is left out, not even what is empty; single changes only of topics that keep none. */
export type WholeImage = Required<LogImage> & { readonly topics: readonly WholeTopic[] };

/** `withSingles`: false for bytes from before single changes were written. */
export function decodeImage(bytes: Uint8Array, withSingles = true): WholeImage {
  const reader = createByteReader(bytes);
  return {
    log: reader.text(),
    epoch: reader.text(),
    offset: reader.uint(),
    topics: readList(reader, () => readTopic(reader, withSingles)),
    removalHorizon: reader.uint(),
    removed: readList(reader, () => ({
      topic: reader.text(),
      lane: readLane(reader),
      offset: reader.uint(),
    })),
  };
}

function writeChange(writer: ByteWriter, change: TopicChange): void {
  writer.u8(CHANGE_KINDS.indexOf(change.kind));
  writer.text(change.topic);
  if (change.kind === 'removed') return;
  writer.u8(LANES.indexOf(change.lane));
  if (change.kind === 'stream') {
    writer.bytes(change.entry);
    return;
  }
  list(writer, change.set, ([key, value]) => {
    writer.text(key);
    writer.bytes(value);
  });
  list(writer, change.remove, (key) => writer.text(key));
}

function readChange(reader: ByteReader): TopicChange {
  const kind = oneOf(CHANGE_KINDS, reader.u8());
  const topic = reader.text();
  if (kind === 'removed') return { kind, topic };
  const lane = readLane(reader);
  if (kind === 'stream') return { kind, topic, lane, entry: reader.bytes() };
  const set = readList(reader, () => [reader.text(), reader.bytes()] as const);
  return { kind, topic, lane, set, remove: readList(reader, () => reader.text()) };
}

function writeTopic(writer: ByteWriter, topic: TopicImageOf<Uint8Array | string>): void {
  writer.text(topic.topic);
  writer.u8(IMAGE_KINDS.indexOf(topic.kind));
  writer.u8(LANES.indexOf(topic.lane));
  writer.uint(topic.at ?? 0);
  writer.uint(topic.tombstoneHorizon);
  writer.uint(topic.historyFrom);
  list(writer, topic.keys, ({ key, offset, value }) => {
    writer.text(key);
    writer.uint(offset);
    writeValue(writer, value);
  });
  list(writer, topic.tombstones, ({ key, offset }) => {
    writer.text(key);
    writer.uint(offset);
  });
  list(writer, topic.entries, ({ offset, at, data }) => {
    writer.uint(offset);
    writer.uint(at);
    writeValue(writer, data);
  });
  writeSingles(writer, topic.singles);
}

function writeSingles(writer: ByteWriter, singles: TopicImageOf<Uint8Array | string>['singles']): void {
  writer.u8(singles === undefined ? 0 : 1);
  if (singles === undefined) return;
  writer.uint(singles.from);
  list(writer, singles.changes, ({ offset, at, set, remove }) => {
    writer.uint(offset);
    writer.uint(at);
    list(writer, set, ([key, value]) => {
      writer.text(key);
      writeValue(writer, value);
    });
    list(writer, remove, (key) => writer.text(key));
  });
}

function readSingles(reader: ByteReader): Pick<TopicImage, 'singles'> {
  if (reader.u8() === 0) return {};
  const from = reader.uint();
  const changes = readList(reader, (): SingleChangeImage => ({
    offset: reader.uint(),
    at: reader.uint(),
    set: readList(reader, () => [reader.text(), reader.bytes()] as const),
    remove: readList(reader, () => reader.text()),
  }));
  return { singles: { from, changes } };
}

function readTopic(reader: ByteReader, withSingles: boolean): WholeTopic {
  return {
    topic: reader.text(),
    kind: oneOf(IMAGE_KINDS, reader.u8()),
    lane: readLane(reader),
    at: reader.uint(),
    tombstoneHorizon: reader.uint(),
    historyFrom: reader.uint(),
    keys: readList(reader, () => ({ key: reader.text(), offset: reader.uint(), value: reader.bytes() })),
    tombstones: readList(reader, () => ({ key: reader.text(), offset: reader.uint() })),
    entries: readList(reader, () => ({ offset: reader.uint(), at: reader.uint(), data: reader.bytes() })),
    ...(withSingles ? readSingles(reader) : {}),
  };
}

function readLane(reader: ByteReader): Lane {
  return oneOf(LANES, reader.u8());
}

function oneOf<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value has the number ${index}`);
  return value;
}

function list<T>(writer: ByteWriter, items: readonly T[], write: (item: T) => void): void {
  writer.u32(items.length);
  for (const item of items) write(item);
}

function readList<T>(reader: ByteReader, read: () => T): readonly T[] {
  const items: T[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) items.push(read());
  return items;
}
