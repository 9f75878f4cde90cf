import { CLOUD_EVENTS_VERSION, TOPIC_EVENT_TYPES } from '@ms5/wire';
import { createByteWriter } from '../delivery/byte-writer.ts';
import { writeKeys } from '../delivery/encoding-json.ts';
import { tellsLoss, type DataEncoding, type SnapshotPart } from '../delivery/encoding.ts';
import type { KeyedTopic, StreamTopic, Topic } from '../topics/topic.ts';

/** Which change an event is about: its place, and its time where that is known. */
interface Change {
  readonly type: string;
  readonly offset: number;
  /** Ms since the epoch; 0: not known. */
  readonly at: number;
  readonly key?: string;
}

/** As far as a `Date` reaches (ECMA-262, 21.4.1.1). */
const MAX_DATE_MS = 8.64e15;

function sourceOf(topic: string): string {
  return `/topics/${topic.toWellFormed().split('/').map(encodeURIComponent).join('/')}`;
}

/**
 * The CloudEvents of `cloudevents.json` about topics (PROTOCOL.md, section V). Each is one change under its own id,
 * whatever it is sent together with, so that receivers can tell repetitions. `instance`: of the hub, for the few
 * that are about no change.
 */
export function createCloudEventsEncoding(instance: string): DataEncoding {
  const writer = createByteWriter();
  let notices = 0;

  function begin({ name, nameJson, kind, lane, log }: Topic, { type, offset, at, key }: Change): void {
    const id = `${log.epoch}:${offset}${key === undefined ? '' : `:${key}`}`;
    writer.text(
      `{"specversion":"${CLOUD_EVENTS_VERSION}","id":${JSON.stringify(id)},` +
        `"source":${JSON.stringify(sourceOf(name))},"type":"${type}","subject":${nameJson},` +
        `"ms5kind":"${kind}","ms5lane":"${lane}","ms5epoch":${JSON.stringify(log.epoch)},"ms5offset":"${offset}"`,
    );
    if (key !== undefined) writer.text(`,"ms5key":${JSON.stringify(key)}`);
    if (at > 0 && at <= MAX_DATE_MS) writer.text(`,"time":"${new Date(at).toISOString()}"`);
  }
  function end(data?: Uint8Array | string): Uint8Array {
    if (data !== undefined) writer.text(',"datacontenttype":"application/json","data":');
    if (typeof data === 'string') writer.text(data);
    else if (data !== undefined) writer.bytes(data);
    writer.text('}');
    return writer.take();
  }

  /** The whole document at the topic's head: what came before is in it. */
  function wholeRecord(topic: KeyedTopic): Uint8Array {
    begin(topic, { type: TOPIC_EVENT_TYPES.record, offset: topic.head, at: topic.at });
    writer.text(',"datacontenttype":"application/json","data":');
    writeKeys(
      writer,
      [...topic.keys].map(([key, { value }]) => [key, value]),
    );
    writer.text('}');
    return writer.take();
  }
  function document(topic: KeyedTopic, key: string, value: Uint8Array, change: Stamp): Uint8Array {
    begin(topic, { type: TOPIC_EVENT_TYPES.document, key, ...change });
    return end(value);
  }
  function removal(topic: KeyedTopic, key: string, change: Stamp): Uint8Array {
    begin(topic, { type: TOPIC_EVENT_TYPES.documentRemoved, key, ...change });
    return end();
  }
  function allKeys(topic: KeyedTopic, offset: number, keys: Iterable<string>): Uint8Array {
    begin(topic, { type: TOPIC_EVENT_TYPES.collection, offset, at: 0 });
    return end(JSON.stringify({ keys: [...keys] }));
  }
  function held(topic: KeyedTopic, part: SnapshotPart): readonly Uint8Array[] {
    if (topic.kind === 'record')
      return part.isLast && topic.keys.size > 0 && part.offset >= topic.head ? [wholeRecord(topic)] : [];
    const events = part.set.map(([key, value]) => document(topic, key, value, stampOf(topic, key, part)));
    if (!part.isLast) return events;
    // A part that is the whole snapshot may stand before what the topic holds by now.
    const keys = part.isFirst ? part.set.map(([key]) => key) : topic.keys.keys();
    return [...events, allKeys(topic, part.offset, keys)];
  }

  /** About a topic, and no change of it. */
  function notice(topic: string, type: string): void {
    notices += 1;
    writer.text(
      `{"specversion":"${CLOUD_EVENTS_VERSION}","id":"${instance}:${notices}",` +
        `"source":${JSON.stringify(sourceOf(topic))},"type":"${type}","subject":${JSON.stringify(topic)}`,
    );
  }
  function lost(
    { name, log }: KeyedTopic | StreamTopic,
    { lostSince, offset, ended }: SnapshotPart,
  ): Uint8Array {
    notice(name, TOPIC_EVENT_TYPES.lost);
    writer.text(`,"ms5epoch":${JSON.stringify(log.epoch)},"ms5offset":"${offset}"`);
    writer.text(`,"datacontenttype":"application/json","data":{"after":${lostSince}`);
    if (ended.length > 0) {
      writer.text(',"ended":');
      writeKeys(writer, ended);
    }
    writer.text('}}');
    return writer.take();
  }

  return {
    id: 'cloudevents',
    snapshotPart(topic, part) {
      const state = topic.kind === 'stream' ? [] : held(topic, part);
      return tellsLoss(topic, part) ? [...state, lost(topic, part)] : state;
    },
    delta(topic, { set, remove, to, at }) {
      if (topic.kind === 'record') return to >= topic.head ? [wholeRecord(topic)] : [];
      const stamp = (key: string): Stamp =>
        topic.singles === null ? stampOf(topic, key, { offset: to }) : { offset: to, at };
      return [
        ...set.map(([key, value]) => document(topic, key, value, stamp(key))),
        ...remove.map((key) => removal(topic, key, stamp(key))),
      ];
    },
    entries: (topic, { entries }) =>
      entries.map(({ offset, at, data }) => {
        begin(topic, { type: TOPIC_EVENT_TYPES.entry, offset, at });
        return end(data);
      }),
    signal(topic) {
      begin(topic, { type: TOPIC_EVENT_TYPES.signal, offset: topic.head, at: topic.at });
      return [end(topic.value)];
    },
    gone(topic, reason) {
      notice(topic, TOPIC_EVENT_TYPES.gone);
      return [end(JSON.stringify({ reason }))];
    },
    mark: () => [],
    // One CloudEvent per message: the binding knows no batches.
    join: (messages) => messages,
  };
}

interface Stamp {
  readonly offset: number;
  readonly at: number;
}

/** When and where a key changed last. Of times only that of the topic's newest change is known. */
function stampOf(topic: KeyedTopic, key: string, { offset: otherwise }: { readonly offset: number }): Stamp {
  const offset = topic.keys.get(key)?.offset ?? topic.tombstones.get(key) ?? otherwise;
  return { offset, at: offset === topic.head ? topic.at : 0 };
}
