import { CLOUD_EVENTS_VERSION, TOPIC_EVENT_TYPES, type CloudEvent, type Json } from '@ms5/wire';
import type { ListenerParts } from './event-listener.ts';
import { createGuestLink, type Guest } from './guest.ts';
import { digestKeys, digestOfValue, type Digest } from './sightings.ts';

const NAME = 'cloud';
const FILTERS = ['s/a/l2/#', 'app/#'];

const byName = ([a]: [string, Json], [b]: [string, Json]): number => (a < b ? -1 : 1);

interface Held {
  readonly epoch: string;
  readonly values: Map<string, Json>;
  offset: number;
  isStream: boolean;
  /** All keys have been named. */
  isWhole: boolean;
}

/** A receiver of CloudEvents over WebSocket: without positions, so what it holds begins anew with each connection. */
export function createCloudEventsListener({ sightings, trace }: ListenerParts): Guest {
  const link = createGuestLink({ name: NAME, trace });
  const held = new Map<string, Held>();
  /** The data of each event, by source and id: they stand for one change for ever. */
  const known = new Map<string, Digest>();
  const faults: string[] = [];
  let connection = 0;

  function take(event: CloudEvent): void {
    const { subject: topic, type, ms5epoch: epoch, ms5offset } = event;
    if (topic === undefined || type === TOPIC_EVENT_TYPES.signal) return;
    if (type === TOPIC_EVENT_TYPES.gone) return letGo(topic);
    if (epoch === undefined || ms5offset === undefined) return;
    if (type === TOPIC_EVENT_TYPES.lost) return noteLoss(topic, epoch, event);
    if (type !== TOPIC_EVENT_TYPES.collection) noteIdentity(event);
    const before = held.get(topic);
    const topicHeld: Held =
      before?.epoch === epoch
        ? before
        : { epoch, values: new Map(), offset: 0, isStream: false, isWhole: false };
    held.set(topic, topicHeld);
    topicHeld.offset = Math.max(topicHeld.offset, Number(ms5offset));
    apply(topicHeld, topic, event);
  }

  function apply(topicHeld: Held, topic: string, event: CloudEvent): void {
    const { type, ms5offset, ms5key: key = '', data = null } = event;
    const { epoch, values } = topicHeld;
    if (type === TOPIC_EVENT_TYPES.entry) {
      topicHeld.isStream = true;
      topicHeld.isWhole = true;
      const offset = Number(ms5offset);
      const client = `${NAME}.${connection}`;
      sightings.push({ kind: 'entry', client, topic, epoch, offset, digest: digestOfValue(data) });
    } else if (type === TOPIC_EVENT_TYPES.record) {
      values.clear();
      for (const [name, value] of Object.entries(data as Readonly<Record<string, Json>>))
        values.set(name, value);
      topicHeld.isWhole = true;
    } else if (type === TOPIC_EVENT_TYPES.document) values.set(key, data);
    else if (type === TOPIC_EVENT_TYPES.documentRemoved) values.delete(key);
    else {
      const { keys } = data as { readonly keys: readonly string[] };
      for (const name of values.keys()) if (!keys.includes(name)) values.delete(name);
      topicHeld.isWhole = true;
    }
  }

  /** What comes next goes on behind the gap. */
  function noteLoss(topic: string, epoch: string, { ms5offset }: CloudEvent): void {
    const client = `${NAME}.${connection}`;
    const offset = Number(ms5offset);
    const before = held.get(topic);
    const heldOffset = before?.offset ?? -1;
    // What has a state came with it, so what is not known is a stream.
    if (before === undefined)
      held.set(topic, { epoch, values: new Map(), offset, isStream: true, isWhole: true });
    else before.offset = Math.max(before.offset, offset);
    sightings.push({
      kind: 'start',
      client,
      topic,
      epoch,
      offset,
      heldOffset,
      isVoid: false,
      isLossTold: true,
    });
  }

  function letGo(topic: string): void {
    held.delete(topic);
    sightings.push({ kind: 'end', client: `${NAME}.${connection}`, topic });
  }

  function noteIdentity({ source, id, type, data = null }: CloudEvent): void {
    const identity = `${source} ${id}`;
    // The order of a record's fields says nothing.
    const isRecord = type === TOPIC_EVENT_TYPES.record;
    const content = isRecord ? Object.fromEntries(Object.entries(data ?? {}).sort(byName)) : data;
    const digest = `${type} ${digestOfValue(content)}`;
    const before = known.get(identity);
    if (before !== undefined && before !== digest)
      faults.push(`${NAME} ${identity}: was ${before}, is ${digest}`);
    known.set(identity, digest);
  }

  return {
    name: NAME,
    isOpen: () => link.isOpen(),
    connect(hub) {
      connection += 1;
      held.clear();
      link.open((transport) => hub.connect('cloudevents.json', transport, NAME), {
        opened: () =>
          link.send({
            specversion: CLOUD_EVENTS_VERSION,
            id: '1',
            source: '/listener',
            type: 'ms5.subscribe',
            data: { topics: FILTERS, id: 1 },
          }),
        message: (text) => take(JSON.parse(text) as CloudEvent),
      });
    },
    drop: () => link.drop(),
    deliver: (count) => link.deliver(count),
    act() {},
    calm() {},
    conclude() {},
    rest() {
      const topics = new Map<string, { epoch: string; offset: number; isCurrent: boolean }>();
      for (const [topic, { epoch, offset, values, isStream, isWhole }] of held) {
        topics.set(topic, { epoch, offset, isCurrent: isWhole });
        if (isStream || !isWhole) continue;
        sightings.push({ kind: 'state', client: NAME, topic, epoch, offset, keys: digestKeys(values) });
      }
      // A stream without a new entry, or a record without a field, says nothing.
      return { client: NAME, isMatched: (topic) => topics.has(topic), topics };
    },
    faults: () => faults,
  };
}
