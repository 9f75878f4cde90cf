import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { PublishPort, PublishResult } from '../ports.ts';

const connect = (token: string) => ({
  type: 'connect',
  token,
  client: { id: 'tablet', name: 'test', version: '1' },
});

function start() {
  const publications: ((result: PublishResult) => void)[] = [];
  const publishing: PublishPort = {
    publish: () => new Promise((resolve) => publications.push(resolve)),
  };
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({ ...parts, version: 'test', publishing }),
  );
  harness.identities.set('ann', {
    permissions: { subscribe: ['#'], publish: ['app/#'], command: ['#'] },
  });
  return { ...harness, publications };
}

test('A9: nothing of the one who signed out reaches the next', async () => {
  const { raw, commands, publications, publish, settle, hub } = start();
  const link = raw('ms5.v1.json');
  await link.send(connect('ann'));
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'] });
  const key = { clientId: 'tablet', counter: 1 };
  await link.send({ type: 'command', id: 2, command: 'raiseCall', data: {}, key });
  await link.send({ type: 'publish', id: 3, topic: 'app/x', data: 1 });
  await link.send({ type: 'refresh', id: 4, token: 'ann' });
  await link.send({ type: 'signOut', id: 5 });
  expect(link.received.at(-1)).toEqual({ type: 'signedOut', id: 5 });
  const before = link.received.length;
  publish(change.record('s/l/status', { secret: 1 }));
  commands[0]?.resolve({ status: 'applied', offset: 1 });
  publications[0]?.({ status: 'published', offset: 2, isDuplicate: false });
  await settle();
  await link.send({ type: 'ack', received: link.texts.length });
  await link.send(connect('bob'));
  publish(change.record('s/l/status', { secret: 2 }));
  await settle();
  const after = link.received.slice(before);
  expect(after.map(({ type }) => type)).toEqual(['welcome']);
  expect(after[0]).toMatchObject({ user: { id: 'bob' } });
  expect(after[0]?.['session']).not.toBe(link.ofType('welcome')[0]?.['session']);
  expect(hub.figures()).toMatchObject({
    sessions: 1,
    interests: 0,
    commandsInFlight: 0,
    publishesInFlight: 0,
  });
  expect(hub.sessions()).toMatchObject([{ userId: 'bob', subscriptions: 0 }]);
});

test('A9: a token that was being checked for the one who signed out is of no use to the next', async () => {
  const checks: (() => void)[] = [];
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      authenticator: {
        async authenticate(token) {
          const identity = await parts.authenticator.authenticate(token);
          if (token === 'ann-2') await new Promise<void>((resolve) => checks.push(resolve));
          return { ...identity, userId: token.slice(0, 3) };
        },
      },
    }),
  );
  const link = harness.raw('ms5.v1.json');
  await link.send(connect('ann'));
  await link.send({ type: 'refresh', id: 1, token: 'ann-2' });
  await link.send({ type: 'signOut', id: 2 });
  checks[0]?.();
  await harness.settle();
  expect(link.ofType('refreshed')).toEqual([]);
  expect(harness.hub.sessions()).toMatchObject([{ userId: '' }]);
  await link.send(connect('bob'));
  expect(link.ofType('welcome')[1]).toMatchObject({ user: { id: 'bob' } });
});

test('A9: acknowledgements count on over the connection, and stay possible in between', async () => {
  const { raw, hub, publish, settle } = start();
  const link = raw('ms5.v1.json');
  await link.send(connect('ann'));
  await link.send({ type: 'subscribe', id: 1, filters: ['#'] });
  publish(change.record('s/l/status', { a: 'x'.repeat(5_000) }));
  await settle();
  await link.send({ type: 'signOut', id: 2 });
  expect(hub.sessions()[0]?.unackedBytes).toBeGreaterThan(5_000);
  await link.send({ type: 'ack', received: 1 });
  await link.send({ type: 'probe', id: 9 });
  expect(link.received.at(-1)).toMatchObject({ type: 'probed', id: 9 });
  await link.send(connect('bob'));
  await link.send({ type: 'ack', received: link.texts.length });
  // The window has grown, of which the client is told.
  await link.send({ type: 'ack', received: link.texts.length });
  expect(hub.sessions()[0]?.unackedBytes).toBe(0);
  await link.send({ type: 'ack', received: link.texts.length + 1 });
  expect(link.closed()?.code).toBe(4500);
});

test('A9, A2: who signed out has 10 s to connect, and nothing else to ask', async () => {
  const { raw, pass, hub } = start();
  const slow = raw('ms5.v1.json');
  await slow.send(connect('ann'));
  await pass(20_000);
  await slow.send({ type: 'signOut', id: 1 });
  await pass(9_000);
  expect(slow.closed()).toBeNull();
  await pass(2_000);
  expect(slow.closed()?.code).toBe(4006);
  const eager = raw('ms5.v1.json');
  await eager.send(connect('ann'));
  await eager.send({ type: 'signOut', id: 1 });
  await eager.send({ type: 'subscribe', id: 2, filters: ['#'] });
  expect(eager.closed()?.code).toBe(4500);
  expect(hub.sessions()).toEqual([]);
});

test('A9: while the server shuts down, signing out ends the connection', async () => {
  const { raw, hub, commands, settle, pass } = start();
  const link = raw('ms5.v1.json');
  await link.send(connect('ann'));
  const key = { clientId: 'tablet', counter: 1 };
  await link.send({ type: 'command', id: 2, command: 'raiseCall', data: {}, key });
  const drained = hub.drain();
  await settle();
  await link.send({ type: 'signOut', id: 3 });
  expect(link.closed()?.code).toBe(4000);
  commands[0]?.resolve({ status: 'applied', offset: 1 });
  await settle();
  await pass(1_000);
  await drained;
  expect(hub.figures()).toMatchObject({ sessions: 0, commandsInFlight: 0 });
});

test('A10: access is withdrawn by user, by token, and by the token it was renewed from', async () => {
  const { raw, hub, identities, settle } = start();
  identities.set('t1', { userId: 'ann', tokenId: 'id-1' });
  identities.set('t2', { userId: 'ann', tokenId: 'id-2', firstTokenId: 'id-1' });
  identities.set('t3', { userId: 'bob', tokenId: 'id-3' });
  const links = [];
  for (const token of ['t1', 't2', 't3']) {
    const link = raw('ms5.v1.json');
    await link.send(connect(token));
    links.push(link);
  }
  expect(hub.revoke({ tokenIds: ['id-1'] })).toBe(2);
  await settle();
  expect(links.map((link) => link.closed()?.code)).toEqual([4504, 4504, undefined]);
  expect(hub.revoke({ userIds: ['bob'] })).toBe(1);
  await settle();
  expect(links[2]?.closed()?.code).toBe(4504);
  expect(hub.sessions()).toEqual([]);
});

test('A10: what is withdrawn while a token is checked does not slip through', async () => {
  const checks: (() => void)[] = [];
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      authenticator: {
        async authenticate(token) {
          const identity = await parts.authenticator.authenticate(token);
          if (token !== 'first') await new Promise<void>((resolve) => checks.push(resolve));
          return { ...identity, userId: 'ann', tokenId: token };
        },
      },
    }),
  );
  const { raw, hub, settle } = harness;
  const fresh = raw('ms5.v1.json');
  await fresh.send(connect('second'));
  const refreshing = raw('ms5.v1.json');
  await refreshing.send(connect('first'));
  await refreshing.send({ type: 'refresh', id: 1, token: 'second' });
  const other = raw('ms5.v1.json');
  await other.send(connect('third'));
  expect(hub.revoke({ tokenIds: ['second'] })).toBe(0);
  for (const check of checks) check();
  await settle();
  expect(fresh.closed()?.code).toBe(4504);
  expect(refreshing.closed()?.code).toBe(4504);
  expect(other.ofType('welcome')).toHaveLength(1);
});

test('A10: a connection with a withdrawn token is closed as withdrawn', async () => {
  const { raw, identities } = start();
  const error = Object.assign(new Error('The token was revoked.'), {
    name: 'AuthenticationError',
    code: 'tokenRevoked',
  });
  identities.set('gone', error);
  const link = raw('ms5.v1.json');
  await link.send(connect('gone'));
  expect(link.closed()).toEqual({ code: 4504, reason: 'The token was revoked.' });
});

test('A8: a refresh that changes permissions tells the filters in force, and counts for what is asked after it', async () => {
  const { raw, identities, commands } = start();
  identities.set('wide', { userId: 'ann', permissions: { subscribe: ['#'], publish: [], command: ['#'] } });
  identities.set('narrow', {
    userId: 'ann',
    roles: ['viewer'],
    permissions: { subscribe: ['s/a/#'], publish: ['app/#'], command: [] },
  });
  const link = raw('ms5.v1.json');
  await link.send(connect('wide'));
  await link.send({ type: 'subscribe', id: 1, filters: ['s/+/status'] });
  await link.send({ type: 'refresh', id: 2, token: 'wide' });
  await link.send({ type: 'publish', id: 3, topic: 'app/x', data: 1 });
  await link.send({ type: 'refresh', id: 4, token: 'narrow' });
  await link.send({ type: 'publish', id: 5, topic: 'app/x', data: 1 });
  expect(link.ofType('refreshed')).toEqual([
    { type: 'refreshed', id: 2, expiresAt: null },
    { type: 'refreshed', id: 4, expiresAt: null, filters: ['s/a/status'] },
  ]);
  expect(link.ofType('error')).toMatchObject([{ id: 3, name: 'forbidden' }]);
  expect(commands).toEqual([]);
});

test('A8: as many filters as a session may have are told, too', async () => {
  const { raw, identities } = start();
  const permissions = { publish: [], command: [] };
  identities.set('wide', { userId: 'ann', permissions: { ...permissions, subscribe: ['s/#'] } });
  identities.set('narrow', { userId: 'ann', permissions: { ...permissions, subscribe: ['s/+/+/status'] } });
  const link = raw('ms5.v1.json');
  await link.send(connect('wide'));
  for (let request = 0; request < 20; request += 1) {
    const filters = Array.from({ length: 100 }, (_, index) => `s/${'x'.repeat(200)}/${request}-${index}/#`);
    await link.send({ type: 'subscribe', id: request, filters });
    await link.send({ type: 'ack', received: link.texts.length });
  }
  await link.send({ type: 'refresh', id: 99, token: 'narrow' });
  expect(link.closed()).toBeNull();
  expect(link.ofType('refreshed')[0]?.['filters']).toHaveLength(2_000);
});
