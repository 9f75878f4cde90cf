import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));

test('L1: a ping every 25 s, with the marks that moved silently', async () => {
  const { join, publish, pass, hub } = start();
  const { client } = await join('ann', { filters: ['s/l1/#'] });
  publish(change.record('s/l2/status', { a: 1 }));
  await pass(60_000);
  expect(client.receivedOf('ping').length).toBeGreaterThanOrEqual(2);
  expect(client.marks.get('s high')?.offset).toBe(1);
  expect(client.topics.all()).toEqual([]);
  expect(hub.sessions()[0]?.roundTripMs).toBe(0);
});

test('L2: 33 s without a sign of life close', async () => {
  const { raw, pass } = start();
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 't', client: { id: 'c', name: 'n', version: '1' } });
  await pass(32_000);
  await link.send({ type: 'ack', received: 1 });
  await pass(32_000);
  expect(link.closed()).toBeNull();
  await pass(3_000);
  expect(link.closed()?.code).toBe(4001);
});

test('L3: a drain tells when to come back, finishes what was accepted, and closes', async () => {
  const harness = start();
  const { join, hub, raw, commands, settle, pass } = harness;
  const { client } = await join('ann');
  client.command('raiseCall', {});
  await settle();
  let isDone = false;
  const drained = hub.drain({ windowMs: 2_000 }).then(() => {
    isDone = true;
  });
  client.command('raiseCall', {});
  const late = raw('ms5.v1.json');
  await settle();
  expect(client.receivedOf('drain')[0]?.retryAfterMs).toBeGreaterThanOrEqual(500);
  expect(client.receivedOf('error')).toMatchObject([{ name: 'draining', temporary: true }]);
  expect(late.received).toMatchObject([{ type: 'error', name: 'draining' }]);
  expect(late.closed()?.code).toBe(4000);
  await pass(1_000);
  expect(isDone).toBe(false);
  commands[0]?.resolve({ status: 'applied', offset: 3 });
  await settle();
  await pass(1_000);
  await drained;
  expect(client.receivedOf('outcome')).toMatchObject([{ status: 'applied', offset: 3 }]);
  expect(client.closedWith()?.code).toBe(4000);
  expect(hub.sessions()).toEqual([]);
  await hub.drain();
  hub.close();
  hub.close();
});

test('L5: a session that fails is closed alone', async () => {
  const { join, hub, publish, settle } = start();
  const { client } = await join('good', { filters: ['s/#'] });
  let code = 0;
  const transport = {
    remoteAddress: 'x',
    ping() {},
    write() {
      throw new Error('broken pipe');
    },
    close(given: number) {
      code = given;
    },
  };
  const connection = hub.connect('ms5.v1.json', transport);
  connection.receive('{"type":"connect","token":"t","client":{"id":"c","name":"n","version":"1"}}');
  await settle();
  expect(code).toBe(4005);
  publish(change.record('s/l/status', { a: 1 }));
  await settle();
  expect(client.topics.get('s/l/status')?.values.get('a')).toBe(1);
});

test('K1, K2: a command carries its own key, and its outcome comes when it is known', async () => {
  const { join, commands, settle } = start();
  const { client } = await join('ann');
  const id = client.command('raiseCall', { line: 'a/l1' });
  const foreign = client.command('raiseCall', {}, { clientId: 'someone-else', counter: 1 });
  const broken = client.command('raiseCall', {});
  await settle();
  expect(client.receivedOf('error')).toMatchObject([{ id: foreign, name: 'foreignKey' }]);
  expect(commands.map(({ command }) => command)).toMatchObject([
    { command: 'raiseCall', data: { line: 'a/l1' }, key: { clientId: 'ann', counter: 1 } },
    { key: { clientId: 'ann', counter: 2 } },
  ]);
  expect(client.receivedOf('outcome')).toEqual([]);
  commands[0]?.resolve({ status: 'applied', offset: 9, data: { callId: 'c9' } });
  commands[1]?.reject(new Error('the engine is gone'));
  await settle();
  expect(client.receivedOf('outcome')).toEqual([
    { type: 'outcome', id, status: 'applied', offset: 9, data: { callId: 'c9' } },
  ]);
  expect(client.receivedOf('error')[1]).toMatchObject({ id: broken, name: 'commandFailed', temporary: true });
});

test('K3: 40 commands at once, 20 a second, 64 outstanding', async () => {
  const { join, commands, settle, clock } = start();
  const { client } = await join('ann');
  for (let count = 0; count < 41; count += 1) client.command('x', null);
  await settle();
  expect(client.receivedOf('error')).toMatchObject([{ name: 'commandsTooFast', retryAfterMs: 50 }]);
  clock.advance(1_200);
  for (let count = 0; count < 24; count += 1) client.command('x', null);
  await settle();
  expect(commands).toHaveLength(64);
  clock.advance(10_000);
  client.command('x', null);
  await settle();
  expect(client.receivedOf('error')[1]).toMatchObject({ name: 'commandsOutstanding', temporary: true });
});
