import { createHub } from '@ms5/hub';
import {
  change,
  createHubHarness,
  createSeededRandom,
  emptyImage,
  type HarnessParts,
  type SeededRandom,
} from '@ms5/testkit';
import { decodeEventId, type Json, type ServerMessage } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createEventIds } from './event-ids.ts';

const FILTERS = ['s/#'];
const SEEDS = 40;
/** Turns that each connection is given. */
const TURNS = 30;

interface Held {
  readonly log: string;
  readonly epoch: string;
  position: number;
  /** Of the newest entry had: a topic that began after the id begins again. */
  newest: number;
  readonly values: Map<string, Json>;
  named: Set<string> | null;
  entries: Json[];
  isVoid: boolean;
}

/** What a page makes of a stream by the rules D1, D2, D4 and R6. */
function createPage() {
  let topics = new Map<string, Held>();

  function takeSnapshot(message: Extract<ServerMessage, { type: 'snapshot' }>): void {
    const { topic, kind, log, epoch, offset, set } = message;
    const before = topics.get(topic);
    if (message.begin === true) {
      const isSame = before?.epoch === epoch;
      const newest = isSame ? before.newest : 0;
      if (message.lostSince === undefined && kind === 'stream' && isSame && offset > before.position)
        throw new Error(`${topic}: a silent gap`);
      const values = isSame ? before.values : new Map<string, Json>();
      // Entries are a run; a loss that was told begins another.
      const entries = message.lostSince === undefined ? (before?.entries ?? []) : [];
      topics.set(topic, {
        log,
        epoch,
        position: offset,
        newest,
        values,
        named: new Set(),
        entries,
        isVoid: false,
      });
    }
    const held = topics.get(topic);
    if (held === undefined || held.named === null) throw new Error(`${topic}: a part without a beginning`);
    for (const [key, value] of Object.entries(set)) {
      held.values.set(key, value);
      held.named.add(key);
    }
    held.position = offset;
    if (message.end !== true) return;
    for (const key of held.values.keys()) if (!held.named.has(key)) held.values.delete(key);
    held.named = null;
  }

  function takeChange(message: Extract<ServerMessage, { type: 'delta' | 'entries' }>): void {
    const held = topics.get(message.topic);
    if (held === undefined) throw new Error(`${message.topic}: a change of nothing`);
    if (message.from > held.position) throw new Error(`${message.topic}: a gap`);
    if (message.to <= held.position) return;
    if (message.type === 'entries') {
      const fresh = message.entries.filter(({ offset }) => offset > Math.max(held.position, held.newest));
      held.newest = Math.max(held.newest, message.to);
      held.entries.push(...fresh.map(({ data }) => data));
    } else {
      for (const [key, value] of Object.entries(message.set ?? {})) {
        held.values.set(key, value);
        held.named?.add(key);
      }
      for (const key of message.remove ?? []) {
        held.values.delete(key);
        held.named?.delete(key);
      }
    }
    held.position = message.to;
  }

  return {
    get: (topic: string) => topics.get(topic),
    names: () => [...topics.keys()].sort(),
    startAnew() {
      topics = new Map();
    },
    /** The stream was cut: half a snapshot counts for nothing. */
    interrupt() {
      for (const [name, { named }] of topics) if (named !== null) topics.delete(name);
    },
    take(message: ServerMessage) {
      if (message.type === 'snapshot') takeSnapshot(message);
      else if (message.type === 'delta' || message.type === 'entries') takeChange(message);
      else if (message.type === 'gone') topics.delete(message.topic);
      else if (message.type === 'subscribed')
        for (const held of topics.values()) held.isVoid = message.reset?.includes(held.log) === true;
      else if (message.type === 'synced')
        for (const [name, { isVoid }] of topics) if (isVoid) topics.delete(name);
    },
  };
}

async function runSeed(seed: number): Promise<void> {
  const random: SeededRandom = createSeededRandom(seed);
  const upTo = (count: number): number => Math.floor(random.next() * count);
  const harness = createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
  const { hub, publish, settle } = harness;
  const page = createPage();
  const truth = new Map<string, Map<string, Json>>();
  let entries: Json[] = [];
  let newestId = '';
  let epoch = 1;
  let n = 0;

  /** Takes several windows, in the lane of the stream. */
  function actLarge(): void {
    n += 1;
    const text = 'x'.repeat(4_000);
    const fields = Array.from({ length: 10 }, (_, index): [string, Json] => [`f${index}`, { n, text }]);
    truth.set('s/e/job', new Map(fields));
    publish(change.record('s/e/job', Object.fromEntries(fields), 'normal'));
  }

  function act(): void {
    if (random.next() < 0.1) return actLarge();
    n += 1;
    const topic = ['s/a/status', 's/b/stops', 's/c/andon'][upTo(3)] ?? '';
    const held = truth.get(topic) ?? new Map<string, Json>();
    truth.set(topic, held);
    const key = `k${upTo(5)}`;
    const removes = topic !== 's/a/status' && random.next() < 0.3 && held.has(key);
    if (removes) held.delete(key);
    else held.set(key, n);
    const set = removes ? {} : { [key]: n };
    if (topic === 's/a/status') publish(change.record(topic, set), change.stream('s/d/events', n));
    else {
      const lane = topic === 's/c/andon' ? 'critical' : 'high';
      publish(change.collection(topic, set, removes ? [key] : [], lane), change.stream('s/d/events', n));
    }
    entries.push(n);
  }

  async function connect(limit: number): Promise<void> {
    const decoded = newestId === '' ? null : decodeEventId(newestId, FILTERS);
    if (decoded?.ok === false) throw new Error(decoded.error);
    if (decoded === null) page.startAnew();
    const marks = decoded?.marks ?? null;
    const ids = createEventIds(marks);
    let left = limit;
    let pings = 0;
    const transport = {
      remoteAddress: '127.0.0.1',
      write(messages: readonly Uint8Array[]) {
        for (const message of messages) {
          if (left <= 0) return;
          left -= 1;
          const text = Buffer.from(ids.stamp(message)).toString();
          newestId = /^id: (.+)$/m.exec(text)?.[1] ?? newestId;
          page.take(JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? '') as ServerMessage);
        }
      },
      ping() {
        pings += 1;
      },
      close() {},
    };
    const connection = hub.connect('sse', transport, 'ann');
    await settle();
    const resume = marks === null ? {} : { resume: { marks } };
    connection.receive(JSON.stringify({ type: 'subscribe', id: 1, filters: FILTERS, ...resume }));
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (left <= 0) break;
      if (random.next() < 0.5 && limit < Infinity) act();
      await settle();
      if (pings === 0) continue;
      pings = 0;
      connection.ponged();
    }
    connection.closed(1006);
    page.interrupt();
    await settle();
  }

  for (let round = 0; round < 6; round += 1) {
    for (let count = upTo(8); count > 0; count -= 1) act();
    if (random.next() < 0.15 && n > 0) {
      epoch += 1;
      truth.clear();
      entries = [];
      hub.load({ ...emptyImage, epoch: `e${epoch}`, offset: harness.publish() });
      actLarge();
    }
    await connect(upTo(30));
  }
  await connect(Infinity);
  for (const [topic, held] of truth) {
    const values = Object.fromEntries(page.get(topic)?.values ?? []);
    expect(values).toEqual(Object.fromEntries(held));
  }
  expect(page.names()).toEqual(
    [...new Set([...truth.keys(), ...(entries.length > 0 ? ['s/d/events'] : [])])].sort(),
  );
  // Whatever was received of the stream is an unbroken run, up to the end, in the order it was published.
  const seen = (page.get('s/d/events')?.entries ?? []).filter((entry) => entries.includes(entry));
  if (seen.length > 0) expect(seen).toEqual(entries.slice(entries.length - seen.length));
}

test('Y3: wherever a stream is cut, it continues without gap, repetition or anything stale', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1)
    await runSeed(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : ''}`, { cause: error });
    });
}, 30_000);
