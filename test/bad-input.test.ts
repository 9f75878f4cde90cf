import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CLOSE_CODES } from '@ms5/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBasicClient, type BasicClient } from './support/basic-client.ts';
import { ms5, startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';
import { startShdrAdapter, type ShdrAdapter } from './support/shdr-adapter.ts';

const TEN_MEGABYTES = 10 * 1024 * 1024;

let directory = '';
let adapter: ShdrAdapter;
let server: RunningServer;
let device = '';
let bystander: BasicClient;

beforeAll(async () => {
  directory = await temporaryDirectory('bad-input');
  adapter = await startShdrAdapter();
  const plantFile = await writePlant(directory, testPlant({ shdrPort: adapter.port }));
  server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  device = await server.token('device');
  bystander = await openBasicClient(server.webSocketUrl, await server.token('viewer'));
  bystander.send({ type: 'subscribe', topics: ['works/hall/#', 'system/#'], id: 1 });
  await bystander.next('subscribed', (message) => message.type === 'subscribed');
  await adapter.connected();
});
afterAll(async () => {
  bystander?.close();
  await server?.stop();
  await adapter?.close();
  await rm(directory, { recursive: true, force: true });
});

let beats = 0;
/** Proves that the bystander still gets what happens, after whatever was thrown at the server. */
async function expectNoHarm(): Promise<void> {
  beats += 1;
  const name = `beat-${beats}`;
  const response = await post([{ equipment: 'hall/press/press', telemetry: { [name]: beats } }]);
  expect(response.status).toBe(207);
  await bystander.next('the beat', (message) => String(message['topic']).endsWith(`telemetry/${name}`));
  expect(bystander.closed).toBeUndefined();
}

function post(body: unknown, token = device): Promise<Response> {
  return fetch(`${server.url}/api/v1/observations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function garbage(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let state = 0x2f6e2b1;
  for (let index = 0; index < bytes; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    buffer[index] = state >>> 16;
  }
  return buffer;
}

/** Writes bytes to a port as fast as it takes them; resolves when all is written or the peer closed. */
function pour(port: number, bytes: Buffer, preamble = ''): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(answer));
    socket.write(preamble);
    socket.end(bytes);
  });
}

describe('plant configuration', () => {
  test('a broken YAML file is refused with file, line and what was expected', async () => {
    const file = await writePlant(directory, testPlant());
    const good = await ms5(['check', file]);
    expect(good.code).toBe(0);
    const other = await temporaryDirectory('yaml');
    const bad = await writePlant(other, testPlant().replace('idealCycle: 1s', 'idealCycle: fast'));
    const result = await ms5(['check', bad]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(bad);
    expect(result.stderr).toMatch(/plant\.yaml:\d+:\d+/);
    expect(result.stderr).toMatch(/products.*idealCycle/);
    expect(result.stderr).toMatch(/expected/i);
    expect(result.stderr).toContain('fast');
    const syntax = await writePlant(other, `${testPlant()}\n  - [unclosed`);
    const unparsable = await ms5(['check', syntax]);
    expect(unparsable.code).toBe(2);
    expect(unparsable.stderr).toMatch(/plant\.yaml:\d+:\d+/);
    await rm(other, { recursive: true, force: true });
  });

  test('a server does not start on it, and says why', async () => {
    const other = await temporaryDirectory('yaml-serve');
    const bad = await writePlant(other, testPlant().replace('product: bolt', 'product: nut'));
    const result = await ms5(['serve', '--plant', bad, '--data', join(other, 'data'), '--port', '0']);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/plant\.yaml:\d+:\d+/);
    expect(result.stderr).toContain('nut');
    await rm(other, { recursive: true, force: true });
  });
});

describe('observations', () => {
  test('an unknown equipment is refused by name, the good items beside it are kept', async () => {
    const response = await post([
      { equipment: 'hall/press/press', state: 'running' },
      { equipment: 'hall/press/pres', state: 'running' },
      { equipment: 'hall/press/press', good: -1 },
      { equipment: 'hall/press/press', good: 2 },
    ]);
    expect(response.status).toBe(207);
    const { results } = (await response.json()) as { results: readonly Record<string, unknown>[] };
    expect(results.map((result) => result['status'])).toEqual([
      'accepted',
      'rejected',
      'rejected',
      'accepted',
    ]);
    expect(results[1]?.['message']).toMatch(/hall\/press\/pres\b/);
    expect(results[1]?.['message']).toMatch(/hall\/press\/press/);
    expect(results[2]?.['path']).toMatch(/good/);
    await expectNoHarm();
  });

  test.each([
    ['not JSON', '{"equipment":', 400],
    ['not an array', '{"equipment":"hall/press/press"}', 400],
  ])('a body that is %s is refused as a whole', async (_what, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    const problem = (await response.json()) as { error: { code: string; message: string } };
    expect(problem.error.code).toBeTruthy();
    expect(problem.error.message.length).toBeGreaterThan(10);
    await expectNoHarm();
  });
});

describe('tokens', () => {
  test('a wrong token', async () => {
    const response = await post([], 'not-a-token');
    expect(response.status).toBe(401);
    const text = await response.text();
    expect(text).not.toContain('not-a-token');
    const client = await openBasicClient(server.webSocketUrl);
    client.send({ type: 'auth', token: `${device.slice(0, -4)}AAAA` });
    await expectClosed(client);
    expect(client.closed?.code).toBe(CLOSE_CODES.unauthorized.code);
    expect(client.closed?.reason).toMatch(/signature/i);
    await expectNoHarm();
  });

  test('an expired token is called expired', async () => {
    const expired = await server.token('device', 'late', '1ms');
    const response = await post([], expired);
    expect(response.status).toBe(401);
    expect(await response.text()).toMatch(/expired/i);
    const client = await openBasicClient(server.webSocketUrl);
    client.send({ type: 'auth', token: expired });
    await expectClosed(client);
    expect(client.closed?.code).toBe(CLOSE_CODES.tokenExpired.code);
    expect(client.closed?.reason).toMatch(/expired/i);
    await expectNoHarm();
  });
});

describe('SHDR', () => {
  test('a truncated line is counted and reported, the lines around it are kept', async () => {
    adapter.send(`${new Date().toISOString()}|execution|ACTIVE\n`);
    await bystander.next('running', (message) => {
      const data = message['data'] as { state?: { name?: string } } | undefined;
      return message['topic'] === 'works/hall/mill/status' && data?.state?.name === 'running';
    });
    adapter.send('2026-0\n|||\nexecution|RE\n');
    adapter.send(`${new Date().toISOString()}|execution|FEED_HOLD\n`);
    await bystander.next('stopped', (message) => {
      const data = message['data'] as { state?: { name?: string } } | undefined;
      return message['topic'] === 'works/hall/mill/status' && data?.state?.name === 'stopped';
    });
    await bystander.next('the rejected lines in health', (message) => {
      const data = message['data'] as
        | { connectors?: { list: readonly { rejectedLines: number }[] } }
        | undefined;
      return message['topic'] === 'system/health' && (data?.connectors?.list[0]?.rejectedLines ?? 0) > 0;
    });
    await expectNoHarm();
  });

  test('10 MB of garbage from the adapter: cut, then connected again', async () => {
    const before = adapter.accepted();
    adapter.send(garbage(TEN_MEGABYTES));
    adapter.send(`\n${new Date().toISOString()}|execution|READY\n`);
    await bystander.next('idle again', (message) => {
      const data = message['data'] as { state?: { name?: string } } | undefined;
      if (adapter.accepted() > before) adapter.send(`${new Date().toISOString()}|execution|READY\n`);
      return message['topic'] === 'works/hall/mill/status' && data?.state?.name === 'idle';
    });
    await expectNoHarm();
  });
});

describe('10 MB of garbage', () => {
  test('on the HTTP port, raw', async () => {
    const answer = await pour(Number(new URL(server.url).port), garbage(TEN_MEGABYTES));
    expect(answer === '' || answer.startsWith('HTTP/1.1 4')).toBe(true);
    await expectNoHarm();
  });

  test('as the body of a request', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${server.url}/api/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${device}`, 'content-type': 'application/json' },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end(garbage(TEN_MEGABYTES));
    });
    expect([400, 413]).toContain(status);
    await expectNoHarm();
  });

  test('as WebSocket messages and as raw bytes after the upgrade', async () => {
    const client = await openBasicClient(server.webSocketUrl, await server.token('viewer', 'noisy'));
    client.send(garbage(TEN_MEGABYTES).toString('latin1'));
    await expectClosed(client);
    const preamble = [
      'GET /ws HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n');
    const answer = await pour(Number(new URL(server.url).port), garbage(TEN_MEGABYTES), preamble);
    expect(answer).toMatch(/^HTTP\/1\.1 101/);
    await expectNoHarm();
  });
});

async function expectClosed(client: BasicClient): Promise<void> {
  await expect.poll(() => client.closed?.code, { timeout: 10_000 }).toBeGreaterThanOrEqual(1000);
}
