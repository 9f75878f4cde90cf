import { change, createHubHarness, emptyImage, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));

test('P1: a topic changes at most as often as was asked, with the latest state, on shared ticks', async () => {
  const { publish, join, settle, clock } = start();
  publish(change.record('s/l/status', { count: 0 }));
  const clients = [];
  for (const id of ['ann', 'bob']) {
    const { client } = await join(id);
    client.subscribeAt(5, 's/+/status');
    await settle();
    clients.push(client);
    clock.advance(37);
  }
  for (let count = 1; count <= 100; count += 1) {
    publish(change.record('s/l/status', { count }));
    await settle();
    clock.advance(10);
  }
  await settle();
  const [ann, bob] = clients.map((client) => client.receivedOf('delta'));
  expect(ann?.length).toBeGreaterThanOrEqual(4);
  expect(ann?.length).toBeLessThanOrEqual(6);
  expect(ann?.slice(-2)).toEqual(bob?.slice(-2));
  expect(ann?.at(-1)?.merged).toBe(20);
  clock.advance(200);
  await settle();
  expect(clients.map((client) => client.topics.get('s/l/status')?.values.get('count'))).toEqual([100, 100]);
  expect(clients.flatMap(({ violations }) => violations)).toEqual([]);
});

test('P1: a signal keeps the rate too, and what is there is sent at once', async () => {
  const { signal, join, settle, clock } = start();
  signal('s/l/m/telemetry/speed', 0);
  const { client } = await join('ann');
  client.subscribeAt(1, 's/#');
  await settle();
  expect(client.receivedOf('signal').map(({ value }) => value)).toEqual([0]);
  for (let value = 1; value <= 30; value += 1) {
    signal('s/l/m/telemetry/speed', value);
    await settle();
    clock.advance(100);
  }
  await settle();
  expect(client.receivedOf('signal').length).toBeLessThanOrEqual(4);
  clock.advance(1_000);
  await settle();
  expect(client.receivedOf('signal').at(-1)?.value).toBe(30);
});

test('P1: sessions with the same filters and rate share what is built', async () => {
  const { publish, join, settle, clock, hub } = start();
  publish(change.record('s/l/status', { count: 0 }));
  for (let index = 0; index < 10; index += 1) {
    const { client } = await join(`c${index}`);
    client.subscribeAt(2, 's/#');
    await settle();
  }
  publish(change.record('s/l/status', { count: 1 }));
  await settle();
  clock.advance(500);
  await settle();
  const before = hub.figures();
  publish(change.record('s/l/status', { count: 2 }));
  publish(change.record('s/l/status', { count: 3 }));
  await settle();
  expect(hub.figures().writes - before.writes).toBe(0);
  clock.advance(500);
  await settle();
  expect(hub.figures().writes - before.writes).toBe(10);
  expect(hub.figures().batches - before.batches).toBe(1);
  expect(hub.figures().encodes - before.encodes).toBe(1);
});

test('P2: streams and critical topics are refused a rate, by name, and nothing changes', async () => {
  const { publish, raw, hub } = start();
  publish(change.stream('s/l1/events', 'one'));
  publish(change.collection('s/l2/andon', { c1: 1 }, [], 'critical'));
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  await link.send({ type: 'subscribe', id: 1, filters: ['s/l1/#'], rate: 5 });
  await link.send({ type: 'subscribe', id: 2, filters: ['s/l2/andon'], rate: 1 });
  await link.send({ type: 'subscribe', id: 3, filters: ['s/l3/#'], rate: 3 });
  expect(link.ofType('error')).toMatchObject([
    { id: 1, code: 113, name: 'rateRefused', message: expect.stringContaining('s/l1/events') as string },
    { id: 2, code: 113, message: expect.stringContaining('critical') as string },
    { id: 3, code: 100 },
  ]);
  expect(hub.sessions()[0]?.subscriptions).toBe(0);
});

test('P2: a stream or critical topic that appears later, or before a resume, is sent live', async () => {
  const { publish, join, rejoin, settle } = start();
  publish(change.record('s/l/status', { a: 1 }));
  const { client, pair } = await join('ann');
  client.subscribeAt(1, 's/#');
  await settle();
  publish(change.stream('s/l/events', 'one'));
  publish(change.collection('s/l/andon', { c1: 1 }, [], 'critical'));
  publish(change.record('s/l/status', { a: 2 }));
  await settle();
  expect(client.topics.get('s/l/events')?.entries).toHaveLength(1);
  expect(client.topics.get('s/l/andon')?.values.size).toBe(1);
  expect(client.topics.get('s/l/status')?.values.get('a')).toBe(1);
  pair.drop();
  publish(change.stream('s/l/events', 'two'));
  await rejoin(client);
  expect(client.receivedOf('error')).toEqual([]);
  expect(client.topics.get('s/l/events')?.entries).toHaveLength(2);
  expect(client.topics.get('s/l/status')?.values.get('a')).toBe(2);
  expect(client.violations).toEqual([]);
});

test('P3: a topic of several filters comes once, at the fastest rate asked', async () => {
  const { publish, join, settle, clock } = start();
  publish(change.record('s/l1/status', { a: 0 }), change.record('s/l2/status', { a: 0 }));
  const { client } = await join('ann');
  client.subscribeAt(1, 's/#');
  client.subscribeAt(10, 's/l1/status', 's/l2/status');
  client.subscribe('s/l1/#');
  await settle();
  for (let a = 1; a <= 20; a += 1) {
    publish(change.record('s/l1/status', { a }), change.record('s/l2/status', { a }));
    await settle();
    clock.advance(50);
    await settle();
  }
  const deltas = client.receivedOf('delta');
  expect(deltas.filter(({ topic }) => topic === 's/l1/status')).toHaveLength(20);
  expect(deltas.filter(({ topic }) => topic === 's/l2/status').length).toBeGreaterThanOrEqual(9);
  expect(deltas.filter(({ topic }) => topic === 's/l2/status').length).toBeLessThanOrEqual(11);
  expect(client.violations).toEqual([]);
});

test('P4: the same filter with another rate changes it, and sends nothing that the client has', async () => {
  const { publish, raw, settle, clock } = start();
  publish(change.record('s/l/status', { a: 0 }));
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'], rate: 1 });
  publish(change.record('s/l/status', { a: 1 }));
  await settle();
  expect(link.ofType('delta')).toEqual([]);
  await link.send({ type: 'subscribe', id: 2, filters: ['s/#'] });
  expect(link.ofType('delta')).toHaveLength(1);
  publish(change.record('s/l/status', { a: 2 }));
  await settle();
  expect(link.ofType('delta')).toHaveLength(2);
  await link.send({ type: 'subscribe', id: 3, filters: ['s/#'], rate: 10 });
  publish(change.record('s/l/status', { a: 3 }));
  await settle();
  expect(link.ofType('delta')).toHaveLength(2);
  clock.advance(100);
  await settle();
  expect(link.ofType('delta')).toHaveLength(3);
  expect(link.ofType('snapshot')).toHaveLength(1);
  expect(link.ofType('synced').map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('P5, R1: a lane has no mark while a topic with a rate is to come, and recovery misses nothing', async () => {
  const { publish, join, rejoin, settle, clock } = start();
  publish(change.record('s/l/status', { a: 0 }), change.record('s/l/oee', { b: 0 }));
  const { client, pair } = await join('ann');
  client.subscribe('s/+/oee');
  client.subscribeAt(1, 's/+/status');
  await settle();
  clock.advance(1_000);
  await settle();
  publish(change.record('s/l/status', { a: 1 }));
  publish(change.record('s/l/oee', { b: 1 }));
  await settle();
  expect(client.topics.get('s/l/oee')?.position).toBe(3);
  expect(client.marks.get('s high')?.offset).toBe(1);
  pair.drop();
  const { pair: second } = await rejoin(client);
  expect(client.topics.get('s/l/status')?.values.get('a')).toBe(1);
  publish(change.record('s/l/oee', { b: 2 }));
  await settle();
  publish(change.record('s/l/status', { a: 2 }));
  await settle();
  expect(client.marks.get('s high')?.offset).toBe(4);
  clock.advance(1_000);
  await settle();
  expect(client.marks.get('s high')?.offset).toBe(5);
  second.drop();
  expect(client.violations).toEqual([]);
});

test('P5: a ping tells no mark that a topic with a rate has not reached', async () => {
  const { publish, join, settle, pass } = start();
  const { client } = await join('ann');
  client.subscribeAt(1, 's/l/status');
  await settle();
  for (let count = 0; count < 40; count += 1) {
    publish(change.record('s/l/status', { count }), change.record('s/elsewhere/status', { count }));
    await pass(700);
    const mark = client.marks.get('s high')?.offset ?? 0;
    expect(client.topics.get('s/l/status')?.position ?? 0).toBeGreaterThanOrEqual(mark - 1);
  }
  expect(client.violations).toEqual([]);
});

test('P1: a log that is loaded anew is sent whole, whatever the rate', async () => {
  const { publish, join, settle, hub } = start();
  publish(change.record('s/l/status', { a: 0 }));
  const { client } = await join('ann');
  client.subscribeAt(1, 's/#');
  await settle();
  hub.load({ ...emptyImage, epoch: 'e2', offset: 7 });
  hub.append('s', [{ offset: 8, at: 1, changes: [change.record('s/l/status', { a: 9 })] }]);
  await settle();
  hub.load({ ...emptyImage, epoch: 'e3', offset: 3 });
  await settle();
  expect(client.topics.get('s/l/status')).toBeUndefined();
  expect(client.violations).toEqual([]);
});

test('P1: basic takes a rate too', async () => {
  const { publish, raw, settle, clock } = start();
  publish(change.record('s/l/status', { a: 0 }));
  const link = raw('basic');
  await link.send({ type: 'auth', token: 't' });
  await link.send({ type: 'subscribe', topics: ['s/#'], rate: 1, id: 1 });
  for (let a = 1; a <= 5; a += 1) {
    publish(change.record('s/l/status', { a }));
    await settle();
  }
  expect(link.ofType('event').map(({ data }) => data)).toEqual([{ a: 0 }]);
  clock.advance(1_000);
  await link.pong();
  expect(link.ofType('event').map(({ data }) => data)).toEqual([{ a: 0 }, { a: 5 }]);
});
