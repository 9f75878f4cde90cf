import { createHub, type Hub } from '@ms5/hub';
import {
  createFakeClock,
  createSeededRandom,
  createSocketPair,
  type SeededRandom,
  type SocketPair,
} from '@ms5/testkit';
import { describe, expect, it } from 'vitest';
import { createPlantModel, MODEL_TOPICS, readValue } from '../test-support/plant-model.ts';
import { createClient } from './client.ts';
import { json } from './encoding.ts';
import { messagePack } from './msgpack/index.ts';

/** A real client and a real hub over a link that can be slow and break; time, chance and traffic are the test's. */
function createWorld(seed: number, padding = 0) {
  // Both encodings, each with short and long values.
  const isPacked = seed % 4 >= 2;
  const random = createSeededRandom(seed);
  const clock = createFakeClock();
  const model = createPlantModel(padding);
  const applied: number[] = [];
  const known = new Map<string, number>();
  const pairs: SocketPair[] = [];

  function startHub(): Hub {
    const hub = createHub({
      clock,
      random: createSeededRandom(seed + 1),
      version: '0.1.0',
      authenticator: {
        authenticate: () =>
          Promise.resolve({
            userId: 'anna',
            name: 'Anna',
            roles: [],
            expiresAt: clock.now() + 3_600_000,
            permissions: { subscribe: ['#'], publish: [], command: ['#'] },
          }),
      },
      commands: {
        execute({ data, key }) {
          const id = `${key.clientId} ${key.counter}`;
          const offset = known.get(id);
          if (offset !== undefined) return Promise.resolve({ status: 'duplicate', offset });
          applied.push(data as number);
          known.set(id, applied.length);
          return Promise.resolve({ status: 'applied', offset: applied.length });
        },
      },
    });
    hub.load(model.image());
    return hub;
  }

  let hub = startHub();
  const client = createClient({
    url: 'ws://plant.test/ws',
    encoding: isPacked ? messagePack() : json,
    getToken: () => Promise.resolve('token'),
    ports: {
      clock,
      random: createSeededRandom(seed + 2),
      surroundings: { watch: () => () => {} },
      openSocket(_url, [subprotocol], events) {
        const pair = createSocketPair('127.0.0.1', isPacked);
        pairs.push(pair);
        const transport = { ...pair.transport, ping: () => {} };
        const ends = { ...events, binary: events.message };
        clock.after(1, () => pair.open(hub.connect(subprotocol ?? '', transport), ends));
        return pair.socket;
      },
    },
  });

  return {
    random,
    clock,
    model,
    client,
    applied,
    commit(count: number) {
      const entries = Array.from({ length: count }, () => model.commit(random, clock.now()));
      hub.append('plant', entries);
    },
    drop: () => pairs.at(-1)?.drop(),
    restart() {
      for (const pair of pairs) if (pair.isOpen()) pair.drop();
      hub.close();
      hub = startHub();
    },
    deliver(limit: number) {
      pairs.at(-1)?.deliverToServer(random.int(0, limit));
      pairs.at(-1)?.deliverToClient(random.int(0, limit));
    },
    /** Live, nothing waiting, and nothing said for two seconds. */
    async settle() {
      let quietTurns = 0;
      for (let turn = 0; turn < 3_000 && quietTurns < 20; turn += 1) {
        const before = client.statistics().messagesReceived;
        pairs.at(-1)?.flush();
        await clock.advanceSettled(100);
        const isQuiet = client.statistics().messagesReceived === before && client.pending().length === 0;
        quietTurns = isQuiet && client.state().status === 'live' ? quietTurns + 1 : 0;
      }
      expect(quietTurns).toBe(20);
    },
  };
}
type World = ReturnType<typeof createWorld>;

/** Everything the client shows, and what must be true of it whenever it changes. */
function watch({ client, model }: World) {
  const streams = new Map<string, number[]>();
  const losses: string[] = [];
  /** By epoch and field: no value ever goes back. */
  const newest = new Map<string, number>();
  client.stream<number>(
    'plant/#',
    ({ topic, offset, data }) => {
      expect(data).toBe(offset);
      streams.set(topic, [...(streams.get(topic) ?? []), offset]);
    },
    (topic) => losses.push(topic),
  );
  const record = client.record<Record<string, unknown>>('plant/a/l1/status');
  record.subscribe(() => {
    const { position, value } = record.get();
    // While a snapshot comes in, fields that a reset log has not told anew are still the old ones.
    if (position === null || position.epoch !== model.epoch()) return;
    for (const [field, text] of Object.entries(value)) {
      const set = readValue(text);
      const key = `${position.epoch} ${field}`;
      expect(set, `${key} went back`).toBeGreaterThanOrEqual(newest.get(key) ?? 0);
      newest.set(key, set);
    }
  });
  client.records('plant/+/+/status').subscribe(() => {});
  client.collections('plant/#').subscribe(() => {});
  return { streams, losses };
}

/** Screens with overlapping interests, each opened and closed at any time. */
function createScreens({ client, random }: World) {
  const seen: { readonly topic: string; readonly offsets: number[] }[] = [];
  const nothing = (): void => {};
  function follow(filter: string): () => void {
    const own = new Map<string, number[]>();
    return client.stream<number>(filter, ({ topic, offset }) => {
      const offsets = own.get(topic) ?? [];
      if (!own.has(topic)) seen.push({ topic, offsets });
      own.set(topic, offsets);
      offsets.push(offset);
    });
  }
  const openings: readonly (() => () => void)[] = [
    ...Object.keys(MODEL_TOPICS).map((topic) => () => client.record(topic).subscribe(nothing)),
    () => client.records('plant/+/+/status').subscribe(nothing),
    () => client.collections('plant/a/#').subscribe(nothing),
    () => client.collection('plant/a/l1/andon').subscribe(nothing),
    () => client.record('plant/a/l1/status', { rate: 1 }).subscribe(nothing),
    () => client.record('plant/a/l1/status', { rate: 5 }).subscribe(nothing),
    () => client.records('plant/+/+/status', { rate: 2 }).subscribe(nothing),
    // With critical topics and streams among them: goes without a rate.
    () => client.collections('plant/a/#', { rate: 10 }).subscribe(nothing),
    () => follow('plant/a/l1/events'),
    () => follow('plant/+/+/events'),
    () => follow('plant/#'),
  ];
  const open = new Map<number, () => void>();
  return {
    seen: () => seen,
    toggle() {
      const index = random.int(0, openings.length - 1);
      const close = open.get(index);
      if (close === undefined) open.set(index, openings[index]?.() ?? nothing);
      else {
        close();
        open.delete(index);
      }
    },
    showAll() {
      for (const [index, show] of openings.entries()) if (!open.has(index)) open.set(index, show());
    },
  };
}

function expectSame({ client, model }: World): void {
  for (const [topic, { kind }] of Object.entries(MODEL_TOPICS)) {
    if (kind === 'stream') continue;
    const view = kind === 'record' ? client.record(topic).get() : client.collection(topic).get();
    const raw = kind === 'record' ? view.value : Object.fromEntries(client.collection(topic).get().value);
    const value = Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, readValue(text)]));
    const expected = model.keysOf(topic);
    if (Object.keys(expected).length > 0) expect([topic, view.freshness]).toEqual([topic, 'live']);
    expect([topic, value]).toEqual([topic, expected]);
  }
}

async function step(world: World, act: SeededRandom): Promise<void> {
  const { clock } = world;
  const choice = act.next();
  if (choice < 0.45) world.commit(act.int(1, 5));
  else if (choice < 0.9) world.deliver(6);
  else if (choice < 0.95) world.drop();
  else if (choice < 0.97) world.restart();
  else await clock.advanceSettled(act.int(500, 5_000));
  await clock.advanceSettled(act.int(0, 40));
}

describe('with a real hub', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'converges, with every entry once and in order, through drops and restarts (seed %i)',
    async (seed) => {
      // Every third world has values so long that snapshots come in parts and windows fill.
      const world = createWorld(seed, seed % 3 === 0 ? 5_000 : 0);
      const { streams, losses } = watch(world);
      world.client.connect();
      await world.settle();
      const start = world.model.offset();
      const outcomes: Promise<{ readonly status: string }>[] = [];
      for (let turn = 0; turn < 150; turn += 1) {
        await step(world, world.random);
        if (world.random.chance(0.1)) outcomes.push(world.client.command('count', outcomes.length));
      }
      await world.settle();
      expectSame(world);
      for (const [topic, { kind }] of Object.entries(MODEL_TOPICS)) {
        if (kind !== 'stream') continue;
        expect(streams.get(topic) ?? []).toEqual(
          world.model.entriesOf(topic).filter((offset) => offset > start),
        );
      }
      expect(losses).toEqual([]);
      expect(world.applied).toEqual(outcomes.map((_, index) => index));
      for (const { status } of await Promise.all(outcomes))
        expect(['applied', 'duplicate']).toContain(status);
      world.client.close();
    },
  );

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'converges while screens come and go, and every stream they see has no hole (seed %i)',
    async (seed) => {
      const world = createWorld(seed, seed % 3 === 0 ? 5_000 : 0);
      const screens = createScreens(world);
      world.client.connect();
      for (let turn = 0; turn < 200; turn += 1) {
        if (world.random.chance(0.3)) screens.toggle();
        await step(world, world.random);
      }
      screens.showAll();
      await world.settle();
      expectSame(world);
      for (const { topic, offsets } of screens.seen()) {
        const all = world.model.entriesOf(topic);
        const start = all.indexOf(offsets[0] ?? 0);
        expect(offsets).toEqual(all.slice(start, start + offsets.length));
      }
      world.client.close();
    },
  );

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'converges though the log is replaced at any time (seed %i)',
    async (seed) => {
      const world = createWorld(seed, seed % 2 === 0 ? 5_000 : 0);
      const screens = createScreens(world);
      watch(world);
      world.client.connect();
      for (let turn = 0; turn < 150; turn += 1) {
        if (world.random.chance(0.1)) screens.toggle();
        if (world.random.chance(0.03)) {
          world.model.replace(`epoch-${turn}`);
          world.restart();
        }
        await step(world, world.random);
      }
      screens.showAll();
      await world.settle();
      expectSame(world);
      world.client.close();
    },
  );

  it.each([1, 2, 3, 4, 5])('a replaced log voids what was known and says so (seed %i)', async (seed) => {
    const world = createWorld(seed);
    const { losses } = watch(world);
    world.client.connect();
    await world.settle();
    world.commit(40);
    await world.settle();
    expectSame(world);
    world.model.replace('epoch-2');
    world.restart();
    world.commit(5);
    await world.settle();
    expectSame(world);
    expect(losses.length).toBeGreaterThan(0);
  });
});
