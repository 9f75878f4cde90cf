import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const padding = 'x'.repeat(3_000);

test('D1: a snapshot comes in parts in key order, deltas between them, and drops what is not named', async () => {
  const { publish, join, settle } = start();
  const topic = 's/l/downtime';
  for (const key of ['k3', 'k1', 'k5', 'k2', 'k4']) publish(change.collection(topic, { [key]: { padding } }));
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  const before = client.receivedOf('snapshot');
  expect(before.map(({ begin, end, set }) => [begin, end, Object.keys(set)])).toEqual([
    [true, undefined, ['k1', 'k2', 'k3']],
  ]);
  // The window is full: the rest waits. Meanwhile the topic changes in both halves.
  publish(change.collection(topic, { k1: { padding, late: true }, k0: { late: true } }, ['k5']));
  client.ack();
  await settle();
  client.ack();
  await settle();
  expect(client.received.slice(3).map(({ type }) => type)).toEqual([
    'window',
    'delta',
    'snapshot',
    'synced',
    'mark',
  ]);
  expect(client.receivedOf('snapshot').at(-1)).toMatchObject({ offset: 6, end: true });
  expect([...(client.topics.get(topic)?.values.keys() ?? [])].sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4']);
  expect(client.violations).toEqual([]);
});

test('D2, D3: a delta holds every key changed in its range, once, and counts the changes', async () => {
  const { publish, join, settle } = start();
  publish(change.collection('s/l/downtime', { a: 1, b: 1, c: 1 }));
  const { client } = await join('ann', { filters: ['s/#'] });
  publish(change.collection('s/l/downtime', { a: 2 }));
  publish(change.collection('s/l/downtime', { a: 3, d: 1 }, ['b']));
  publish(change.record('s/l/other', { x: 1 }));
  publish(change.collection('s/l/downtime', { d: 2 }));
  await settle();
  const [delta] = client.receivedOf('delta');
  expect(delta).toEqual({
    type: 'delta',
    topic: 's/l/downtime',
    from: 1,
    to: 5,
    at: 1_750_000_000_000,
    set: { a: 3, d: 2 },
    remove: ['b'],
    merged: 3,
  });
});

test('D4, D5: a stream starts at its head and then gives every entry in order', async () => {
  const { publish, join, settle } = start();
  publish(change.stream('s/l/events', 'before'));
  const { client } = await join('ann', { filters: ['s/#'] });
  expect(client.receivedOf('snapshot')).toMatchObject([{ offset: 1, begin: true, end: true, set: {} }]);
  for (const name of ['one', 'two']) publish(change.stream('s/l/events', name));
  await settle();
  publish(change.stream('s/l/events', 'three'));
  await settle();
  expect(client.receivedOf('entries').map(({ from, to, entries }) => [from, to, entries.length])).toEqual([
    [1, 3, 2],
    [3, 4, 1],
  ]);
  expect(client.topics.get('s/l/events')?.entries.map(({ data }) => data)).toEqual(['one', 'two', 'three']);
});

test('D6: a signal gives its latest value, without marks', async () => {
  const { signal, join, settle } = start();
  const { client } = await join('ann', { filters: ['s/#'] });
  for (const value of [1, 2, 3]) signal('s/l/m/telemetry/speed', value);
  await settle();
  expect(client.receivedOf('signal').map(({ value }) => value)).toEqual([3]);
  expect(client.receivedOf('mark')).toEqual([]);
});

test('D7: critical changes come singly and in order, other lanes merged', async () => {
  const { publish, join, settle } = start();
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  for (const lane of ['critical', 'high'] as const)
    for (const status of ['raised', 'acknowledged', 'resolved'])
      publish(change.collection(`s/l/${lane}`, { call: { status } }, [], lane));
  publish(change.collection('s/l2/critical', { call: { status: 'raised' } }, ['other'], 'critical'));
  publish(change.collection('s/l/critical', {}, ['call'], 'critical'));
  await settle();
  const critical = client.receivedOf('delta').filter(({ topic }) => topic.endsWith('critical'));
  expect(critical.map(({ topic, to, set, remove, merged }) => [topic, to, set ?? remove, merged])).toEqual([
    ['s/l/critical', 1, { call: { status: 'raised' } }, undefined],
    ['s/l/critical', 2, { call: { status: 'acknowledged' } }, undefined],
    ['s/l/critical', 3, { call: { status: 'resolved' } }, undefined],
    ['s/l2/critical', 7, { call: { status: 'raised' } }, undefined],
    ['s/l/critical', 8, ['call'], undefined],
  ]);
  expect(client.topics.get('s/l/high')?.values.get('call')).toEqual({ status: 'resolved' });
});

test('D8: a stalled session gets the latest state, every entry, every critical change', async () => {
  const { publish, join, settle } = start();
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  client.ack();
  for (let round = 0; round < 20; round += 1) {
    publish(change.record('s/l/status', { padding, round }));
    publish(change.stream('s/l/events', { padding, round }));
    publish(change.collection('s/l/andon', { [`c${round % 3}`]: { round } }, [], 'critical'));
    await settle();
  }
  const stalledAt = client.receivedCount();
  for (let round = 0; round < 40; round += 1) {
    client.ack();
    await settle();
  }
  expect(client.receivedCount()).toBeGreaterThan(stalledAt);
  expect(client.receivedOf('delta').filter(({ topic }) => topic === 's/l/status').length).toBeLessThan(10);
  expect(client.topics.get('s/l/status')?.values.get('round')).toBe(19);
  expect(client.topics.get('s/l/events')?.entries).toHaveLength(20);
  expect(client.receivedOf('delta').filter(({ topic }) => topic === 's/l/andon')).toHaveLength(20);
  expect(client.violations).toEqual([]);
});

test('D9: one encode per publish, one write per session, the same bytes for all', async () => {
  const { publish, join, raw, settle, hub } = start();
  for (let index = 0; index < 10; index += 1) await join(`c${index}`, { filters: ['s/#'] });
  publish(change.stream('s/l/events', 'first'));
  await settle();
  const links = ['x', 'y'].map(() => raw('ms5.v1.json'));
  for (const link of links) {
    await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
    await link.send({ type: 'subscribe', id: 1, filters: ['s/#'] });
    await link.send({ type: 'ack', received: link.texts.length });
  }
  const before = hub.figures();
  publish(change.stream('s/l/events', 'second'));
  await settle();
  const after = hub.figures();
  expect(after.encodes - before.encodes).toBe(1);
  expect(after.batches - before.batches).toBe(1);
  expect(after.writes - before.writes).toBe(12);
  expect(links[0]?.texts.at(-1)).toBe(links[1]?.texts.at(-1));
});

test('D6: a signal that was another kind in between is not removed in its own place', async () => {
  const { join, signal, publish, settle } = start();
  const { client } = await join('ann', { filters: ['app/x'] });
  signal('app/x', 1);
  await settle();
  publish(change.record('app/x', { field: 1 }));
  publish(change.removed('app/x'));
  await settle();
  signal('app/x', 2);
  await settle();
  const before = client.receivedOf('gone').length;
  for (let index = 1; index < 20_000; index += 1) signal(`app/${index}`, index);
  await settle();
  expect(client.receivedOf('gone')).toHaveLength(before);
  expect(client.receivedOf('signal').at(-1)).toMatchObject({ topic: 'app/x', value: 2 });
});

test("D6: other programs' signals push out none of the machines'", async () => {
  const { join, signal, settle } = start();
  const { client } = await join('ann', { filters: ['s/l/m/telemetry/first', 'app/0'] });
  signal('s/l/m/telemetry/first', 1);
  for (let index = 0; index <= 20_000; index += 1) signal(`app/${index}`, index);
  await settle();
  expect(client.receivedOf('gone').map(({ topic }) => topic)).not.toContain('s/l/m/telemetry/first');
  signal('s/l/m/telemetry/first', 2);
  await settle();
  expect(client.receivedOf('signal').at(-1)).toMatchObject({ topic: 's/l/m/telemetry/first', value: 2 });
  expect((await join('bob', { filters: ['app/0', 'app/1'] })).client.receivedOf('signal')).toMatchObject([
    { topic: 'app/1', value: 1 },
  ]);
});

test('D6: names that machines make up do not fill the memory, and signals that change stay', async () => {
  const { join, signal, settle, hub } = start();
  const { client } = await join('ann', { filters: ['s/l/m/telemetry/first', 's/l/m/telemetry/second'] });
  signal('s/l/m/telemetry/first', 1);
  signal('s/l/m/telemetry/second', 1);
  await settle();
  for (let index = 0; index < 60_000; index += 1) {
    signal(`s/l/m/telemetry/${index}`, index);
    if (index % 5_000 > 0) continue;
    signal('s/l/m/telemetry/second', index);
    await settle();
  }
  await settle();
  expect(client.receivedOf('gone')).toEqual([
    { type: 'gone', topic: 's/l/m/telemetry/first', reason: 'removed' },
  ]);
  expect(hub.figures().topics).toBeLessThanOrEqual(30_001);
  signal('s/l/m/telemetry/first', 2);
  await settle();
  expect(client.receivedOf('signal').at(-1)).toMatchObject({ topic: 's/l/m/telemetry/first', value: 2 });
});
