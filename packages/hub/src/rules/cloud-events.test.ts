import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import type { CloudEvent, Json } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { PublishPort } from '../ports.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const time = new Date(1_750_000_000_000).toISOString();
const ask = (type: string, data: Json): Json => ({
  specversion: '1.0',
  id: '1',
  source: '/test',
  type,
  data,
});
const asEvents = (received: readonly Record<string, Json>[]): readonly CloudEvent[] =>
  received as unknown as CloudEvent[];
const identity = ({ source, id }: CloudEvent): string => `${source} ${id}`;

async function listen(harness: ReturnType<typeof start>, token = 'ann') {
  const link = harness.raw('cloudevents.json', token);
  await link.send(ask('ms5.subscribe', { topics: ['s/#'], id: 1 }));
  await link.pong();
  return link;
}

test('V1: messages of the basic endpoint travel as data of CloudEvents', async () => {
  const link = start().raw('cloudevents.json');
  await link.send(ask('ms5.auth', { token: 'ann' }));
  await link.send(ask('ms5.subscribe', { topics: ['s/#'], id: 7 }));
  await link.send(ask('ms5.ping', { id: 8 }));
  await link.send(ask('ms5.subscribe', { topics: 's/#', id: 9 }));
  await link.send({ type: 'ping' });
  const answers = asEvents(link.received);
  expect(answers.map(({ type, data }) => [type, data])).toEqual([
    ['ms5.welcome', { user: { id: 'ann', name: 'ann' } }],
    ['ms5.subscribed', { topics: ['s/#'], id: 7 }],
    ['ms5.pong', { id: 8 }],
    ['ms5.error', expect.objectContaining({ code: 'invalidMessage', id: 9 })],
    ['ms5.error', expect.objectContaining({ code: 'invalidMessage' })],
  ]);
  expect(new Set(answers.map(identity)).size).toBe(5);
  for (const { specversion, source } of answers) {
    expect(specversion).toBe('1.0');
    expect(source).toMatch(/^\/gateways\/\w+$/);
  }
});

test('V3: each change of a topic is one CloudEvent', async () => {
  const harness = start();
  const { publish, signal, settle } = harness;
  publish(change.record('s/l 1/status', { state: 'running' }));
  publish(change.collection('s/l 1/stops', { a: 1 }));
  publish(change.collection('s/l 1/stops', { b: 2 }));
  const link = await listen(harness);
  const about = { specversion: '1.0', ms5epoch: 'e1', datacontenttype: 'application/json' };
  const status = { ...about, source: '/topics/s/l%201/status', subject: 's/l 1/status', type: 'ms5.record' };
  const stops = { ...about, source: '/topics/s/l%201/stops', subject: 's/l 1/stops', ms5kind: 'collection' };
  const high = { ms5lane: 'high' };
  expect(link.received.slice(2)).toEqual([
    { ...status, ...high, id: 'e1:1', ms5kind: 'record', ms5offset: '1', time, data: { state: 'running' } },
    { ...stops, ...high, id: 'e1:2:a', type: 'ms5.document', ms5offset: '2', ms5key: 'a', data: 1 },
    { ...stops, ...high, id: 'e1:3:b', type: 'ms5.document', ms5offset: '3', ms5key: 'b', time, data: 2 },
    { ...stops, ...high, id: 'e1:3', type: 'ms5.collection', ms5offset: '3', data: { keys: ['a', 'b'] } },
  ]);
  const before = link.received.length;
  publish(change.collection('s/l 1/stops', {}, ['a']), change.stream('s/l 1/events', null));
  signal('s/l 1/speed', 42);
  publish(change.removed('s/l 1/status'));
  await settle();
  await link.pong();
  const later = asEvents(link.received.slice(before)).toSorted((a, b) => a.type.localeCompare(b.type));
  const said = later.map(({ type, subject, ms5offset, data }) => [type, subject, ms5offset, data]);
  expect(said).toEqual([
    ['ms5.document.removed', 's/l 1/stops', '4', undefined],
    ['ms5.entry', 's/l 1/events', '4', null],
    ['ms5.gone', 's/l 1/status', undefined, { reason: 'removed' }],
    ['ms5.signal', 's/l 1/speed', '1', 42],
  ]);
});

test('V4: the same change has the same id whenever it is sent, and no two share one', async () => {
  const harness = start();
  const { publish, settle } = harness;
  const attentive = await listen(harness, 'ann');
  const stalled = await listen(harness, 'bob');
  for (let n = 1; n <= 60; n += 1) {
    publish(
      change.record('s/l/status', { n, text: 'x'.repeat(300) }),
      change.collection('s/l/stops', { [`k${n % 7}`]: n }, n % 5 === 0 ? [`k${(n + 3) % 7}`] : []),
      change.collection('s/l/andon', { [`c${n % 3}`]: n }, [], 'critical'),
      change.stream('s/l/events', n),
    );
    await settle();
    await attentive.pong();
  }
  await stalled.pong();
  const late = await listen(harness, 'cid');
  const known = new Map<string, CloudEvent>();
  for (const link of [attentive, stalled, late]) {
    const events = asEvents(link.received).filter(({ source }) => source.startsWith('/topics/'));
    expect(new Set(events.map(identity)).size).toBe(events.length);
    for (const event of events) {
      const { time: _, ...same } = event;
      const before = known.get(identity(event));
      if (before !== undefined) expect(same).toEqual({ ...before, time: undefined });
      known.set(identity(event), same);
    }
  }
  const critical = asEvents(stalled.received).filter(({ subject }) => subject === 's/l/andon');
  expect(critical.filter(({ type }) => type === 'ms5.document')).toHaveLength(60);
  expect(asEvents(stalled.received).length).toBeLessThan(asEvents(attentive.received).length);
});

test('V5: any other event is published to the topic its subject names', async () => {
  const published: Parameters<PublishPort['publish']>[0][] = [];
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      publishing: {
        publish(publication) {
          published.push(publication);
          return Promise.resolve({ status: 'published', offset: 5, isDuplicate: false });
        },
      },
    }),
  );
  harness.identities.set('ann', { permissions: { subscribe: [], publish: ['app/#'], command: [] } });
  const link = harness.raw('cloudevents.json', 'ann');
  const tank = { specversion: '1.0', id: '77', source: '/scada', type: 'com.example.level' };
  await link.send({ ...tank, subject: 'app/tank', data: { level: 3 }, ms5kind: 'record', ms5id: 4 });
  await link.send({ ...tank, data: 1 });
  expect(published).toEqual([{ topic: 'app/tank', kind: 'record', data: { level: 3 }, key: '/scada 77' }]);
  expect(link.ofType('ms5.published').map(({ data }) => data)).toEqual([{ offset: 5, id: 4 }]);
  expect(link.ofType('ms5.error').map(({ data }) => data)).toEqual([
    expect.objectContaining({ code: 'invalidMessage' }),
  ]);
});

test('V6: a Ping follows what was sent, and its Pong opens the window', async () => {
  const harness = start();
  const link = await listen(harness);
  for (let n = 0; n < 30; n += 1) {
    harness.publish(change.stream('s/l/events', 'x'.repeat(1_000)));
    await harness.settle();
  }
  expect(link.pings()).toBe(1);
  expect(link.ofType('ms5.entry').length).toBeLessThan(9);
  await link.pong();
  expect(link.ofType('ms5.entry')).toHaveLength(30);
});
