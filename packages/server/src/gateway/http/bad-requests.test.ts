import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
let device = '';
beforeAll(async () => {
  server = await startTestServer();
  device = await server.token('device');
});
afterAll(() => server.remove());

/** What comes back on a socket after writing bytes to the port. */
function pour(bytes: Buffer | string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(server.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(answer));
    socket.end(bytes);
  });
}

test.each([
  ['/api/v1/login', 'GET', 'POST'],
  ['/api/v1/observations', 'PUT', 'POST'],
  ['/api/v1/commands', 'DELETE', 'POST'],
  ['/api/v1/plant', 'POST', 'GET, HEAD'],
  ['/api/v1/equipment/a/b/c/timeline', 'PATCH', 'GET, HEAD'],
  ['/healthz', 'POST', 'GET, HEAD'],
])('%s does not take %s', async (path, method, allowed) => {
  const response = await server.request(path, { method, token: device });
  expect(response.headers.get('allow')).toBe(allowed);
  expect(await problemIn(response)).toMatchObject({ status: 405, code: 'methodNotAllowed' });
});

test.each(['text/plain', 'application/xml', 'multipart/form-data', 'application/json-seq', 'x'])(
  'a body that is %s is refused',
  async (type) => {
    for (const path of ['/api/v1/observations', '/api/v1/commands', '/api/v1/login']) {
      const response = await server.request(path, {
        token: device,
        body: '[]',
        headers: { 'content-type': type },
      });
      expect(await problemIn(response)).toMatchObject({ status: 415, code: 'unsupportedMediaType' });
    }
  },
);

test('broken JSON is called so', async () => {
  for (const body of ['{', '{"user":"\u0000"', 'nul', '{"__proto__":{"x":1}}']) {
    const response = await server.request('/api/v1/login', { body });
    expect(await problemIn(response)).toMatchObject({ status: 400, code: 'malformedJson' });
  }
});

test('an unknown address is a problem for programs, a screen for people', async () => {
  const answer = await server.request('/api/v2/plant', { token: device });
  expect(await problemIn(answer)).toMatchObject({ status: 404, code: 'notFound' });
  const screen = await server.request('/line/hall/press', { headers: { accept: 'text/html' } });
  expect(screen.headers.get('content-type')).toMatch(/text\/html/);
  expect((await server.request('/%E0%A4%A')).status).toBe(400);
});

test.each([
  ['/api/v1/login', 64 * 1024],
  ['/api/v1/observations', 4 * 1024 * 1024],
])('a body of 10 MB to %s is refused with an answer that arrives', async (path, limit) => {
  const send = (bytes: number, chunked: boolean): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const sent = request(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${device}`,
          'content-type': 'application/json',
          ...(chunked ? {} : { 'content-length': bytes }),
        },
      });
      sent.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(Buffer.alloc(bytes, 0x20));
    });
  for (const chunked of [false, true]) {
    const { status, text } = await send(10 * 1024 * 1024, chunked);
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'bodyTooLarge' } });
    expect((await send(limit, chunked)).status).toBe(400);
  }
});

test.each([
  ['of a stated length', (bytes: Buffer) => [`Content-Length: ${bytes.byteLength}\r\n\r\n`, bytes, '']],
  [
    'in chunks',
    (bytes: Buffer) => [
      `Transfer-Encoding: chunked\r\n\r\n${bytes.byteLength.toString(16)}\r\n`,
      bytes,
      '\r\n0\r\n\r\n',
    ],
  ],
])(
  'who writes a body %s to its end before reading gets the answer, and the next one',
  async (_how, parts) => {
    const body = Buffer.alloc(16 * 1024 * 1024, 0x20);
    const head = `POST /api/v1/observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${device}\r\nContent-Type: application/json\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1');
      let text = '';
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      socket.write(head);
      for (const part of parts(body)) socket.write(part);
      socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', () => {
        socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"bodyTooLarge"');
    expect(answer).toMatch(/HTTP\/1\.1 200 /);
  },
);

test('what is no HTTP is answered 400 and the connection ends', async () => {
  const answer = await pour('hello there\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"malformedRequest"');
  const headers = await pour(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`);
  expect(headers).toMatch(/^HTTP\/1\.1 431 /);
  expect(headers).toContain('"code":"headersTooLarge"');
  const smuggled =
    'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await pour(smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await (await server.request('/readyz')).json()).toEqual({ status: 'serving' });
});

test('10 MB of garbage on the port harms nobody', async () => {
  const garbage = Buffer.alloc(10 * 1024 * 1024);
  for (let index = 0; index < garbage.length; index += 1) garbage[index] = (index * 2_654_435_761) >>> 13;
  const answer = await pour(garbage);
  expect(answer === '' || answer.startsWith('HTTP/1.1 400 ')).toBe(true);
  expect((await server.request('/readyz')).status).toBe(200);
});
