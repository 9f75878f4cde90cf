import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import {
  problemIn,
  startTestServer,
  TEST_KEY,
  type TestOptions,
  type TestServer,
} from '../../../test-support/gateway-server.ts';
import { ENHANCED, openEnhanced, openJsonSocket } from '../../../test-support/json-socket.ts';
import { temporaryDirectory } from '../../../../../test/support/plant.ts';
import { issueToken, verifyToken } from './token.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.remove();
  server = undefined;
});
/** The server of the test, which is removed after it. */
async function start(options: TestOptions = {}): Promise<TestServer> {
  server = await startTestServer(options);
  return server;
}

const idOf = async (token: string): Promise<string> =>
  (await verifyToken(TEST_KEY, token, Date.now())).tokenId ?? '';

describe('withdrawn access', () => {
  test('A10: ends sessions, refuses the token from then on, and stays over a restart', async () => {
    const revocationsFile = join(await temporaryDirectory('revoked'), 'revocations.json');
    const server = await start({ revocationsFile });
    const [admin, viewer, other] = await Promise.all([
      server.token('admin'),
      server.token('viewer'),
      server.token('viewer', { user: 'other' }),
    ]);
    const [victim, bystander] = [
      await openEnhanced(server.webSocketUrl, viewer, 'c1'),
      await openEnhanced(server.webSocketUrl, other, 'c2'),
    ];
    const renewed = (await (
      await server.request('/api/v1/token', { method: 'POST', token: viewer })
    ).json()) as {
      readonly token: string;
    };
    const body = { tokenIds: [await idOf(viewer)] };
    const reply = await server.request('/api/v1/revocations', { token: admin, body });
    expect(await reply.json()).toEqual({ sessions: 1 });
    expect((await victim.closed).code).toBe(4504);
    for (const token of [viewer, renewed.token])
      expect(await problemIn(await server.request('/api/v1/plant', { token }))).toMatchObject({
        status: 401,
        code: 'tokenRevoked',
      });
    const back = await openJsonSocket(server.webSocketUrl, ENHANCED);
    back.send({ type: 'connect', token: viewer, client: { id: 'c', name: 'c', version: '1' } });
    expect(await back.closed).toMatchObject({
      code: 4504,
      reason: expect.stringContaining('revoked') as unknown,
    });
    const basic = await openJsonSocket(server.webSocketUrl, [], {
      headers: { authorization: `Bearer ${renewed.token}` },
    });
    expect((await basic.closed).code).toBe(4504);
    expect(bystander.messages.at(-1)?.type).toBe('welcome');
    bystander.socket.close();
    await server.remove();
    const restarted = await start({ revocationsFile });
    expect((await restarted.request('/api/v1/plant', { token: viewer })).status).toBe(401);
    expect((await restarted.request('/api/v1/plant', { token: other })).status).toBe(200);
  });

  test('A10: a token that was renewed from a renewed one is withdrawn with it', async () => {
    const server = await start();
    const admin = await server.token('admin');
    const renew = async (token: string): Promise<string> => {
      const reply = await server.request('/api/v1/token', { method: 'POST', token });
      return ((await reply.json()) as { readonly token: string }).token;
    };
    const second = await renew(await server.token('viewer'));
    const third = await renew(second);
    const holder = await openEnhanced(server.webSocketUrl, third, 'c1');
    const separate = await server.token('viewer');
    const body = { tokenIds: [await idOf(second)] };
    const reply = await server.request('/api/v1/revocations', { token: admin, body });
    expect(await reply.json()).toEqual({ sessions: 1 });
    expect((await holder.closed).code).toBe(4504);
    const status = async (token: string) => (await server.request('/api/v1/plant', { token })).status;
    expect([await status(second), await status(third), await status(separate)]).toEqual([401, 401, 200]);
  });

  test('A10: of a user it concerns the tokens issued until then', async () => {
    const server = await start();
    const admin = await server.token('admin');
    const before = await server.token('operator');
    const reply = await server.request('/api/v1/revocations', {
      token: admin,
      body: { userIds: ['operator-1'] },
    });
    expect(await reply.json()).toEqual({ sessions: 0 });
    expect((await server.request('/api/v1/plant', { token: before })).status).toBe(401);
    const subject = { userId: 'operator-1', name: 'x', roles: ['operator'] };
    const { token } = await issueToken(TEST_KEY, subject, Date.now() + 1, 60_000);
    expect((await server.request('/api/v1/plant', { token })).status).toBe(200);
  });

  test('takes an administrator and a usable body', async () => {
    const server = await start();
    const [admin, manager] = await Promise.all([server.token('admin'), server.token('manager')]);
    const ask = async (token: string, body: unknown) =>
      problemIn(await server.request('/api/v1/revocations', { token, body }));
    expect(await ask(manager, { userIds: ['x'] })).toMatchObject({ status: 403, code: 'forbidden' });
    for (const body of [{}, { userIds: [] }, { userIds: ['a/b'] }, { tokenIds: [1] }, []])
      expect(await ask(admin, body)).toMatchObject({ status: 400, code: 'invalidBody' });
  });
});

describe('limits', () => {
  test('C6: a user has so many sessions and no more', async () => {
    const server = await start({ limits: { sessionsPerUser: 1 } });
    const viewer = await server.token('viewer');
    const first = await openEnhanced(server.webSocketUrl, viewer);
    const second = await openJsonSocket(server.webSocketUrl, [], {
      headers: { authorization: `Bearer ${viewer}` },
    });
    expect((await second.closed).code).toBe(4004);
    expect(second.messages).toMatchObject([{ type: 'error', code: 'tooManySessions' }]);
    first.socket.close();
  });

  test('C5: connections that come too fast are told when to come back', async () => {
    const server = await start({ limits: { acceptBurst: 2, acceptsPerSecond: 0.001 } });
    const admitted = [await openJsonSocket(server.webSocketUrl), await openJsonSocket(server.webSocketUrl)];
    const late = await openJsonSocket(server.webSocketUrl, ENHANCED);
    expect((await late.closed).code).toBe(4004);
    expect(late.messages).toMatchObject([{ type: 'error', code: 140, temporary: true }]);
    expect(late.messages[0]?.['retryAfterMs']).toBeGreaterThanOrEqual(5_000);
    for (const client of admitted) client.socket.close();
  });

  test('behind a trusted proxy it is the client that is counted', async () => {
    const server = await start({ trustedProxies: ['127.0.0.0/8'], limits: { connectionsPerAddress: 1 } });
    const open = (forwarded: string) =>
      openJsonSocket(server.webSocketUrl, [], { headers: { 'x-forwarded-for': forwarded } });
    const first = await open('198.51.100.1');
    await expect(open('198.51.100.9, 198.51.100.1')).rejects.toMatchObject({ status: 429 });
    const second = await open('198.51.100.2');
    for (const client of [first, second]) client.socket.close();
  });

  test('a page of another origin gets no basic connection, whatever cookie it brings', async () => {
    const server = await start();
    const cookie = `ms5_events=${await server.token('viewer')}`;
    const headers = { cookie, origin: 'https://elsewhere.example.com' };
    await expect(openJsonSocket(server.webSocketUrl, [], { headers })).rejects.toMatchObject({
      status: 403,
      problem: { code: 'originRefused' },
    });
    // Nor does a cookie stand for a token where the origin is the server's own.
    const own = await openJsonSocket(server.webSocketUrl, [], { headers: { cookie, origin: server.url } });
    own.send({ type: 'subscribe', topics: ['works/#'], id: 1 });
    expect((await own.closed).code).toBe(4500);
    expect(own.messages).toEqual([]);
  });
});

test('tokens of another issuer are taken beside our own, and are not renewed here', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA' };
  const keys = createServer((_request, response) => {
    response.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  try {
    const url = new URL(`http://127.0.0.1:${(keys.address() as AddressInfo).port}/`);
    const server = await start({
      keySet: { url, issuer: 'idp', audience: 'ms5', rolesClaim: 'realm_access.roles' },
    });
    const sign = (roles: readonly string[]): Promise<string> =>
      new SignJWT({ realm_access: { roles } })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
        .setSubject('ann')
        .setIssuer('idp')
        .setAudience('ms5')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    const token = await sign(['operator']);
    expect((await server.request('/api/v1/plant', { token })).status).toBe(200);
    expect((await server.request('/api/v1/plant', { token: await server.token('viewer') })).status).toBe(200);
    const client = await openEnhanced(server.webSocketUrl, token);
    client.send({ type: 'refresh', id: 1, token: await sign(['viewer']) });
    await client.next('refreshed', ({ type }) => type === 'refreshed');
    client.socket.close();
    const renewal = await server.request('/api/v1/token', { method: 'POST', token });
    expect(await problemIn(renewal)).toMatchObject({ status: 403, code: 'forbidden' });
  } finally {
    keys.closeAllConnections();
    keys.close();
  }
});

test('A3: while the keys of another issuer cannot be had, its tokens close with 4007', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  const server = await start({
    keySet: { url: new URL('http://127.0.0.1:1/'), issuer: 'idp', audience: 'ms5' },
  });
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).setSubject('ann').sign(privateKey);
  const client = await openJsonSocket(server.webSocketUrl, ENHANCED);
  client.send({ type: 'connect', token, client: { id: 'c', name: 'c', version: '1' } });
  expect((await client.closed).code).toBe(4007);
  expect(await problemIn(await server.request('/api/v1/plant', { token }))).toMatchObject({
    status: 503,
    code: 'tokenUnverifiable',
  });
});
