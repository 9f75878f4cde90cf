import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));

test('T3, S1: subscribed, then what the topics hold, then synced', async () => {
  const { publish, signal, join } = start();
  publish(change.record('s/l/status', { state: 'running' }));
  publish(change.collection('s/l/andon', { c1: { id: 'c1' } }, [], 'critical'));
  publish(change.stream('s/l/events', 'before'));
  signal('s/l/m/telemetry/speed', 42);
  const { client } = await join('ann', { filters: ['s/#'] });
  expect(client.received.map(({ type }) => type)).toEqual([
    'welcome',
    'subscribed',
    'snapshot',
    'mark',
    'snapshot',
    'mark',
    'snapshot',
    'mark',
    'signal',
    'synced',
  ]);
  const held = client.topics.all().map(({ name, kind, values }) => [name, kind, Object.fromEntries(values)]);
  expect(held).toEqual([
    ['s/l/andon', 'collection', { c1: { id: 'c1' } }],
    ['s/l/status', 'record', { state: 'running' }],
    ['s/l/events', 'stream', {}],
    ['s/l/m/telemetry/speed', 'signal', { value: 42 }],
  ]);
});

test('T4: a topic that changes its lane or kind is another topic', async () => {
  const { publish, join, settle } = start();
  publish(change.record('s/l/x', { a: 1 }));
  const { client } = await join('ann', { filters: ['s/#'] });
  publish(change.stream('s/l/x', 'entry'));
  await settle();
  expect(client.topics.get('s/l/x')).toMatchObject({ kind: 'stream', lane: 'normal' });
  expect(client.topics.get('s/l/x')?.entries).toHaveLength(1);
  expect(client.violations).toEqual([]);
});

test('T5: a removed topic is told, a new one is sent to whoever its name concerns', async () => {
  const { publish, join, settle } = start();
  publish(change.record('s/l1/status', { a: 1 }));
  const { client } = await join('ann', { filters: ['s/+/status'] });
  const { client: other } = await join('bob', { filters: ['s/l1/status'] });
  publish(change.removed('s/l1/status'));
  publish(change.record('s/l2/status', { b: 2 }));
  await settle();
  expect(client.receivedOf('gone')).toEqual([{ type: 'gone', topic: 's/l1/status', reason: 'removed' }]);
  expect(client.topics.all().map(({ name }) => name)).toEqual(['s/l2/status']);
  expect(other.topics.all()).toEqual([]);
});

test('T2: a filter that is not valid is refused by its place, and nothing changes', async () => {
  const { join, settle, hub } = start();
  const { client } = await join('ann');
  client.send({ type: 'subscribe', id: 3, filters: ['s/#', 's/#/x'] });
  await settle();
  expect(client.receivedOf('error')).toMatchObject([
    { id: 3, code: 110, message: 'filters[1]: "#" must be the whole last level' },
  ]);
  expect(hub.sessions()[0]?.subscriptions).toBe(0);
});

test('S2: the first answer carries a position even if nothing was ever published', async () => {
  const { join } = start();
  const { client } = await join('ann', { filters: ['s/#'] });
  expect(client.receivedOf('subscribed')[0]?.marks).toEqual(
    ['critical', 'high', 'normal', 'low'].map((lane) => ({ lane, log: 's', epoch: 'e1', offset: 0 })),
  );
  expect(client.receivedOf('synced')).toHaveLength(1);
});

test('S3: overlapping filters deliver once', async () => {
  const { publish, join, settle } = start();
  publish(change.record('s/l/status', { a: 1 }));
  const { client } = await join('ann', { filters: ['s/#', 's/+/status', 's/l/status'] });
  client.subscribe('s/l/#');
  await settle();
  publish(change.record('s/l/status', { a: 2 }));
  await settle();
  expect(client.receivedOf('snapshot')).toHaveLength(1);
  expect(client.receivedOf('delta')).toHaveLength(1);
  expect(client.receivedOf('synced')).toHaveLength(2);
});

test('S4: after unsubscribe only what another filter matches comes', async () => {
  const { publish, join, settle } = start();
  const { client } = await join('ann', { filters: ['s/l1/#'] });
  client.subscribe('s/l2/#', 's/l1/status');
  await settle();
  client.unsubscribe('s/l1/#', 'never/asked');
  await settle();
  expect(client.receivedOf('unsubscribed')).toMatchObject([{ filters: ['s/l1/#', 'never/asked'] }]);
  publish(change.record('s/l1/status', { a: 1 }), change.record('s/l1/oee', { a: 1 }));
  publish(change.record('s/l2/oee', { a: 1 }));
  await settle();
  expect(client.topics.all().map(({ name }) => name)).toEqual(['s/l1/status', 's/l2/oee']);
});

test('S5: 500 filters per request, 2,000 per session', async () => {
  const { join, settle, hub } = start();
  const { client } = await join('ann');
  const filters = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `s/${from + index}`);
  client.send({ type: 'subscribe', id: 1, filters: filters(0, 501) });
  for (let part = 0; part < 4; part += 1)
    client.send({ type: 'subscribe', id: 10 + part, filters: filters(part * 500, 500) });
  client.send({ type: 'subscribe', id: 2, filters: ['s/1', 's/one-more'] });
  client.send({ type: 'subscribe', id: 3, filters: ['s/1'] });
  await settle();
  expect(client.receivedOf('error')).toMatchObject([
    { id: 1, name: 'invalidMessage' },
    { id: 2, name: 'tooManySubscriptions' },
  ]);
  expect(client.receivedOf('subscribed').map(({ id }) => id)).toEqual([10, 11, 12, 13, 3]);
  expect(hub.sessions()[0]?.subscriptions).toBe(2_000);
});

test('S1: a topic that takes the place of one that was waited for is waited for', async () => {
  const { publish, join, settle } = start();
  const padding = 'x'.repeat(9_000);
  publish(change.record('s/l/big', { padding }), change.record('s/l/status', { padding }));
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  client.subscribe('s/l/status');
  await settle();
  expect(client.topics.get('s/l/status')).toBeUndefined();
  publish(change.removed('s/l/status'));
  publish(change.record('s/l/status', { padding, again: true }));
  await settle();
  expect(client.receivedOf('synced')).toEqual([]);
  for (let round = 0; round < 4; round += 1) {
    client.ack();
    await settle();
  }
  const types = client.received.map((message) =>
    message.type === 'snapshot' ? message.topic : message.type,
  );
  expect(types.indexOf('s/l/status')).toBeGreaterThan(types.indexOf('s/l/big'));
  expect(types.indexOf('synced')).toBeGreaterThan(types.indexOf('s/l/status'));
  expect(client.receivedOf('synced')).toHaveLength(2);
  expect(client.topics.get('s/l/status')?.values.get('again')).toBe(true);
});
