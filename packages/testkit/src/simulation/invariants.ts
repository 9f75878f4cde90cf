import { matchesTopic, parseTopicFilter } from '@ms5/wire';
import type { ReferenceClient } from '../reference-client.ts';
import type { ReferenceTopic } from '../reference-topics.ts';
import type { SocketPair } from '../socket-pair.ts';
import type { ModelTopic, PlantModel } from './plant-model.ts';

export interface SimulatedClient {
  readonly client: ReferenceClient;
  pair: SocketPair | null;
  acknowledges: boolean;
  /** Bytes of this connection acknowledged. */
  bytesApplied: number;
  /** Filters subscribed to later. */
  readonly extra: (readonly string[])[];
}

/** The part for critical alone, one message larger than the window, and replies, which do not wait for it. */
const OVERSHOOT_BYTES = 40_960;

/** What was sent and not acknowledged stays within the window. */
export function checkWindow({ client, pair, bytesApplied }: SimulatedClient): readonly string[] {
  if (pair === null) return [];
  const told = client.receivedOf('window').at(-1) ?? client.receivedOf('welcome').at(-1);
  // A window that grew may not have been told yet; it at most doubles at a time.
  const bound = 2 * (told?.windowBytes ?? 0) + OVERSHOOT_BYTES;
  const outstanding = pair.toClient().bytes - bytesApplied;
  return outstanding <= bound ? [] : [`${outstanding} bytes outstanding, ${bound} are the bound`];
}

/** What is wrong with what a client holds once all has come to rest. */
export function checkConvergence({ client }: SimulatedClient, model: PlantModel): readonly string[] {
  const faults: string[] = [];
  const filters = client.filters().flatMap((text) => {
    const parsed = parseTopicFilter(text);
    return parsed.ok ? [parsed.filter] : [];
  });
  const isMatched = (name: string): boolean => filters.some((filter) => matchesTopic(filter, name));
  for (const topic of model.topics().values()) {
    if (!isMatched(topic.name)) continue;
    const held = client.topics.get(topic.name);
    if (held === undefined) faults.push(`${topic.name}: missing`);
    else faults.push(...checkTopic(held, topic, model.epoch()));
  }
  for (const { name, kind } of client.topics.all())
    if (kind !== 'signal' && isMatched(name) && !model.topics().has(name))
      faults.push(`${name}: was removed`);
  return faults;
}

function checkTopic(held: ReferenceTopic, topic: ModelTopic, epoch: string): readonly string[] {
  const { name } = topic;
  if (held.named !== null) return [`${name}: its snapshot has no end`];
  if (held.epoch !== epoch) return [`${name}: of epoch ${held.epoch}, not ${epoch}`];
  return topic.kind === 'stream' ? checkStream(held, topic) : checkKeys(held, topic);
}

function checkKeys(held: ReferenceTopic, topic: ModelTopic): readonly string[] {
  const expected = [...topic.keys].map(([key, { value }]) => `${key}=${JSON.stringify(value)}`).sort();
  const found = [...held.values].map(([key, value]) => `${key}=${JSON.stringify(value)}`).sort();
  const faults: string[] = [];
  if (expected.join() !== found.join())
    faults.push(`${topic.name}: holds ${found.length} keys that differ from ${expected.length}`);
  if (topic.lane === 'critical') faults.push(...checkSingly(held, topic));
  return faults;
}

/** Each critical delta of the topic's present life holds exactly one change. */
function checkSingly(held: ReferenceTopic, topic: ModelTopic): readonly string[] {
  const known = new Set(topic.changes);
  return held.ranges
    .filter(([, to]) => known.has(to))
    .filter(([from, to]) => topic.changes.filter((offset) => offset > from && offset <= to).length !== 1)
    .map(([from, to]) => `${topic.name}: (${from}, ${to}] is not one change`);
}

/** Entries are neighbours in the log, but where a loss was told; and the last one is held. */
function checkStream(held: ReferenceTopic, topic: ModelTopic): readonly string[] {
  const faults: string[] = [];
  const offsets = topic.changes;
  let gaps = 0;
  let previous = -1;
  for (const { offset } of held.entries) {
    const index = offsets.indexOf(offset);
    // What came before the topic's present life is not judged: it may have been removed and have come back.
    if (index === -1 && offset > (offsets[0] ?? Infinity))
      faults.push(`${topic.name}: entry ${offset} was never published`);
    if (previous !== -1 && index !== previous + 1) gaps += 1;
    previous = index;
  }
  if (gaps > held.losses) faults.push(`${topic.name}: ${gaps} gaps, ${held.losses} told`);
  const last = offsets.at(-1) ?? 0;
  if (held.position < last) faults.push(`${topic.name}: at ${held.position}, head ${last}`);
  return faults;
}
