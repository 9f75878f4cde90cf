import { LANES } from '@ms5/wire';
import { createPackWriter } from '@ms5/wire/msgpack';
import { createToldNumbers, type TopicNumbers } from '../topics/topic-numbers.ts';
import type { DataEncoding, EncodedKey } from './encoding.ts';

const decoder = new TextDecoder();

/**
 * The messages of `ms5.v1.msgpack` about topics (PROTOCOL.md, section M). Values are kept as JSON, so each frame
 * packs what it holds anew, once for all sessions.
 */
export function createPackedEncoding(numbers: TopicNumbers): DataEncoding {
  const writer = createPackWriter();

  function field(name: string, value: unknown): void {
    writer.value(name);
    writer.value(value);
  }
  function json(bytes: Uint8Array): void {
    writer.value(JSON.parse(decoder.decode(bytes)));
  }
  function keys(name: string, set: readonly EncodedKey[]): void {
    writer.value(name);
    writer.map(set.length);
    for (const [key, value] of set) {
      writer.value(key);
      json(value);
    }
  }

  return {
    id: 'packed',
    snapshotPart(topic, { offset, isFirst, isLast, set, lostSince, ended }) {
      const { log, kind, lane, at } = topic;
      writer.map(9 + [isFirst, isLast, lostSince >= 0, ended.length > 0].filter(Boolean).length);
      field('type', 'snapshot');
      field('topic', numbers.of(topic));
      field('kind', kind);
      field('lane', lane);
      field('log', log.id);
      field('epoch', log.epoch);
      field('offset', offset);
      field('at', at);
      if (isFirst) field('begin', true);
      if (isLast) field('end', true);
      if (lostSince >= 0) field('lostSince', lostSince);
      keys('set', set);
      if (ended.length > 0) keys('ended', ended);
      return [writer.take()];
    },
    delta(topic, { from, to, at, set, remove, merged }) {
      writer.map(5 + [set.length > 0, remove.length > 0, merged > 1].filter(Boolean).length);
      field('type', 'delta');
      field('topic', numbers.of(topic));
      field('from', from);
      field('to', to);
      field('at', at);
      if (set.length > 0) keys('set', set);
      if (remove.length > 0) field('remove', remove);
      if (merged > 1) field('merged', merged);
      return [writer.take()];
    },
    entries(topic, range) {
      writer.map(5);
      field('type', 'entries');
      field('topic', numbers.of(topic));
      field('from', range.from);
      field('to', range.to);
      writer.value('entries');
      writer.array(range.entries.length);
      for (const { offset, at, data } of range.entries) {
        writer.map(3);
        field('offset', offset);
        field('at', at);
        writer.value('data');
        json(data);
      }
      return [writer.take()];
    },
    signal(topic) {
      writer.map(6);
      field('type', 'signal');
      field('topic', numbers.of(topic));
      field('epoch', topic.log.epoch);
      field('offset', topic.head);
      field('at', topic.at);
      writer.value('value');
      json(topic.value);
      return [writer.take()];
    },
    // By name: it is the last that is said of it, and it need not have been told a number.
    gone(topic, reason) {
      writer.value({ type: 'gone', topic, reason });
      return [writer.take()];
    },
    mark(log, lane, offset) {
      if (!log.isResumable) return [];
      writer.value({ type: 'mark', lane: LANES[lane], log: log.id, epoch: log.epoch, offset });
      return [writer.take()];
    },
    join(messages) {
      if (messages.length < 2) return messages;
      writer.array(messages.length);
      for (const message of messages) writer.packed(message);
      return [writer.take()];
    },
    naming: {
      start: () => createToldNumbers(numbers),
      names(topics) {
        writer.map(2);
        field('type', 'names');
        writer.value('names');
        writer.map(topics.length);
        for (const topic of topics) field(topic.name, numbers.of(topic));
        return writer.take();
      },
    },
  };
}
