import { LANES } from '@ms5/wire';
import type { KeyedTopic, StreamTopic } from '../topics/topic.ts';
import { createByteWriter, type ByteWriter } from './byte-writer.ts';
import type { DataEncoding, Delta, EncodedKey, EntryRange, SnapshotPart } from './encoding.ts';

/** Writes `{"key":value,…}` from keys and values that are encoded already. */
export function writeKeys(writer: ByteWriter, set: readonly EncodedKey[]): void {
  let separator = '{';
  for (const [key, value] of set) {
    writer.text(`${separator}${JSON.stringify(key)}:`);
    writer.bytes(value);
    separator = ',';
  }
  writer.text(separator === '{' ? '{}' : '}');
}

/** Joins whole JSON texts to one array; a single one stays as it is. */
export function joinToArray(writer: ByteWriter, messages: readonly Uint8Array[]): readonly Uint8Array[] {
  if (messages.length < 2) return messages;
  let separator = '[';
  for (const message of messages) {
    writer.text(separator);
    writer.bytes(message);
    separator = ',';
  }
  writer.text(']');
  return [writer.take()];
}

/** The messages of `ms5.v1.json` about topics (PROTOCOL.md, section D). */
export function createJsonEncoding(): DataEncoding {
  const writer = createByteWriter();

  function snapshotPart(topic: KeyedTopic | StreamTopic, part: SnapshotPart): readonly Uint8Array[] {
    const { log } = topic;
    writer.text(
      `{"type":"snapshot","topic":${topic.nameJson},"kind":"${topic.kind}","lane":"${topic.lane}",` +
        `"log":${JSON.stringify(log.id)},"epoch":${JSON.stringify(log.epoch)},"offset":${part.offset},` +
        `"at":${topic.at}`,
    );
    if (part.isFirst) writer.text(',"begin":true');
    if (part.isLast) writer.text(',"end":true');
    if (part.lostSince >= 0) writer.text(`,"lostSince":${part.lostSince}`);
    writer.text(',"set":');
    writeKeys(writer, part.set);
    if (part.ended.length > 0) {
      writer.text(',"ended":');
      writeKeys(writer, part.ended);
    }
    writer.text('}');
    return [writer.take()];
  }

  function delta(topic: KeyedTopic, { from, to, at, set, remove, merged }: Delta): readonly Uint8Array[] {
    writer.text(`{"type":"delta","topic":${topic.nameJson},"from":${from},"to":${to},"at":${at}`);
    if (set.length > 0) {
      writer.text(',"set":');
      writeKeys(writer, set);
    }
    if (remove.length > 0) writer.text(`,"remove":${JSON.stringify(remove)}`);
    if (merged > 1) writer.text(`,"merged":${merged}`);
    writer.text('}');
    return [writer.take()];
  }

  function entries(topic: StreamTopic, range: EntryRange): readonly Uint8Array[] {
    writer.text(
      `{"type":"entries","topic":${topic.nameJson},"from":${range.from},"to":${range.to},"entries":`,
    );
    let separator = '[';
    for (const { offset, at, data } of range.entries) {
      writer.text(`${separator}{"offset":${offset},"at":${at},"data":`);
      writer.bytes(data);
      writer.text('}');
      separator = ',';
    }
    writer.text(separator === '[' ? '[]}' : ']}');
    return [writer.take()];
  }

  return {
    id: 'json',
    snapshotPart,
    delta,
    entries,
    signal(topic) {
      writer.text(
        `{"type":"signal","topic":${topic.nameJson},"epoch":${JSON.stringify(topic.log.epoch)},` +
          `"offset":${topic.head},"at":${topic.at},"value":`,
      );
      writer.bytes(topic.value);
      writer.text('}');
      return [writer.take()];
    },
    gone(topic, reason) {
      writer.text(`{"type":"gone","topic":${JSON.stringify(topic)},"reason":"${reason}"}`);
      return [writer.take()];
    },
    mark(log, lane, offset) {
      if (!log.isResumable) return [];
      writer.text(
        `{"type":"mark","lane":"${LANES[lane] ?? ''}","log":${JSON.stringify(log.id)},` +
          `"epoch":${JSON.stringify(log.epoch)},"offset":${offset}}`,
      );
      return [writer.take()];
    },
    join: (messages) => joinToArray(writer, messages),
  };
}
