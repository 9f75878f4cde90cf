import { authenticationError, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = (limits = {}) =>
  createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: '1.2.3', limits }));
const CONNECT = { type: 'connect', token: 'ann', client: { id: 'c1', name: 'test', version: '1' } };

test('E1: a message is one object, of the server also an array applied in order', async () => {
  const { join, publish, settle } = start();
  const { client } = await join('c1', { filters: ['s/#'] });
  publish({ kind: 'stream', topic: 's/e', lane: 'normal', entry: new TextEncoder().encode('1') });
  await settle();
  expect(client.received.map(({ type }) => type).slice(-3)).toEqual(['snapshot', 'entries', 'mark']);
  const link = start().raw('ms5.v1.json');
  await link.send([CONNECT]);
  expect(link.closed()?.code).toBe(4500);
});

test('E2: fields that are not known are tolerated', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send({ ...CONNECT, colour: 'green' });
  expect(link.ofType('welcome')).toHaveLength(1);
});

test('E3: an endpoint that does not exist is closed', async () => {
  const { raw, settle } = start();
  const link = raw('ms9.v1');
  await settle();
  expect(link.closed()).toMatchObject({ code: 4503 });
});

test('A1, C1: the token comes with connect, or from the upgrade', async () => {
  const { raw } = start();
  const upgraded = raw('ms5.v1.json', 'bob');
  await upgraded.send({ type: 'connect', client: CONNECT.client });
  expect(upgraded.ofType('welcome')[0]).toMatchObject({ user: { id: 'bob' } });
  const silent = raw('ms5.v1.json');
  await silent.send({ type: 'connect', client: CONNECT.client });
  expect(silent.closed()).toMatchObject({ code: 4501, reason: 'no token was given' });
});

test('C1: anything but connect first closes', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send({ type: 'subscribe', id: 1, filters: ['#'] });
  expect(link.closed()?.code).toBe(4500);
});

test('C2: welcome tells who, what and how', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send(CONNECT);
  expect(link.received[0]).toMatchObject({
    type: 'welcome',
    user: { id: 'ann', name: 'ann', roles: ['operator'] },
    server: { version: '1.2.3', timeMs: 1_750_000_000_000 },
    pingIntervalMs: 25_000,
    pongTimeoutMs: 8_000,
    windowBytes: 8_192,
    ackDelayMs: 500,
  });
});

test('C3: a second connect is refused, the connection goes on', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send(CONNECT);
  expect(link.ofType('error')).toMatchObject([{ code: 101, name: 'wrongState', temporary: false }]);
  expect(link.closed()).toBeNull();
});

test('C4: a probe is answered with the time', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'probe', id: 7 });
  expect(link.received.at(-1)).toEqual({ type: 'probed', id: 7, timeMs: 1_750_000_000_000 });
});

test('C5: sessions beyond the limit are told when to come back', async () => {
  const { raw, settle } = start({ sessions: 1, retryAfterMs: 1_234 });
  raw('ms5.v1.json');
  const second = raw('ms5.v1.json');
  await settle();
  expect(second.received).toMatchObject([{ type: 'error', code: 140, temporary: true }]);
  expect(second.received[0]?.['retryAfterMs']).toBeGreaterThanOrEqual(1_234);
  expect(second.received[0]?.['retryAfterMs']).toBeLessThanOrEqual(2_468);
  expect(second.closed()?.code).toBe(4004);
});

test('A2: 10 s without a token close', async () => {
  const { raw, pass } = start();
  const link = raw('ms5.v1.json');
  await pass(9_000);
  expect(link.closed()).toBeNull();
  await pass(2_000);
  expect(link.closed()?.code).toBe(4006);
});

test('A3: refused, expired and uncheckable tokens close with their codes', async () => {
  const harness = start();
  harness.identities.set('bad', authenticationError('tokenSignatureInvalid', 'the signature does not match'));
  harness.identities.set('old', authenticationError('tokenExpired', 'the token has expired'));
  harness.identities.set('off', new Error('no route to the identity provider at 10.0.0.7'));
  const closings = [];
  for (const token of ['bad', 'old', 'off']) {
    const link = harness.raw('ms5.v1.json');
    await link.send({ ...CONNECT, token });
    closings.push(link.closed());
  }
  expect(closings).toEqual([
    { code: 4501, reason: 'the signature does not match' },
    { code: 4002, reason: 'the token has expired' },
    { code: 4007, reason: 'the token could not be checked now' },
  ]);
});

test('A4: requests are held while the token is checked, 16 of them', async () => {
  const { raw, settle } = start();
  const link = raw('ms5.v1.json');
  link.pair.socket.send(JSON.stringify(CONNECT));
  for (let id = 1; id <= 16; id += 1) link.pair.socket.send(JSON.stringify({ type: 'probe', id }));
  await settle();
  expect(link.ofType('probed')).toHaveLength(16);
  const hasty = raw('ms5.v1.json');
  hasty.pair.socket.send(JSON.stringify(CONNECT));
  for (let id = 1; id <= 17; id += 1) hasty.pair.socket.send(JSON.stringify({ type: 'probe', id }));
  await settle();
  expect(hasty.closed()?.code).toBe(4500);
});

test('A5: a subscription is what the permissions leave of it', async () => {
  const harness = start();
  const permissions = { subscribe: ['s/+/l1/#', 'user/ann/inbox'], publish: [], command: [] };
  harness.identities.set('ann', { permissions });
  const { client } = await harness.join('ann', { filters: ['s/a/#', 's/b/l2'] });
  expect(client.receivedOf('subscribed')[0]).toMatchObject({ filters: ['s/a/l1/#'] });
  client.send({ type: 'subscribe', id: 99, filters: ['s/a/l2/status', 'user/bob/inbox'] });
  await harness.settle();
  expect(client.receivedOf('error')).toMatchObject([{ id: 99, code: 111, name: 'forbidden' }]);
});

test('A6: expiry is announced, a refresh moves it, 25 s after it the connection closes', async () => {
  const harness = start();
  const expiresAt = harness.clock.now() + 120_000;
  harness.identities.set('ann', { expiresAt });
  const { client } = await harness.join('ann');
  await harness.pass(59_000);
  expect(client.receivedOf('expiring')).toEqual([]);
  await harness.pass(2_000);
  expect(client.receivedOf('expiring')).toEqual([
    { type: 'expiring', expiresAt, closesAt: expiresAt + 25_000 },
  ]);
  const later = expiresAt + 100_000;
  harness.identities.set('ann-2', { userId: 'ann', expiresAt: later });
  client.send({ type: 'refresh', id: 5, token: 'ann-2' });
  await harness.settle();
  expect(client.receivedOf('refreshed')).toEqual([{ type: 'refreshed', id: 5, expiresAt: later }]);
  await harness.pass(180_000);
  expect(client.closedWith()).toBeNull();
  await harness.pass(10_000);
  expect(client.closedWith()?.code).toBe(4002);
});

test('A7: a refresh never changes the user, and a refused one changes nothing', async () => {
  const harness = start();
  harness.identities.set('bad', authenticationError('tokenSignatureInvalid', 'the signature does not match'));
  harness.identities.set('off', new Error('unreachable'));
  const { client } = await harness.join('ann');
  client.send({ type: 'refresh', id: 1, token: 'bad' });
  client.send({ type: 'refresh', id: 2, token: 'off' });
  await harness.settle();
  client.send({ type: 'refresh', id: 3, token: 'off' });
  await harness.settle();
  expect(client.receivedOf('error')).toMatchObject([
    { id: 2, name: 'wrongState' },
    { id: 1, name: 'refreshRefused', temporary: false },
    { id: 3, name: 'refreshUnavailable', temporary: true },
  ]);
  client.send({ type: 'refresh', id: 4, token: 'bob' });
  await harness.settle();
  expect(client.closedWith()?.code).toBe(4502);
});

test('A8: changed permissions take away and give', async () => {
  const harness = start();
  const limited = (...subscribe: string[]) => ({ permissions: { subscribe, publish: [], command: [] } });
  harness.identities.set('ann', limited('s/l1/#', 's/l2/#'));
  harness.identities.set('ann-2', { userId: 'ann', ...limited('s/l2/#', 's/l3/#') });
  for (const line of ['l1', 'l2', 'l3']) harness.publish(record(`s/${line}/status`));
  const { client } = await harness.join('ann', { filters: ['s/#'] });
  client.send({ type: 'refresh', id: 1, token: 'ann-2' });
  await harness.settle();
  expect(client.receivedOf('gone')).toEqual([{ type: 'gone', topic: 's/l1/status', reason: 'forbidden' }]);
  expect(client.receivedOf('snapshot').map(({ topic }) => topic)).toEqual([
    's/l1/status',
    's/l2/status',
    's/l3/status',
  ]);
  harness.publish(record('s/l1/status'));
  await harness.settle();
  expect(client.receivedOf('delta')).toEqual([]);
  expect(client.violations).toEqual([]);
});

function record(topic: string) {
  const set = [['state', new TextEncoder().encode('"running"')]] as const;
  return { kind: 'record', topic, lane: 'high', set, remove: [] } as const;
}
