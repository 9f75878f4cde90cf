import { createByteWriter } from '../delivery/byte-writer.ts';
import { joinToArray, writeKeys } from '../delivery/encoding-json.ts';
import { tellsLoss, type DataEncoding, type EncodedKey, type SnapshotPart } from '../delivery/encoding.ts';
import type { KeyedTopic, StreamTopic, Topic } from '../topics/topic.ts';

/** The `event` of the basic endpoint (PROTOCOL.md, section B), one per message or joined to arrays. */
export function createBasicEncoding(isBatching: boolean): DataEncoding {
  const writer = createByteWriter();

  function begin(topic: Topic): void {
    writer.text(`{"type":"event","topic":${topic.nameJson},"kind":"${topic.kind}","data":`);
  }
  function end(offset: number, at: number, tail = ''): Uint8Array {
    writer.text(`,"offset":${offset},"at":${at}${tail}}`);
    return writer.take();
  }
  function wholeRecord(topic: KeyedTopic): Uint8Array {
    begin(topic);
    writeKeys(
      writer,
      [...topic.keys].map(([key, { value }]) => [key, value]),
    );
    return end(topic.head, topic.at);
  }
  function changes(
    topic: KeyedTopic,
    set: readonly EncodedKey[],
    remove: readonly string[],
    offset: number,
    at: number,
    tail?: string,
  ): Uint8Array {
    begin(topic);
    writer.text('{"set":');
    writeKeys(writer, set);
    writer.text(`,"remove":${JSON.stringify(remove)}}`);
    return end(offset, at, tail);
  }
  function held(topic: KeyedTopic, part: SnapshotPart): readonly Uint8Array[] {
    // A record is sent whole, so once, and not before it has anything.
    if (topic.kind === 'record')
      return part.isLast && topic.keys.size > 0 && part.offset >= topic.head ? [wholeRecord(topic)] : [];
    const more = part.isFirst && part.isLast ? '' : `,"more":${!part.isLast}`;
    const tail = `${part.isFirst ? ',"snapshot":true' : ''}${more}`;
    return [changes(topic, part.set, [], part.offset, topic.at, tail)];
  }
  function lost(topic: KeyedTopic | StreamTopic, { lostSince, offset, ended }: SnapshotPart): Uint8Array {
    writer.text(`{"type":"lost","topic":${topic.nameJson},"after":${lostSince},"offset":${offset}`);
    if (ended.length > 0) {
      writer.text(',"ended":');
      writeKeys(writer, ended);
    }
    writer.text('}');
    return writer.take();
  }

  return {
    id: isBatching ? 'basic-batch' : 'basic',
    snapshotPart(topic, part) {
      const state = topic.kind === 'stream' ? [] : held(topic, part);
      return tellsLoss(topic, part) ? [...state, lost(topic, part)] : state;
    },
    delta(topic, { set, remove, to, at }) {
      return [topic.kind === 'record' ? wholeRecord(topic) : changes(topic, set, remove, to, at)];
    },
    entries: (topic, { entries }) =>
      entries.map(({ offset, at, data }) => {
        begin(topic);
        writer.bytes(data);
        return end(offset, at);
      }),
    signal(topic) {
      begin(topic);
      writer.bytes(topic.value);
      return [end(topic.head, topic.at)];
    },
    gone(topic, reason) {
      writer.text(`{"type":"gone","topic":${JSON.stringify(topic)},"reason":"${reason}"}`);
      return [writer.take()];
    },
    mark: () => [],
    join: (messages) => (isBatching ? joinToArray(writer, messages) : messages),
  };
}
