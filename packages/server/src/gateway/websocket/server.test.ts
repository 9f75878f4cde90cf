import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBasicClient } from '../../../../../test/support/basic-client.ts';
import { until } from '../../../../../test/support/until.ts';
import { PRESS, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { ENHANCED, openEnhanced, openJsonSocket, refusal } from '../../../test-support/json-socket.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
let device = '';
let viewer = '';
let operator = '';

beforeAll(async () => {
  server = await startTestServer();
  [device, viewer, operator] = await Promise.all([
    server.token('device'),
    server.token('viewer'),
    server.token('operator'),
  ]);
});
afterAll(() => server.remove());

let beats = 0;
/** Makes something happen that everyone who subscribed to the press gets. */
async function beat(): Promise<string> {
  beats += 1;
  const name = `beat-${beats}`;
  const response = await server.request('/api/v1/observations', {
    token: device,
    body: [{ equipment: PRESS, telemetry: { [name]: beats } }],
  });
  expect(response.status).toBe(207);
  return `works/${PRESS}/telemetry/${name}`;
}

describe('endpoints', () => {
  test('basic: the platform WebSocket, by hand', async () => {
    const client = await openBasicClient(server.webSocketUrl, viewer);
    client.send({ type: 'subscribe', topics: ['works/hall/press/#'], id: 1 });
    await client.next('subscribed', ({ type }) => type === 'subscribed');
    await client.next('the status', ({ topic }) => topic === 'works/hall/press/status');
    const topic = await beat();
    await client.next('the beat', (message) => message['topic'] === topic);
    client.close();
  });

  test('basic: a client that only answers pings keeps receiving', async () => {
    const client = await openJsonSocket(server.webSocketUrl);
    client.send({ type: 'auth', token: viewer });
    client.send({ type: 'subscribe', topics: ['works/hall/press/#'] });
    await client.next('subscribed', ({ type }) => type === 'subscribed');
    for (let index = 0; index < 30; index += 1) {
      const topic = await beat();
      await client.next('the beat', (message) => message['topic'] === topic);
    }
    client.socket.close();
  });

  test('enhanced: subscription, command and its outcome', async () => {
    const client = await openEnhanced(server.webSocketUrl, operator);
    expect(client.socket.protocol).toBe(ENHANCED);
    client.send({ type: 'subscribe', id: 1, filters: ['works/hall/press/#', 'system/health'] });
    await client.next('synced', ({ type }) => type === 'synced');
    const health = await client.next('health', ({ topic }) => topic === 'system/health');
    expect(health).toMatchObject({ kind: 'record', log: 'system' });
    const data = { line: 'hall/press', callType: 'material', priority: 'low' };
    client.send({
      type: 'command',
      id: 2,
      command: 'raiseCall',
      data,
      key: { clientId: 'test-client', counter: 1 },
    });
    const outcome = await client.next('outcome', ({ type }) => type === 'outcome');
    expect(outcome).toMatchObject({ id: 2, status: 'applied' });
    await client.next(
      'the call',
      ({ topic, type }) => topic === 'works/hall/press/andon' && type === 'delta',
    );
    client.socket.close();
  });

  test('the token may come with the upgrade', async () => {
    const client = await openJsonSocket(server.webSocketUrl, [], {
      headers: { authorization: `Bearer ${viewer}` },
    });
    client.send({ type: 'subscribe', topics: ['works/hall/press/status'] });
    await client.next('the status', ({ topic }) => topic === 'works/hall/press/status');
    client.socket.close();
  });

  test('the first known subprotocol is taken, an unknown one refused with the list', async () => {
    const client = await openJsonSocket(server.webSocketUrl, ['ms9.v1.json', ENHANCED]);
    expect(client.socket.protocol).toBe(ENHANCED);
    client.socket.close();
    const refused = await refusal(openJsonSocket(server.webSocketUrl, 'mqtt'));
    expect(refused.status).toBe(400);
    expect(refused.problem).toMatchObject({ code: 'unknownSubprotocol' });
    expect(refused.problem.message).toContain(ENHANCED);
  });

  test('other paths, plain requests and tokens in the address are refused', async () => {
    const path = await refusal(openJsonSocket(server.webSocketUrl.replace('/ws', '/socket')));
    expect(path).toMatchObject({ status: 404, problem: { code: 'notFound' } });
    const query = await refusal(openJsonSocket(`${server.webSocketUrl}?token=${viewer}`));
    expect(query).toMatchObject({ status: 400, problem: { code: 'tokenInQuery' } });
    expect(query.message).not.toContain(viewer);
    expect((await server.request('/ws')).status).toBe(426);
    expect(server.logged.join('')).not.toContain(viewer);
  });
});

describe('tokens', () => {
  test('wrong and expired ones are told apart', async () => {
    const expired = await server.token('viewer', { lifetimeMs: -60_000 });
    for (const [token, code, pattern] of [
      [`${viewer.slice(0, -6)}AAAAAA`, 4501, /signature/i],
      [expired, 4002, /expired/i],
      ['not-a-token', 4501, /not a signed/i],
    ] as const) {
      const basic = await openJsonSocket(server.webSocketUrl);
      basic.send({ type: 'auth', token });
      const enhanced = await openJsonSocket(server.webSocketUrl, ENHANCED);
      enhanced.send({ type: 'connect', token, client: { id: 'c', name: 'c', version: '1' } });
      for (const client of [basic, enhanced]) {
        const closed = await client.closed;
        expect(closed.code).toBe(code);
        expect(closed.reason).toMatch(pattern);
        expect(JSON.stringify(client.messages)).not.toContain(token);
      }
    }
  });

  test('a malformed Authorization on the upgrade is refused', async () => {
    const attempt = openJsonSocket(server.webSocketUrl, [], { headers: { authorization: 'Basic b2xpdmlh' } });
    expect(await refusal(attempt)).toMatchObject({ status: 401, problem: { code: 'tokenMalformed' } });
  });
});

describe('origins', () => {
  test('pages of this server and configured ones may connect, others not', async () => {
    const own = await openJsonSocket(server.webSocketUrl, [], { origin: server.url });
    own.socket.close();
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      `${server.url}.evil.example`,
    ]) {
      const refused = await refusal(openJsonSocket(server.webSocketUrl, [], { origin }));
      expect(refused).toMatchObject({ status: 403, problem: { code: 'originRefused' } });
    }
    const open = await startTestServer({ allowedOrigins: ['https://screens.example'] });
    const allowed = await openJsonSocket(open.webSocketUrl, [], { origin: 'https://screens.example' });
    allowed.socket.close();
    await open.remove();
  });
});

describe('limits', () => {
  let small: TestServer | undefined;
  afterEach(() => small?.remove());

  test('past the soft one a connection is taken, told when to come back, and closed', async () => {
    small = await startTestServer({ limits: { softConnections: 1, connectionRetryAfterMs: 1_500 } });
    const first = await openJsonSocket(small.webSocketUrl);
    const enhanced = await openJsonSocket(small.webSocketUrl, ENHANCED);
    expect(await enhanced.closed).toMatchObject({ code: 4004 });
    expect(enhanced.messages).toMatchObject([{ type: 'error', name: 'overloaded', temporary: true }]);
    const waitMs = enhanced.messages[0]?.['retryAfterMs'];
    expect(waitMs).toBeGreaterThanOrEqual(1_500);
    expect(waitMs).toBeLessThanOrEqual(3_000);
    const basic = await openJsonSocket(small.webSocketUrl);
    expect(await basic.closed).toMatchObject({ code: 4004 });
    expect(basic.messages).toMatchObject([{ type: 'error', code: 'overloaded' }]);
    expect(basic.messages[0]?.['retryAfterMs']).toBeGreaterThanOrEqual(1_500);
    first.socket.close();
    await first.closed;
    await until('the place is free again', () => (small?.connections() === 0 ? true : undefined));
    const again = await openJsonSocket(small.webSocketUrl);
    again.socket.close();
  });

  test('past the hard one the upgrade is answered 503', async () => {
    small = await startTestServer({ limits: { hardConnections: 1 } });
    await openJsonSocket(small.webSocketUrl);
    const refused = await refusal(openJsonSocket(small.webSocketUrl));
    expect(refused).toMatchObject({
      status: 503,
      problem: { code: 'full' },
    });
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(5);
  });

  test('one address may not have them all', async () => {
    small = await startTestServer({ limits: { connectionsPerAddress: 2 } });
    await Promise.all([openJsonSocket(small.webSocketUrl), openJsonSocket(small.webSocketUrl)]);
    const refused = await refusal(openJsonSocket(small.webSocketUrl));
    expect(refused).toMatchObject({ status: 429, problem: { code: 'tooManyConnections' } });
  });
});

describe('bad input', () => {
  test('harms nobody else', async () => {
    const bystander = await openEnhanced(server.webSocketUrl, viewer, 'bystander');
    bystander.send({ type: 'subscribe', id: 1, filters: ['works/#'] });
    await bystander.next('synced', ({ type }) => type === 'synced');
    const unharmed = async (): Promise<void> => {
      const topic = await beat();
      await bystander.next('the beat', (message) => message['topic'] === topic);
    };

    const tooLarge = await openEnhanced(server.webSocketUrl, viewer, 'large');
    tooLarge.send('€'.repeat(65_537));
    await tooLarge.next('the error', ({ name }) => name === 'messageTooLarge');
    tooLarge.send('x'.repeat(262_145));
    expect((await tooLarge.closed).code).toBe(1009);

    const garbage = await openEnhanced(server.webSocketUrl, viewer, 'garbage');
    for (let index = 0; index < 50; index += 1) garbage.send(`{"type":${index}`);
    expect((await garbage.closed).code).toBe(4500);

    const binary = await openEnhanced(server.webSocketUrl, viewer, 'binary');
    for (let index = 0; index < 50; index += 1) binary.socket.send(Buffer.alloc(1_000, index));
    expect((await binary.closed).code).toBe(4500);

    const preamble = [
      'GET /ws HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n');
    expect(await pour(preamble, Buffer.alloc(10 * 1024 * 1024, 0xa5))).toMatch(/^HTTP\/1\.1 101 /);
    expect(await pour(preamble.replace('13', '7'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await pour(preamble.replace('dGhlIHNhbXBsZSBub25jZQ==', 'short'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await pour(preamble.replace('/ws', '//:0'))).toMatch(/^HTTP\/1\.1 400 /);
    await unharmed();
    expect(bystander.socket.readyState).toBe(bystander.socket.OPEN);
    bystander.socket.close();
  });
});

/** What comes back on a socket after writing to the port, until it ends. */
function pour(text: string, bytes = Buffer.alloc(0)): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(server.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(answer));
    socket.write(text);
    socket.end(bytes);
  });
}
