import { authenticationError, change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { TOPIC_EVENT_TYPES, type CloudEvent, type Json } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const at = 1_750_000_000_000;

test('B1: auth or the upgrade is answered by welcome, a further auth refreshes', async () => {
  const harness = start();
  harness.identities.set('bad', authenticationError('tokenSignatureInvalid', 'the signature does not match'));
  const link = harness.raw('basic');
  await link.send({ type: 'auth', token: 'ann' });
  expect(link.received).toEqual([{ type: 'welcome', user: { id: 'ann', name: 'ann' } }]);
  await link.send({ type: 'auth', token: 'ann' });
  expect(link.received).toHaveLength(1);
  await link.send({ type: 'auth', token: 'bad' });
  expect(link.received[1]).toEqual({
    type: 'error',
    code: 'refreshRefused',
    message: 'the signature does not match',
  });
  const upgraded = harness.raw('basic', 'bob');
  await upgraded.send({ type: 'ping' });
  expect(upgraded.received).toEqual([
    { type: 'welcome', user: { id: 'bob', name: 'bob' } },
    { type: 'pong' },
  ]);
});

test('B3: what a large collection holds comes in parts, and what changes meanwhile between them', async () => {
  const { raw, publish, settle } = start();
  const documents = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`c${index}`, { id: index, text: 'x'.repeat(1_000) }]),
  );
  publish(change.collection('s/l/downtime', documents, [], 'high'));
  const link = raw('basic', 'ann');
  await link.send({ type: 'subscribe', topics: ['s/#'] });
  publish(change.collection('s/l/downtime', { between: { id: 0 } }, [], 'high'));
  await settle();
  for (let round = 0; round < 60; round += 1) await link.pong();
  const events = link.received.filter(({ type }) => type === 'event');
  expect(events.map(({ snapshot }) => snapshot)).toEqual(
    events.map((_, index) => (index === 0 ? true : undefined)),
  );
  const told = events.map(({ more }) => more);
  const parts = told.filter((more) => more !== undefined);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts).toEqual(parts.map((_, index) => index < parts.length - 1));
  const between = events.findIndex(({ data }) => JSON.stringify(data).includes('"between"'));
  expect(told[between]).toBeUndefined();
  expect(between).toBeLessThan(told.lastIndexOf(false));
});

test('B2, B3: subscribe brings events of all kinds', async () => {
  const { raw, publish, signal, settle } = start();
  publish(change.record('s/l/status', { state: 'running', shift: 'A' }));
  publish(change.collection('s/l/andon', { c1: { id: 'c1' }, c2: { id: 'c2' } }, [], 'critical'));
  publish(change.stream('s/l/events', 'before'));
  const link = raw('basic', 'ann');
  await link.send({ type: 'subscribe', topics: ['s/#'], id: 1 });
  await link.pong();
  expect(link.received.slice(1)).toEqual([
    { type: 'subscribed', topics: ['s/#'], id: 1 },
    {
      type: 'event',
      topic: 's/l/andon',
      kind: 'collection',
      data: { set: { c1: { id: 'c1' }, c2: { id: 'c2' } }, remove: [] },
      offset: 2,
      at,
      snapshot: true,
    },
    {
      type: 'event',
      topic: 's/l/status',
      kind: 'record',
      data: { state: 'running', shift: 'A' },
      offset: 1,
      at,
    },
  ]);
  publish(change.record('s/l/status', { state: 'stopped' }), change.stream('s/l/events', { n: 1 }));
  publish(change.collection('s/l/andon', { c1: { done: true } }, ['c2'], 'critical'));
  signal('s/l/m/telemetry/speed', 42);
  await settle();
  await link.pong();
  expect(link.received.slice(4)).toEqual([
    {
      type: 'event',
      topic: 's/l/andon',
      kind: 'collection',
      data: { set: { c1: { done: true } }, remove: ['c2'] },
      offset: 5,
      at,
    },
    {
      type: 'event',
      topic: 's/l/status',
      kind: 'record',
      data: { shift: 'A', state: 'stopped' },
      offset: 4,
      at,
    },
    { type: 'event', topic: 's/l/events', kind: 'stream', data: { n: 1 }, offset: 4, at },
    { type: 'event', topic: 's/l/m/telemetry/speed', kind: 'signal', data: 42, offset: 1, at },
  ]);
  await link.send({ type: 'subscribe', topics: ['s/l/status'] });
  expect(link.received.at(-1)).toEqual({ type: 'subscribed', topics: ['s/l/status'] });
});

test('B4: one event per message, or arrays for who asked for them', async () => {
  const { raw, publish, settle } = start();
  const single = raw('basic', 'ann');
  const batched = raw('basic', 'bob');
  await single.send({ type: 'subscribe', topics: ['s/#'] });
  await batched.send({ type: 'subscribe', topics: ['s/#'], batch: true });
  for (const link of [single, batched]) await link.pong();
  const before = [single.texts.length, batched.texts.length];
  for (let index = 0; index < 5; index += 1) publish(change.stream('s/l/events', index));
  await settle();
  expect(single.texts.length - (before[0] ?? 0)).toBe(5);
  expect(batched.texts.length - (before[1] ?? 0)).toBe(1);
  expect(single.ofType('event')).toEqual(batched.ofType('event'));
});

test('B5: unsubscribe, ping and command are answered', async () => {
  const { raw, commands, publish, settle } = start();
  const link = raw('basic', 'ann');
  await link.send({ type: 'subscribe', topics: ['s/#'] });
  await link.send({ type: 'unsubscribe', topics: ['s/#'], id: 2 });
  await link.send({ type: 'ping', id: 3 });
  publish(change.stream('s/l/events', 1));
  await settle();
  expect(link.received.slice(2)).toEqual([
    { type: 'unsubscribed', topics: ['s/#'], id: 2 },
    { type: 'pong', id: 3 },
  ]);
  await link.send({ type: 'command', command: 'raiseCall', data: { line: 'a/l' }, key: 'abc', id: 4 });
  await link.send({ type: 'command', command: 'x', key: { clientId: 'scada', counter: 7 } });
  await link.send({ type: 'command', command: 'x' });
  await link.send({ type: 'command', command: 'x' });
  const keys = commands.map(({ command }) => command.key);
  expect(keys.slice(0, 2)).toEqual([
    { clientId: 'key:ann:abc', counter: 1 },
    { clientId: 'client:ann:scada', counter: 7 },
  ]);
  expect(keys[2]?.clientId).toBe(keys[3]?.clientId);
  expect(keys.slice(2).map((key) => key?.counter)).toEqual([1, 2]);
  commands[0]?.resolve({ status: 'applied', offset: 3 });
  commands[1]?.resolve({ status: 'applied', offset: 4 });
  await settle();
  expect(link.ofType('outcome')).toEqual([
    { type: 'outcome', id: 4, status: 'applied', offset: 3 },
    { type: 'outcome', status: 'applied', offset: 4 },
  ]);
});

test('B6, B7: publish is not offered by a server without it, and errors carry their name', async () => {
  const link = start().raw('basic', 'ann');
  await link.send({ type: 'publish', topic: 'app/x', data: 1, id: 9 });
  await link.send({ type: 'subscribe', topics: ['a/#/b'], id: 10 });
  expect(link.ofType('error')).toEqual([
    { type: 'error', id: 9, code: 'notAvailable', message: 'the server does not offer this' },
    { type: 'error', id: 10, code: 'invalidFilter', message: 'filters[0]: "#" must be the whole last level' },
  ]);
});

test('B8: a Ping follows what was sent, its Pong opens the window and is the sign of life', async () => {
  const { raw, publish, settle, pass } = start();
  const link = raw('basic', 'ann');
  await link.send({ type: 'subscribe', topics: ['s/#'] });
  for (let index = 0; index < 30; index += 1) {
    publish(change.stream('s/l/events', 'x'.repeat(1_000)));
    await settle();
  }
  expect(link.pings()).toBe(1);
  expect(link.ofType('event').length).toBeLessThan(9);
  await link.pong();
  expect(link.ofType('event')).toHaveLength(30);
  await pass(26_000);
  expect(link.pings()).toBe(1);
  await link.pong();
  await pass(32_000);
  expect(link.closed()).toBeNull();
  await pass(5_000);
  expect(link.closed()?.code).toBe(4001);
});

test('B7, C6: who has too many sessions is told when to come back', async () => {
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({ ...parts, version: 'test', limits: { sessionsPerUser: 0, retryAfterMs: 1_000 } }),
  );
  const link = harness.raw('basic', 'ann');
  await harness.settle();
  expect(link.received).toMatchObject([{ type: 'error', code: 'tooManySessions' }]);
  expect(link.received[0]?.['retryAfterMs']).toBeGreaterThanOrEqual(1_000);
  expect(link.closed()?.code).toBe(4004);
});

test('B9: who reads too slowly is told what is not sent', () => expectLossTold('basic'));

test('B9, V3: receivers of CloudEvents are told what is not sent', () => expectLossTold('cloudevents.json'));

async function expectLossTold(endpoint: 'basic' | 'cloudevents.json'): Promise<void> {
  const history = { entries: 8, ageMs: 3_600_000, tombstones: 2, bytes: 1_000_000 };
  const { raw, publish, settle } = createHubHarness((parts: HarnessParts) =>
    createHub({ ...parts, version: 'test', limits: { history } }),
  );
  const andon = (set: Record<string, Json>, remove: string[] = []) =>
    change.collection('s/l/andon', set, remove, 'critical');
  publish(change.stream('s/l/events', 'first'), andon({ open: { note: 'open' } }));
  const link = raw(endpoint, 'ann');
  const topics = { topics: ['s/#'], id: 1 };
  const subscribe = { specversion: '1.0', id: '1', source: '/test', type: 'ms5.subscribe', data: topics };
  await link.send(endpoint === 'basic' ? { type: 'subscribe', ...topics } : subscribe);
  await link.pong();
  for (let index = 0; index < 60; index += 1) {
    publish(
      change.stream('s/l/events', 'x'.repeat(1_000)),
      andon({ [`c${index}`]: { note: 'x'.repeat(1_000) } }),
    );
    publish(andon({}, [`c${index}`]));
    await settle();
  }
  for (let round = 0; round < 60; round += 1) await link.pong();
  publish(change.stream('s/l/events', 'last'));
  await settle();
  const seen = link.received.map((message) => plainOf(message));
  const about = (topic: string) => seen.filter((each) => each.topic === topic);
  const losses = seen.filter(({ type }) => type === 'lost');
  expect(new Set(losses.map(({ topic }) => topic))).toEqual(new Set(['s/l/events', 's/l/andon']));
  for (const topic of ['s/l/events', 's/l/andon']) {
    const offsets = about(topic).map(({ offset }) => offset);
    const loss = about(topic).findIndex(({ type }) => type === 'lost');
    const { after, offset } = about(topic)[loss] ?? {};
    // It begins where what was sent before ends (the stream changes with every other offset), and what comes after it
    // is later.
    const before = offsets.slice(0, loss).filter((each) => each !== offset);
    const passedOver = (after ?? Infinity) - Math.max(...before);
    expect(passedOver).toBeGreaterThanOrEqual(0);
    expect(passedOver).toBeLessThanOrEqual(topic === 's/l/events' ? 1 : 0);
    expect(offsets.slice(loss + 1).every((each) => each >= (offset ?? Infinity))).toBe(true);
  }
  expect(about('s/l/events').at(-1)).toMatchObject({ data: 'last' });
  expect(losses.find(({ topic }) => topic === 's/l/andon')?.ended).not.toEqual({});
}

interface Plain {
  readonly type: string;
  readonly topic: string;
  readonly offset: number;
  readonly after?: number;
  readonly ended?: Json;
  readonly data?: Json;
}

/** What a message of either endpoint says about a topic. */
function plainOf(message: Readonly<Record<string, Json>>): Plain {
  if (message['specversion'] === undefined) return message as unknown as Plain;
  const { subject = '', ms5offset = '0', type, data = null } = message as unknown as CloudEvent;
  const inner = type === TOPIC_EVENT_TYPES.lost ? (data as Readonly<Record<string, Json>>) : { data };
  return { type: type.slice('ms5.'.length), topic: subject, offset: Number(ms5offset), ...inner };
}
