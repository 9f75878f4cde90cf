import {
  change,
  createHubHarness,
  createSocketPair,
  type HarnessParts,
  type PairSocketEvents,
} from '@ms5/testkit';
import { pack, unpack } from '@ms5/wire/msgpack';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const PACKED = { endpoint: 'ms5.v1.msgpack' } as const;

test('M1: both encodings bring the same, whatever the kind and the values', async () => {
  const { publish, signal, join, settle } = start();
  const odd = { 'ä/~': [1.5, -7, null, true, '😀', 2 ** 40, -(2 ** 40)], __proto__: { deep: [[{}]] } };
  publish(change.record('s/l/status', { state: 'running', odd }));
  publish(change.collection('s/l/andon', { c1: { id: 'c1' }, c2: odd }, [], 'critical'));
  publish(change.stream('s/l/events', 'before'));
  signal('s/l/m/telemetry/speed', 42);
  const { client: text } = await join('ann', { filters: ['s/#'] });
  const { client: packed } = await join('bob', { filters: ['s/#'], ...PACKED });
  for (let round = 0; round < 5; round += 1) {
    publish(change.record('s/l/status', { round }), change.stream('s/l/events', { round }));
    publish(change.collection('s/l/andon', { [`c${round}`]: odd }, ['c2'], 'critical'));
    publish(change.record(`s/l${round}/oee`, { round }));
    signal('s/l/m/telemetry/speed', round / 3);
    await settle();
  }
  publish(change.removed('s/l/status'));
  await settle();
  expect(packed.violations).toEqual([]);
  const data = new Set(['snapshot', 'delta', 'entries', 'signal', 'mark', 'gone', 'synced']);
  const of = ({ received }: typeof text) => received.filter(({ type }) => data.has(type));
  expect(of(packed)).toEqual(of(text));
  expect(of(packed).length).toBeGreaterThan(20);
});

test('M1: what a client cannot mean is answered as in JSON, and the connection goes on', async () => {
  const { hub, clock } = start();
  const pair = createSocketPair(undefined, true);
  const received: unknown[] = [];
  const events: PairSocketEvents = {
    opened() {},
    message: (text) => received.push(text),
    binary(bytes) {
      const unpacked = unpack(bytes);
      received.push(...[unpacked.ok ? unpacked.value : unpacked.error].flat());
    },
    closed: (code) => received.push(code),
  };
  pair.open(hub.connect('ms5.v1.msgpack', { ...pair.transport, ping() {} }), events);
  const send = async (message: string | Uint8Array): Promise<unknown> => {
    pair.socket.send(message);
    pair.flush();
    await Promise.resolve();
    await Promise.resolve();
    clock.run();
    pair.flush();
    return received.at(-1);
  };
  const client = { id: 'c', name: 'n', version: '1' };
  expect(await send(pack({ type: 'connect', token: 't', client }))).toMatchObject({ type: 'welcome' });
  expect(await send('{"type":"probe","id":1}')).toMatchObject({ code: 100 });
  expect(await send(Uint8Array.of(0xc1))).toMatchObject({ code: 100 });
  expect(await send(pack([1]))).toMatchObject({ code: 100 });
  expect(await send(pack({ type: 'probe', id: -1 }))).toMatchObject({ code: 100 });
  expect(await send(pack({ type: 'probe', id: 1, padding: 'x'.repeat(66_000) }))).toMatchObject({
    code: 102,
  });
  expect(await send(pack({ type: 'probe', id: 5 }))).toMatchObject({ type: 'probed', id: 5 });
});

test('M2: a number is told once, before it is used, and on every connection', async () => {
  const { publish, join, rejoin, settle } = start();
  for (let index = 0; index < 50; index += 1) publish(change.record(`s/l${index}/status`, { a: 0 }));
  const { client, pair } = await join('ann', { filters: ['s/#'], ...PACKED });
  const first = pair.toClient().bytes;
  publish(...Array.from({ length: 50 }, (_, index) => change.record(`s/l${index}/status`, { a: 1 })));
  await settle();
  const second = pair.toClient().bytes - first;
  pair.drop();
  publish(...Array.from({ length: 50 }, (_, index) => change.record(`s/l${index}/status`, { a: 2 })));
  await rejoin(client);
  expect(client.violations).toEqual([]);
  expect(client.topics.all().map(({ values }) => values.get('a'))).toEqual(Array(50).fill(2));
  expect(second).toBeLessThan(50 * 70);
});

test('M3, D9: a frame is built once per encoding, whoever it goes to', async () => {
  const { publish, join, settle, hub } = start();
  publish(change.stream('s/l/events', 'first'));
  for (let index = 0; index < 5; index += 1) {
    await join(`t${index}`, { filters: ['s/#'] });
    await join(`p${index}`, { filters: ['s/#'], ...PACKED });
  }
  publish(change.stream('s/l/events', 'second'));
  await settle();
  const before = hub.figures();
  publish(change.stream('s/l/events', 'third'));
  await settle();
  const after = hub.figures();
  expect(after.encodes - before.encodes).toBe(2);
  expect(after.batches - before.batches).toBe(2);
  expect(after.writes - before.writes).toBe(10);
});
