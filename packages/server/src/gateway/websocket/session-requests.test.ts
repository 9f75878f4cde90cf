import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { openEnhanced, openJsonSocket } from '../../../test-support/json-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.remove());

const PRESS = 'works/hall/press';

test('W1, W3: a publication is durable when it is answered, and made once under its key', async () => {
  const [device, viewer] = await Promise.all([
    server.token('device', { user: 'mes' }),
    server.token('viewer'),
  ]);
  const reader = await openEnhanced(server.webSocketUrl, viewer, 'reader');
  reader.send({ type: 'subscribe', id: 1, filters: ['app/#'] });
  await reader.next('synced', ({ type }) => type === 'synced');
  const publisher = await openEnhanced(server.webSocketUrl, device, 'publisher');
  const publication = { type: 'publish', topic: 'app/mes/orders', data: { order: 7 }, key: 'order-7' };
  publisher.send({ ...publication, id: 1 });
  const first = await publisher.next('the answer', ({ id }) => id === 1);
  expect(first).toMatchObject({ type: 'published' });
  expect(first['offset']).toBeGreaterThan(0);
  publisher.send({ ...publication, id: 2 });
  expect(await publisher.next('the repeat', ({ id }) => id === 2)).toEqual({
    type: 'published',
    id: 2,
    offset: first['offset'],
    duplicate: true,
  });
  const shown = await reader.next(
    'the entry',
    ({ topic, type }) => topic === 'app/mes/orders' && type !== 'gone',
  );
  expect(shown).toMatchObject({ topic: 'app/mes/orders' });
  publisher.send({ type: 'publish', id: 3, topic: 'app/other/orders', data: 1 });
  publisher.send({ type: 'publish', id: 4, topic: `${PRESS}/status`, data: 1 });
  expect(await publisher.next('the refusal', ({ id }) => id === 3)).toMatchObject({ name: 'forbidden' });
  expect(await publisher.next('the refusal', ({ id }) => id === 4)).toMatchObject({ name: 'publishRefused' });
  const basic = await openJsonSocket(server.webSocketUrl, [], {
    headers: { authorization: `Bearer ${device}` },
  });
  basic.send({ type: 'publish', topic: 'app/mes/note', kind: 'record', data: { text: 'hello' }, id: 9 });
  expect(await basic.next('the answer', ({ id }) => id === 9)).toMatchObject({ type: 'published' });
  for (const { socket } of [reader, publisher, basic]) socket.close();
});

test('A9: on a shared tablet one signs out and another takes over, on one connection', async () => {
  const [operator, device] = await Promise.all([server.token('operator'), server.token('device')]);
  const tablet = await openEnhanced(server.webSocketUrl, operator, 'tablet');
  tablet.send({ type: 'subscribe', id: 1, filters: [`${PRESS}/#`] });
  await tablet.next('synced', ({ type }) => type === 'synced');
  const key = { clientId: 'tablet', counter: 1 };
  const data = { line: 'hall/press', callType: 'material', priority: 'low' };
  tablet.send({ type: 'command', id: 2, command: 'raiseCall', data, key });
  tablet.send({ type: 'signOut', id: 3 });
  await tablet.next('signedOut', ({ type }) => type === 'signedOut');
  const before = tablet.messages.length;
  tablet.send({ type: 'connect', token: device, client: { id: 'tablet', name: 'test', version: '1' } });
  const welcome = await tablet.next('the second welcome', ({ user }) =>
    JSON.stringify(user ?? '').includes('device-1'),
  );
  expect(welcome['session']).not.toBe(tablet.messages[0]?.['session']);
  tablet.send({ type: 'subscribe', id: 4, filters: [`${PRESS}/#`] });
  expect(await tablet.next('the refusal', ({ id }) => id === 4)).toMatchObject({ name: 'forbidden' });
  // The call was raised nevertheless: somebody else sees it.
  const other = await openEnhanced(server.webSocketUrl, operator, 'other');
  other.send({ type: 'subscribe', id: 1, filters: [`${PRESS}/andon`] });
  await other.next(
    'the call',
    ({ topic, set }) => topic === `${PRESS}/andon` && JSON.stringify(set) !== '{}',
  );
  expect(tablet.messages.slice(before).map(({ type }) => type)).toEqual(['welcome', 'error']);
  for (const { socket } of [tablet, other]) socket.close();
});
