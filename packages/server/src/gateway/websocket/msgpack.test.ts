import { once } from 'node:events';
import type { ServerMessage } from '@ms5/wire';
import { createPackedReader, pack } from '@ms5/wire/msgpack';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../../../../test/support/until.ts';
import { PRESS, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ compress: true });
});
afterAll(() => server.remove());

test.each([false, true])('M1: subscription, command and its outcome; compressed: %s', async (compressed) => {
  const socket = new WebSocket(server.webSocketUrl, 'ms5.v1.msgpack', { perMessageDeflate: compressed });
  socket.binaryType = 'arraybuffer';
  const read = createPackedReader();
  const messages: ServerMessage[] = [];
  const violations: string[] = [];
  let received = 0;
  socket.on('message', (data: ArrayBuffer, isBinary) => {
    if (!isBinary) violations.push('a text message');
    const decoded = read(new Uint8Array(data));
    if (decoded.ok) messages.push(...decoded.messages);
    else violations.push(decoded.error);
    received += 1;
    socket.send(pack({ type: 'ack', received }));
  });
  await once(socket, 'open');
  expect(socket.protocol).toBe('ms5.v1.msgpack');
  const next = (what: string, matches: (message: ServerMessage) => boolean): Promise<ServerMessage> =>
    until(what, () => messages.find(matches));
  const id = `packed-${compressed}`;
  const token = await server.token('operator');
  socket.send(pack({ type: 'connect', token, client: { id, name: 'test', version: '1' } }));
  await next('welcome', ({ type }) => type === 'welcome');
  socket.send(pack({ type: 'subscribe', id: 1, filters: ['works/hall/press/#', 'system/health'] }));
  await next('synced', ({ type }) => type === 'synced');
  const health = await next(
    'health',
    (message) => message.type === 'snapshot' && message.topic === 'system/health',
  );
  expect(health).toMatchObject({ kind: 'record', log: 'system' });
  const callType = compressed ? 'quality' : 'material';
  const data = { line: 'hall/press', callType, priority: 'low' };
  socket.send(
    pack({ type: 'command', id: 2, command: 'raiseCall', data, key: { clientId: id, counter: 1 } }),
  );
  expect(await next('outcome', ({ type }) => type === 'outcome')).toMatchObject({ id: 2, status: 'applied' });
  await next('the call', (message) => message.type === 'delta' && message.topic === 'works/hall/press/andon');
  const device = await server.token('device');
  await server.request('/api/v1/observations', {
    token: device,
    body: [{ equipment: PRESS, telemetry: { speed: 1.25 } }],
  });
  expect(
    await next('the telemetry', (message) => message.type === 'signal' && message.topic.endsWith('/speed')),
  ).toMatchObject({ topic: `works/${PRESS}/telemetry/speed` });
  expect(violations).toEqual([]);
  socket.close();
});
