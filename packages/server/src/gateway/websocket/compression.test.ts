import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../../../../test/support/until.ts';
import { startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { openEnhanced, openJsonSocket } from '../../../test-support/json-socket.ts';
import { createDeflater } from './deflate.ts';
import { createFramer } from './frame.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
let plain: TestServer;
let operator = '';

beforeAll(async () => {
  [server, plain] = await Promise.all([startTestServer({ compress: true }), startTestServer()]);
  operator = await server.token('admin');
});
afterAll(() => Promise.all([server.remove(), plain.remove()]));

const entry = (text: string): Uint8Array => Buffer.from(JSON.stringify({ type: 'entries', text }));
const LARGE = 'shift '.repeat(500);

test('Z1: a message is compressed once for all, from the threshold on, where it becomes smaller', () => {
  const deflater = createDeflater(1_024);
  const frame = createFramer(1, deflater);
  const large = entry(LARGE);
  const [small, random] = [entry('x'), randomBytes(2_000)];
  const alone = frame([large]);
  expect(frame([large])).toBe(alone);
  expect(deflater.deflate(large)).toBe(deflater.deflate(large));
  expect(alone[0]).toBe(0xc1);
  expect(alone.byteLength).toBeLessThan(large.byteLength / 10);
  const payload = Buffer.concat([alone.subarray(2), Buffer.from([0, 0, 0xff, 0xff])]);
  expect(inflateRawSync(payload, { finishFlush: 2 }).equals(large)).toBe(true);
  expect(frame([small])[0]).toBe(0x81);
  expect(frame([random])[0]).toBe(0x81);
  const series = Buffer.from(frame([large, small]));
  expect(series.equals(Buffer.concat([alone, frame([small])]))).toBe(true);
});

test('Z1: it is off, unless it is turned on and asked for, without context takeover', async () => {
  const off = await openJsonSocket(plain.webSocketUrl);
  expect(off.socket.extensions).toBe('');
  off.socket.close();
  const unasked = await openJsonSocket(server.webSocketUrl, [], { perMessageDeflate: false });
  expect(unasked.socket.extensions).toBe('');
  unasked.socket.close();
  const headers: string[] = [];
  const socket = new WebSocket(server.webSocketUrl);
  socket.on('upgrade', (response) => headers.push(String(response.headers['sec-websocket-extensions'])));
  await once(socket, 'open');
  expect(headers[0]).toContain('server_no_context_takeover');
  expect(headers[0]).toContain('client_no_context_takeover');
  socket.terminate();
});

/** Bytes that came on the socket below. */
function bytesRead(socket: WebSocket): number {
  const { _socket: raw } = socket as unknown as { readonly _socket: { readonly bytesRead: number } };
  return raw.bytesRead;
}

async function publish(index: number): Promise<void> {
  const response = await server.request('/api/v1/publish', {
    token: operator,
    body: { topic: 'app/compression', data: { index, text: LARGE } },
  });
  expect(response.status).toBeLessThan(300);
}

test('Z1, Z2: who agreed gets the same with less, and the window counts it as it was', async () => {
  const compressed = await openEnhanced(server.webSocketUrl, operator, 'compressed');
  const other = await openJsonSocket(server.webSocketUrl, 'ms5.v1.json', { perMessageDeflate: false });
  const small = await openJsonSocket(server.webSocketUrl, 'ms5.v1.json', {
    perMessageDeflate: { serverMaxWindowBits: 9 },
  });
  for (const [index, client] of [other, small].entries()) {
    let received = 0;
    client.socket.on('message', () => client.send({ type: 'ack', received: (received += 1) }));
    const about = { id: `plain-${index}`, name: 'test', version: '1' };
    client.send({ type: 'connect', token: operator, client: about });
    await client.next('welcome', ({ type }) => type === 'welcome');
  }
  const clients = [compressed, other, small];
  for (const client of clients) {
    client.send({ type: 'subscribe', id: 1, filters: ['app/#'] });
    await client.next('synced', ({ type }) => type === 'synced');
  }
  const before = clients.map(({ socket }) => bytesRead(socket));
  for (let index = 0; index < 30; index += 1) {
    await publish(index);
    for (const client of clients)
      await client.next(`entry ${index}`, (message) => JSON.stringify(message).includes(`"index":${index},`));
  }
  const read = clients.map(({ socket }, index) => bytesRead(socket) - (before[index] ?? 0));
  expect(read[0]).toBeLessThan((read[1] ?? 0) / 5);
  expect(read[1]).toBeGreaterThan(30 * LARGE.length);
  expect(read[2]).toBeGreaterThan(30 * LARGE.length);
  for (const { socket } of clients) socket.close();
});

test('Z3: what a client compresses counts as it is without, so a bomb goes off nowhere', async () => {
  const client = await openEnhanced(server.webSocketUrl, operator, 'bomber');
  client.socket.send(JSON.stringify({ type: 'probe', id: 1, padding: 'x'.repeat(30_000) }), {
    compress: true,
  });
  await client.next('probed', ({ type }) => type === 'probed');
  client.socket.send(JSON.stringify({ type: 'probe', id: 2, padding: 'x'.repeat(100_000) }), {
    compress: true,
  });
  await client.next('the error', ({ name }) => name === 'messageTooLarge');
  client.socket.send('x'.repeat(50_000_000), { compress: true });
  expect((await client.closed).code).toBe(1009);
});

test('Z1: memory stays flat over many messages', () => {
  const frame = createFramer(1, createDeflater(1_024));
  const round = (count: number): void => {
    for (let index = 0; index < count; index += 1) frame([entry(`${index} ${LARGE}`)]);
  };
  round(3_000);
  const before = process.memoryUsage.rss();
  round(12_000);
  // 12,000 compressors of some 300 kB each are 3.6 GB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
});

test('Z2: a client that acknowledges nothing gets its window and no more, however small it became', async () => {
  const stalled = await openJsonSocket(server.webSocketUrl, 'ms5.v1.json');
  const about = { id: 'stalled', name: 'test', version: '1' };
  stalled.send({ type: 'connect', token: operator, client: about });
  stalled.send({ type: 'subscribe', id: 1, filters: ['app/#'] });
  await stalled.next('synced', ({ type }) => type === 'synced');
  const witness = await openEnhanced(server.webSocketUrl, operator, 'witness');
  witness.send({ type: 'subscribe', id: 1, filters: ['app/#'] });
  await witness.next('synced', ({ type }) => type === 'synced');
  for (let index = 100; index < 130; index += 1) await publish(index);
  await until('the last one', () =>
    witness.messages.some((message) => JSON.stringify(message).includes('"index":129,')) ? true : undefined,
  );
  const entries = stalled.messages.filter(({ type }) => type === 'entries');
  expect(entries.length).toBeGreaterThan(0);
  expect(Buffer.byteLength(JSON.stringify(entries))).toBeLessThan(16_384);
  stalled.socket.close();
  witness.socket.close();
});
