import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EquipmentTimeline } from '@ms5/wire/factory';
import { expect, test, vi } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { PRESS, problemIn, startTestServer, type TestServer } from '../../test-support/gateway-server.ts';
import { openEnhanced, openJsonSocket, refusal } from '../../test-support/json-socket.ts';
import { runUntilSignal } from '../cli/run-until-signal.ts';
import { startEngine } from '../engine/index.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

async function observe(server: TestServer, count: number, token: string): Promise<number> {
  const body = Array.from({ length: count }, () => ({ equipment: PRESS, good: 1 }));
  const response = await server.request('/api/v1/observations', { token, body });
  return response.status;
}

test('a drain tells clients when to come back, finishes what was accepted, and closes', async () => {
  const server = await startTestServer();
  const [device, operator] = await Promise.all([server.token('device'), server.token('operator')]);
  const enhanced = await openEnhanced(server.webSocketUrl, operator);
  const basic = await openJsonSocket(server.webSocketUrl);
  basic.send({ type: 'auth', token: operator });
  await basic.next('welcome', ({ type }) => type === 'welcome');

  const posts = Array.from({ length: 20 }, () => observe(server, 100, device));
  await until('the first are in', () => (server.engine.head() > 0 ? true : undefined));
  const data = { line: 'hall/press', callType: 'other', priority: 'low' };
  enhanced.send({
    type: 'command',
    id: 1,
    command: 'raiseCall',
    data,
    key: { clientId: 'test-client', counter: 1 },
  });
  await enhanced.next('outcome', ({ type }) => type === 'outcome');
  const drained = server.drain();
  expect(server.drain()).toBe(drained);
  const statuses = await Promise.all(posts.map((post) => post.catch(() => 0)));
  const closes = await Promise.all([enhanced.closed, basic.closed]);
  await drained;

  expect(closes.map(({ code }) => code)).toEqual([4000, 4000]);
  for (const client of [enhanced, basic]) {
    const drain = client.messages.find(({ type }) => type === 'drain');
    expect(drain?.['retryAfterMs']).toBeGreaterThanOrEqual(0);
  }
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();

  const accepted = statuses.filter((status) => status === 207).length;
  expect(accepted).toBeGreaterThan(0);
  const plantFile = join(server.directory, 'plant.yaml');
  const engine = await startEngine({ dataDir: join(server.directory, 'data'), plantFile });
  const now = Date.now();
  const reply = await engine.query({
    kind: 'equipmentTimeline',
    equipment: PRESS,
    from: now - 60_000,
    to: now,
  });
  const { parts } = (reply.status === 'done' ? reply.value : {}) as unknown as EquipmentTimeline;
  const produced = parts.reduce((sum, part) => sum + part.produced, 0);
  // An answer that the end of the connection cut off may stand for more.
  expect(produced).toBeGreaterThanOrEqual(accepted * 100);
  await engine.close();
  await rm(server.directory, { recursive: true, force: true });
});

test('a drain is bounded: what does not end is cut', async () => {
  const server = await startTestServer();
  const stuck = connect(server.port, '127.0.0.1');
  await once(stuck, 'connect');
  stuck.write(
    'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  const silent = await openJsonSocket(server.webSocketUrl);
  silent.socket.pause();
  await until('both are there', () => (server.connections() === 1 ? true : undefined));
  const startedAt = performance.now();
  await server.drain({ limitMs: 300 });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  stuck.destroy();
  silent.socket.terminate();
  await server.remove();
});

test('while it drains a request on an open connection is told so', async () => {
  const server = await startTestServer();
  const busy = connect(server.port, '127.0.0.1');
  busy.write(
    'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n',
  );
  await once(busy, 'connect');
  const answer = new Promise<string>((resolve) => {
    let text = '';
    busy.on('data', (chunk: Buffer) => (text += chunk.toString()));
    busy.on('close', () => resolve(text));
  });
  // Answered after what came on the other connection before it.
  expect((await server.request('/readyz')).status).toBe(200);
  const drained = server.drain();
  busy.write('{}');
  expect(await answer).toMatch(/^HTTP\/1\.1 (400|503) [^]*connection: close/i);
  await drained;
  await server.remove();
});

test('a port that is taken is an error, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startTestServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});

test('closing twice is fine', async () => {
  const server = await startTestServer();
  await Promise.all([server.close(), server.close()]);
  await server.drain();
  await server.remove();
});

test('when the engine dies the server says so, and takes nothing more', async () => {
  const failure = Promise.withResolvers<Error>();
  const server = await startTestServer({
    wrapEngine: (engine) => ({
      ...engine,
      onFailure(listener) {
        void failure.promise.then(listener);
        return engine.onFailure(listener);
      },
    }),
  });
  const device = await server.token('device');
  failure.resolve(new Error('the disk is gone'));
  expect((await server.failed).message).toBe('the disk is gone');
  expect(await (await server.request('/readyz')).json()).toEqual({ status: 'failed' });
  expect((await server.request('/healthz')).status).toBe(200);
  const refused = await server.request('/api/v1/observations', { token: device, body: [] });
  expect(await problemIn(refused)).toMatchObject({ status: 503, code: 'engineFailed' });
  expect(await refusal(openJsonSocket(server.webSocketUrl))).toMatchObject({ status: 503 });
  expect(server.logged.join('')).toContain('the disk is gone');
  await expect(runUntilSignal(server)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('the disk is gone'),
  });
  await server.remove();
});

test('a client that sends Pings and never reads is not answered without end', async () => {
  const server = await startTestServer({ limits: { pongBacklogBytes: 0 } });
  const client = await openJsonSocket(server.webSocketUrl);
  let pongs = 0;
  client.socket.on('pong', () => (pongs += 1));
  for (let index = 0; index < 100; index += 1) client.socket.ping('x'.repeat(100));
  client.send({ type: 'auth', token: await server.token('viewer') });
  await client.next('welcome', ({ type }) => type === 'welcome');
  expect(pongs).toBe(0);
  await server.remove();
});
