import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const kilobytes = (count: number): string => 'x'.repeat(count * 1_024);

test('G1, G2: a client that stops acknowledging falls to the critical band, and comes back', async () => {
  const { hub, publish, join, pass, settle } = start();
  const stalled = await join('ann', { filters: ['s/#'], acknowledges: false });
  const well = await join('bob', { filters: ['s/#'] });
  for (let index = 0; index < 30; index += 1) publish(change.stream('s/l/events', kilobytes(1)));
  await pass(20_000);
  const bandOf = (user: string) => hub.sessions().find(({ userId }) => userId === user);
  expect(bandOf('ann')).toMatchObject({ band: 'critical', score: 0, clientId: 'ann' });
  expect(bandOf('ann')?.backlogMs).toBeGreaterThanOrEqual(15_000);
  expect(bandOf('ann')?.backlogTopics).toBeGreaterThan(0);
  expect(bandOf('bob')).toMatchObject({ band: 'excellent', score: 1, backlogMs: 0, backlogTopics: 0 });
  expect(hub.census()).toMatchObject({ bands: [1, 0, 0, 0, 1] });
  expect(hub.census().worst.map(({ userId }) => userId)).toEqual(['ann', 'bob']);
  for (let turn = 0; turn < 10; turn += 1) {
    stalled.client.ack();
    await settle();
  }
  await pass(2_000);
  expect(bandOf('ann')?.backlogMs).toBe(0);
  expect(well.client).toBeDefined();
});

test('G1: refused requests and reconnects count, and a client is known again by its id', async () => {
  const { hub, join, rejoin, pass, raw } = start();
  const { client, pair } = await join('ann', { filters: ['s/#'] });
  pair.drop();
  await rejoin(client);
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 'bob', client: { id: 'bob', name: 'x', version: '1' } });
  await link.send({ type: 'subscribe', id: 1, filters: ['a/#/b'] });
  await link.send({ type: 'nonsense' });
  await pass(2_000);
  const { sessions, total } = hub.sessionPage({ order: 'errors', isDescending: true, offset: 0, limit: 10 });
  expect(total).toBe(2);
  expect(sessions.map(({ userId, errors, reconnects }) => [userId, errors, reconnects])).toEqual([
    ['bob', 2, 0],
    ['ann', 0, 1],
  ]);
  expect(hub.figures().counts).toMatchObject({
    refusals: { invalidFilter: 1, invalidMessage: 1 },
    reconnects: 1,
  });
});

test('G4: paused low brings the latest once in 5 s, while critical and high go at once', async () => {
  const { hub, publish, signal, pass, settle, join, raw } = start();
  await join('other');
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 'ann', client: { id: 'ann', name: 'x', version: '1' } });
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'] });
  publish(change.record('s/l/status', { state: 0 }));
  signal('s/l/e/telemetry/load', 0);
  await settle();
  hub.degrade(2);
  const values = (): readonly unknown[] => link.ofType('signal').map((message) => message['value']);
  signal('s/l/e/telemetry/load', 1);
  await settle();
  for (let value = 2; value <= 4; value += 1) {
    await pass(1_000);
    await link.send({ type: 'ack', received: link.texts.length });
    signal('s/l/e/telemetry/load', value);
    publish(change.collection('s/l/andon', { [`c${value}`]: { value } }, [], 'critical'));
    publish(change.record('s/l/status', { state: value }));
    await settle();
    expect(link.texts.at(-1)).toContain(`"state":${value}`);
    expect(link.texts.join('')).toContain(`"c${value}"`);
  }
  expect(values()).toEqual([0, 1]);
  await pass(3_000);
  expect(values()).toEqual([0, 1, 4]);
});

test('G5: at level 3 new sessions are told to come back, and those that are there go on', async () => {
  const { hub, publish, join, raw, settle } = start();
  const { client } = await join('ann', { filters: ['s/#'] });
  hub.degrade(3);
  const refused = raw('ms5.v1.json');
  await settle();
  expect(refused.received).toMatchObject([{ type: 'error', name: 'overloaded', temporary: true }]);
  expect(refused.received[0]?.['retryAfterMs']).toBeGreaterThan(0);
  expect(refused.closed()?.code).toBe(4004);
  expect(hub.figures().counts.refusals).toEqual({ overloaded: 1 });
  publish(change.record('s/l/status', { state: 'running' }));
  await settle();
  expect(hub.figures().sessions).toBe(1);
  expect(client).toBeDefined();
  hub.degrade(0);
  await join('bob');
  expect(hub.figures().sessions).toBe(2);
});

test('latency is measured from the commit to the socket and to the acknowledgement, by lane', async () => {
  const { hub, publish, join, settle } = start();
  await join('ann', { filters: ['s/#'] });
  publish(change.record('s/l/status', { state: 'running' }));
  await settle();
  const { latency } = hub.figures();
  const total = (counts: readonly number[] | undefined): number =>
    counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  expect(latency.handed.map(({ counts }) => total(counts))).toEqual([0, 1, 0, 0]);
  expect(latency.acknowledged.map(({ counts }) => total(counts))).toEqual([0, 1, 0, 0]);
});
