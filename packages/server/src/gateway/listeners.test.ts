import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createListeners, type Listeners } from './listeners.ts';

const host = '127.0.0.1';
const opened: { readonly http: Server; readonly listeners: Listeners }[] = [];
afterEach(async () => {
  for (const { http, listeners } of opened.splice(0)) {
    http.close();
    http.closeAllConnections();
    await listeners.close();
  }
});

interface Listening {
  readonly http: Server;
  readonly listeners: Listeners;
  readonly port: number;
}

async function open(limit = 1_000, at = 0): Promise<Listening> {
  const http = createServer((_request, response) => response.end('served'));
  const listeners = createListeners(http, limit);
  opened.push({ http, listeners });
  await listeners.open({ port: at, host }, async (options) => {
    http.listen(options);
    await once(http, 'listening');
  });
  return { http, listeners, port: (http.address() as AddressInfo).port };
}

/** Resolves to what the server says before it closes the connection. */
function ask(port: number): Promise<string> {
  const socket = connect({ port, host });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n');
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

test('connections are served whichever socket took them', async () => {
  const { port } = await open();
  const answers = await Promise.all(Array.from({ length: 64 }, () => ask(port)));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*served/);
});

test('past the limit a connection is dropped, and taken again when there is room', async () => {
  const { http, port } = await open(8);
  const taken: Socket[] = [];
  for (let count = 0; count < 8; count += 1) {
    const connected = once(http, 'connection');
    const socket = connect({ port, host });
    await connected;
    taken.push(socket);
  }
  for (let count = 0; count < 8; count += 1) expect(await ask(port)).toBe('');
  const [first] = taken;
  first?.destroy();
  await expect.poll(() => ask(port)).toMatch(/served/);
  for (const socket of taken) socket.destroy();
});

test('who shares the port of its own sockets shares it with nobody else', async () => {
  const { port } = await open();
  await expect(open(1_000, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('once closed nobody is taken, and what was taken is waited for', async () => {
  const { http, listeners, port } = await open();
  const taken: Socket[] = [];
  for (let count = 0; count < 32; count += 1) {
    const connected = once(http, 'connection');
    taken.push(connect({ port, host }));
    await connected;
  }
  http.close();
  let isClosed = false;
  const closed = listeners.close().then(() => (isClosed = true));
  expect(await ask(port)).toBe('');
  expect(isClosed).toBe(false);
  for (const socket of taken) socket.destroy();
  await closed;
  await listeners.close();
});
