import { change, createHubHarness, emptyImage, type HarnessParts } from '@ms5/testkit';
import type { Json } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = (image = emptyImage) =>
  createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }), image);
const padding = 'x'.repeat(3_000);

test('R1: no mark while a topic of the lane is being brought to its head', async () => {
  const { publish, join, settle } = start();
  for (const key of ['a', 'b', 'c', 'd']) publish(change.collection('s/l/downtime', { [key]: { padding } }));
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  publish(change.record('s/l/status', { a: 1 }));
  await settle();
  expect(client.marks.has('s high')).toBe(false);
  client.ack();
  await settle();
  expect(client.marks.get('s high')).toEqual({ lane: 'high', log: 's', epoch: 'e1', offset: 5 });
  expect(client.receivedOf('mark').filter(({ lane }) => lane === 'high')).toHaveLength(1);
});

test('R2, R4, R5: after a loss exactly what was missed comes, from marks alone', async () => {
  const { publish, join, rejoin, settle } = start();
  publish(change.record('s/l/status', { a: 1, b: 1 }), change.collection('s/l/downtime', { x: 1, y: 1 }));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  publish(change.stream('s/l/events', 'one'));
  await settle();
  pair.drop();
  publish(change.record('s/l/status', { b: 2 }), change.collection('s/l/downtime', {}, ['x']));
  publish(change.stream('s/l/events', 'two'));
  await rejoin(client);
  expect(client.receivedOf('subscribed')).toMatchObject([{ wasRecovering: true, recovered: true }]);
  expect(client.receivedOf('snapshot')).toEqual([]);
  expect(client.receivedOf('delta')).toMatchObject([
    { topic: 's/l/status', from: 1, to: 3, set: { b: 2 } },
    { topic: 's/l/downtime', from: 1, to: 3, remove: ['x'] },
  ]);
  expect(client.receivedOf('entries')).toMatchObject([{ from: 2, to: 4, entries: [{ data: 'two' }] }]);
  expect(client.violations).toEqual([]);
});

test('R5: recovered is true when nothing was missed', async () => {
  const { publish, join, rejoin } = start();
  publish(change.record('s/l/status', { a: 1 }));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  await rejoin(client);
  expect(client.received.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'synced']);
  expect(client.receivedOf('subscribed')).toMatchObject([{ wasRecovering: true, recovered: true }]);
});

test('R3: what was lost in the midst of a first snapshot begins anew', async () => {
  const { publish, join, rejoin, settle } = start();
  publish(change.record('s/l/status', { a: 1 }));
  for (const key of ['a', 'b', 'c', 'd']) publish(change.collection('s/l/downtime', { [key]: { padding } }));
  const { client, pair } = await join('ann', { filters: ['s/#'], acknowledges: false });
  expect(client.receivedOf('synced')).toEqual([]);
  pair.drop();
  await rejoin(client);
  for (let round = 0; round < 5; round += 1) {
    client.ack();
    await settle();
  }
  // The status was held whole and named, so it is not sent again; the collection is.
  expect([...new Set(client.receivedOf('snapshot').map(({ topic }) => topic))]).toEqual(['s/l/downtime']);
  expect(client.topics.get('s/l/downtime')?.values.size).toBe(4);
  expect(client.violations).toEqual([]);
});

test('R4, R8: when history does not reach back a snapshot says what is lost', async () => {
  const entry = { offset: 90, at: 1, data: new TextEncoder().encode('"new"') };
  const stream = { kind: 'stream', lane: 'normal', keys: [], tombstones: [], tombstoneHorizon: 0 } as const;
  const topics = [{ ...stream, topic: 's/l/events', entries: [entry], historyFrom: 60 }];
  const { raw } = start({ ...emptyImage, offset: 100, topics });
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  const resume = { marks: [{ lane: 'normal', log: 's', epoch: 'e1', offset: 50 }], topics: {} };
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'], resume });
  expect(link.ofType('subscribed')).toMatchObject([{ wasRecovering: true, recovered: false }]);
  expect(link.ofType('snapshot')).toMatchObject([{ topic: 's/l/events', offset: 90, lostSince: 50 }]);
  expect(link.ofType('entries')).toEqual([]);
  await link.send({ type: 'unsubscribe', id: 2, filters: ['s/#'] });
  const topic = { 's/l/events': { epoch: 'e1', offset: 60 } };
  await link.send({ type: 'subscribe', id: 3, filters: ['s/#'], resume: { marks: [], topics: topic } });
  expect(link.ofType('subscribed')[1]).toMatchObject({ recovered: true });
  expect(link.ofType('entries')).toMatchObject([{ from: 60, to: 90 }]);
});

test('R6: positions of another epoch are void, and what is no longer there is dropped', async () => {
  const { publish, join, rejoin, hub } = start();
  publish(change.record('s/l/status', { a: 1 }), change.record('s/l/oee', { a: 1 }));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  hub.load({ ...emptyImage, epoch: 'e2' });
  hub.append('s', [{ offset: 1, at: 1, changes: [change.record('s/l/status', { b: 2 })] }]);
  await rejoin(client);
  expect(client.receivedOf('subscribed')).toMatchObject([
    { wasRecovering: true, recovered: false, reset: ['s'] },
  ]);
  expect(client.receivedOf('snapshot')).toMatchObject([{ topic: 's/l/status', epoch: 'e2', lostSince: 1 }]);
  expect(client.topics.all().map(({ name, values }) => [name, Object.fromEntries(values)])).toEqual([
    ['s/l/status', { b: 2 }],
  ]);
});

test('R6: a topic that begins while an older one of its name is void comes as a new one', async () => {
  const { publish, join, rejoin, hub, settle } = start();
  publish(change.stream('s/l/events', 'one'));
  const { client, pair } = await join('ann', { filters: ['s/#'], acknowledges: false });
  pair.drop();
  hub.load({ ...emptyImage, epoch: 'e2' });
  const downtime = ['a', 'b', 'c', 'd'].map((key) =>
    change.collection('s/l/downtime', { [key]: { padding } }),
  );
  hub.append('s', [{ offset: 1, at: 1, changes: downtime }]);
  await rejoin(client);
  expect(client.receivedOf('subscribed')).toMatchObject([{ reset: ['s'] }]);
  expect(client.receivedOf('synced')).toEqual([]);
  hub.append('s', [{ offset: 2, at: 1, changes: [change.stream('s/l/events', 'two')] }]);
  for (let round = 0; round < 5; round += 1) {
    client.ack();
    await settle();
  }
  const started = client.receivedOf('snapshot').filter(({ topic }) => topic === 's/l/events');
  expect(started.map(({ epoch, offset, lostSince }) => [epoch, offset, lostSince])).toEqual([
    ['e2', 1, undefined],
  ]);
  expect(client.topics.get('s/l/events')?.entries.map(({ data }) => data)).toEqual(['two']);
  expect(client.receivedOf('synced')).toHaveLength(1);
  expect(client.violations).toEqual([]);
});

test('R6: a position beyond the head tells of a lost tail', async () => {
  const { raw, publish } = start();
  publish(change.record('s/l/status', { a: 1 }));
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  const resume = { marks: [{ lane: 'high', log: 's', epoch: 'e1', offset: 500 }] };
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'], resume });
  expect(link.ofType('subscribed')).toMatchObject([{ recovered: false, reset: ['s'] }]);
  expect(link.ofType('snapshot')).toMatchObject([{ lostSince: 500 }]);
});

test('R7: a topic removed during the absence is told, by mark and by name', async () => {
  const { publish, join, rejoin, raw } = start();
  publish(change.record('s/l/status', { a: 1 }), change.record('s/l/oee', { a: 1 }));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  publish(change.removed('s/l/oee'));
  await rejoin(client);
  expect(client.receivedOf('gone')).toEqual([{ type: 'gone', topic: 's/l/oee', reason: 'removed' }]);
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  const topics = { 's/l/oee': { epoch: 'e1', offset: 1 }, 's/never/was': { epoch: 'e1', offset: 1 } };
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'], resume: { marks: [], topics } });
  expect(link.ofType('gone').map(({ topic }) => topic)).toEqual(['s/never/was', 's/l/oee']);
});

test('R8: streams are kept for an hour', async () => {
  const { publish, join, rejoin, pass } = start();
  publish(change.stream('s/l/events', 'zero'));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  publish(change.stream('s/l/events', 'one'));
  await pass(3_599_000);
  const { pair: second } = await rejoin(client);
  expect(client.receivedOf('entries')).toMatchObject([{ entries: [{ data: 'one' }] }]);
  second.drop();
  publish(change.stream('s/l/events', 'two'));
  await pass(3_602_000);
  publish(change.stream('s/l/events', 'three'));
  await rejoin(client);
  expect(client.receivedOf('snapshot')).toMatchObject([{ topic: 's/l/events', lostSince: 2 }]);
});

test('R9: a first subscription, a recovery and a stall bring the same delta', async () => {
  const { publish, join, rejoin, settle } = start();
  publish(change.record('s/l/status', { a: 1, b: 1 }));
  const { client: away, pair } = await join('away', { filters: ['s/#'] });
  const { client: stalled } = await join('stalled', { filters: ['s/#'], acknowledges: false });
  const { client: present } = await join('present', { filters: ['s/#'] });
  pair.drop();
  publish(change.stream('s/l/big', padding, 'high'), change.record('s/l/status', { a: 2 }));
  await settle();
  await rejoin(away);
  stalled.ack();
  await settle();
  const [expected] = present.receivedOf('delta');
  expect(expected).toMatchObject({ from: 1, to: 2, set: { a: 2 } });
  expect(away.receivedOf('delta')).toEqual([expected]);
  expect(stalled.receivedOf('delta')).toEqual([expected]);
});

test('R3: marks do not speak for topics that were permitted only after they were told', async () => {
  const { publish, identities, join, rejoin } = start();
  const permit = (filter: string): void =>
    void identities.set('ann', { permissions: { subscribe: [filter], publish: [], command: [] } });
  publish(change.record('s/a/status', { a: 1 }), change.record('s/b/status', { b: 1 }));
  permit('s/a/#');
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  publish(change.record('s/a/status', { a: 2 }), change.record('s/b/status', { b: 2 }));
  permit('#');
  await rejoin(client);
  expect(client.receivedOf('delta')).toMatchObject([{ topic: 's/a/status', set: { a: 2 } }]);
  expect(client.receivedOf('snapshot')).toMatchObject([{ topic: 's/b/status', set: { b: 2 } }]);
  expect(client.violations).toEqual([]);
});

test('R4: a critical topic that began during an absence, and whose first changes are forgotten, tells the loss', async () => {
  const history = { entries: 3, ageMs: 3_600_000, tombstones: 100, bytes: 1_000_000 };
  const { publish, join, rejoin } = createHubHarness(
    (parts: HarnessParts) => createHub({ ...parts, version: 'test', limits: { history } }),
    emptyImage,
  );
  publish(change.collection('s/l/andon', { old: 1 }, [], 'critical'));
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  publish(change.removed('s/l/andon'));
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    publish(change.collection('s/l/andon', { [key]: 1 }, [], 'critical'));
  await rejoin(client);
  expect(client.receivedOf('snapshot')).toMatchObject([{ topic: 's/l/andon', lostSince: 1 }]);
  expect(client.receivedOf('subscribed')).toMatchObject([{ recovered: false }]);
});

test.each([1, 20])(
  'R10: calls that began and ended unseen are told with the loss, %i calls open',
  async (open) => {
    const { publish, join, rejoin, settle, hub, pass } = start();
    const andon = (set: Record<string, Json>, remove: string[] = []) =>
      change.collection('s/l/andon', set, remove, 'critical');
    for (let index = 0; index < open; index += 1) publish(andon({ [`open${index}`]: { index, padding } }));
    publish(andon({ held: { note: 'held' }, seen: { note: 'seen' } }));
    publish(andon({}, ['seen']));
    const { client, pair } = await join('ann', { filters: ['s/#'] });
    pair.drop();
    publish(
      andon({ unseen: { note: 'unseen' }, back: { note: 'first' } }),
      change.record('s/l/status', { a: 1 }),
    );
    publish(andon({ unseen: { note: 'unseen', urgent: true } }, ['held', 'back']));
    publish(andon({ back: { note: 'second' } }, ['unseen']));
    await pass(3_700_000);
    expect(hub.figures().sessions).toBe(0);
    const links = [await rejoin(client), await join('bob', { filters: ['s/#'], endpoint: 'ms5.v1.msgpack' })];
    await settle();
    const [parts, fresh] = links.map((link) =>
      link.client.receivedOf('snapshot').filter(({ topic }) => topic === 's/l/andon'),
    );
    expect(parts?.at(0)?.lostSince).toBe(open + 2);
    expect(parts?.slice(0, -1).some((part) => 'ended' in part)).toBe(false);
    expect(parts?.at(-1)).toMatchObject({ end: true, lostSince: open + 2 });
    expect(parts?.at(-1)?.ended).toEqual({
      held: { note: 'held' },
      unseen: { note: 'unseen', urgent: true },
    });
    expect(fresh?.some((part) => 'ended' in part)).toBe(false);
    expect(client.topics.get('s/l/andon')?.values.get('back')).toEqual({ note: 'second' });
  },
);

test('R10: last documents are known over a restart as far as single changes are', async () => {
  const bytes = (value: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const single = { at: 1, set: [], remove: [] };
  const { raw } = start({
    ...emptyImage,
    offset: 100,
    topics: [
      {
        topic: 's/l/andon',
        kind: 'collection',
        lane: 'critical',
        keys: [],
        tombstones: [
          { key: 'old', offset: 70 },
          { key: 'call', offset: 90 },
        ],
        tombstoneHorizon: 0,
        entries: [],
        historyFrom: 1,
        singles: {
          from: 60,
          changes: [
            { ...single, offset: 70, remove: ['old'] },
            { ...single, offset: 80, set: [['call', bytes({ note: 1 })]] },
            { ...single, offset: 90, remove: ['call'] },
          ],
        },
      },
    ],
  });
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  const resume = { marks: [{ lane: 'critical', log: 's', epoch: 'e1', offset: 50 }] };
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'], resume });
  expect(link.ofType('snapshot')).toMatchObject([{ lostSince: 50, end: true, ended: { call: { note: 1 } } }]);
});
