import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../../../test/support/until.ts';
import { AuthenticationError } from './authentication-error.ts';
import { createKeySetVerifier, type KeySetOptions, type KeySetVerifier } from './key-set.ts';
import { openRevocations } from './revocations.ts';

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'factory';

interface Key {
  readonly id: string;
  readonly algorithm: string;
  readonly secret: CryptoKey;
  readonly jwk: JWK;
}

async function createKey(id: string, algorithm = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
  return { id, algorithm, secret: privateKey, jwk };
}

/** A server of keys, as it is found at an identity provider. */
let server: Server;
let published: readonly Key[] = [];
let fetches = 0;
let answer: 'keys' | 'error' | 'nonsense' = 'keys';
let url: URL;

beforeEach(async () => {
  published = [];
  fetches = 0;
  answer = 'keys';
  server = createServer((_request, response) => {
    fetches += 1;
    if (answer === 'error') response.writeHead(503).end();
    else
      response.end(
        answer === 'nonsense' ? '<html>' : JSON.stringify({ keys: published.map(({ jwk }) => jwk) }),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
});
afterEach(async () => {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

const verifier = (options: Partial<KeySetOptions> = {}): KeySetVerifier =>
  createKeySetVerifier({ url, issuer: ISSUER, audience: AUDIENCE, cooldownMs: 0, ...options });

function sign(key: Key, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const all = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ann',
    iat,
    exp: iat + 3_600,
    roles: ['operator'],
    ...claims,
  };
  return new SignJWT(all).setProtectedHeader({ alg: key.algorithm, kid: key.id }).sign(key.secret);
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return 'accepted';
  if (error instanceof AuthenticationError) return error.code;
  throw error;
}
const check = (keys: KeySetVerifier, token: string): Promise<string> =>
  codeOf(keys.verify(token, Date.now()));

test('A10: a token of an issuer whose clock is ahead counts as issued before what its user was withdrawn by', async () => {
  const keys = verifier();
  const key = await createKey('ahead');
  published = [key];
  const now = Date.now();
  const iat = Math.floor(now / 1_000) + 50;
  const verified = await keys.verify(await sign(key, { iat }), now);
  const revocations = await openRevocations(undefined, now);
  await revocations.revoke({ userIds: ['ann'], tokenIds: [] }, now);
  expect(revocations.isRevoked(verified)).toBe(true);
  const later = await keys.verify(await sign(key, { iat: iat + 61 }), now + 61_000);
  expect(revocations.isRevoked(later)).toBe(false);
});

test('tokens signed with RS256, ES256 and EdDSA are taken, and no others', async () => {
  const keys = verifier();
  published = await Promise.all(
    ['RS256', 'ES256', 'EdDSA', 'ES384', 'PS256'].map((name) => createKey(name, name)),
  );
  const codes = [];
  for (const key of published) codes.push(await check(keys, await sign(key)));
  expect(codes).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'tokenAlgorithmRefused',
    'tokenAlgorithmRefused',
  ]);
  const hmac = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
    .sign(new TextEncoder().encode(JSON.stringify(published[0]?.jwk)));
  expect(await check(keys, hmac)).toBe('tokenAlgorithmRefused');
});

test('a new key counts without a restart, one that was taken away no longer than it is cached', async () => {
  const [first, second] = await Promise.all([createKey('k1'), createKey('k2')]);
  published = [first];
  const keys = verifier({ cacheMs: 300 });
  const [old, fresh] = await Promise.all([sign(first), sign(second)]);
  expect(await check(keys, old)).toBe('accepted');
  expect(await check(keys, fresh)).toBe('tokenSignatureInvalid');
  published = [second];
  expect(await check(keys, fresh)).toBe('accepted');
  await until('the removed key to be refused', async () =>
    (await check(keys, old)) === 'tokenSignatureInvalid' ? true : undefined,
  );
  expect(await check(keys, fresh)).toBe('accepted');
});

test('while the keys cannot be had, known ones count as long as they are cached', async () => {
  const [first, second] = await Promise.all([createKey('k1'), createKey('k2')]);
  published = [first];
  const keys = verifier({ cacheMs: 1_500 });
  const [known, unknown] = await Promise.all([sign(first), sign(second)]);
  expect(await check(keys, known)).toBe('accepted');
  for (const failure of ['error', 'nonsense'] as const) {
    answer = failure;
    expect(await check(keys, unknown)).toBe('tokenUnverifiable');
    expect(await check(keys, known)).toBe('accepted');
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await check(keys, unknown)).toBe('tokenUnverifiable');
  await until('the cached key to be too old', async () =>
    (await check(keys, known)) === 'tokenUnverifiable' ? true : undefined,
  );
});

test('unknown keys cause no more than one fetch in a time', async () => {
  const [known, unknown] = await Promise.all([createKey('k1'), createKey('k2')]);
  published = [known];
  const keys = verifier({ cooldownMs: 60_000 });
  expect(await check(keys, await sign(known))).toBe('accepted');
  const token = await sign(unknown);
  for (let count = 0; count < 20; count += 1) expect(await check(keys, token)).toBe('tokenUnverifiable');
  expect(fetches).toBe(1);
});

test('issuer, audience, times and claims are checked', async () => {
  const key = await createKey('k1');
  published = [key];
  const keys = verifier();
  const now = Math.floor(Date.now() / 1_000);
  for (const [claims, code] of [
    [{ iss: 'https://elsewhere.example.com' }, 'tokenClaimInvalid'],
    [{ aud: 'another' }, 'tokenClaimInvalid'],
    [{ sub: 'a/b' }, 'tokenClaimInvalid'],
    [{ sub: undefined }, 'tokenClaimInvalid'],
    [{ iat: undefined }, 'tokenClaimInvalid'],
    [{ roles: [1] }, 'tokenClaimInvalid'],
    [{ exp: now + 401 * 86_400 }, 'tokenClaimInvalid'],
    [{ iat: now + 3, nbf: now + 3 }, 'accepted'],
    [{ iat: now - 120, exp: now - 60 }, 'tokenExpired'],
    [{ iat: now + 120 }, 'tokenNotYetValid'],
    [{ nbf: now + 600 }, 'tokenNotYetValid'],
  ] as const)
    expect(await check(keys, await sign(key, claims)), JSON.stringify(claims)).toBe(code);
  const token = await sign(key);
  expect(await check(keys, `${token.slice(0, -6)}AAAAAA`)).toBe('tokenSignatureInvalid');
});

test('user, name and roles are where the issuer puts them', async () => {
  const key = await createKey('k1');
  published = [key];
  const claims = {
    sub: 'f3a1-77',
    jti: 'j1',
    preferred_username: 'ann',
    name: 'Ann Example',
    realm_access: { roles: ['lead', 'offline_access'] },
    'https://ms5.example/roles': 'viewer operator',
  };
  const token = await sign(key, claims);
  const verify = (options: Partial<KeySetOptions>) => verifier(options).verify(token, Date.now());
  await expect(
    verify({ userClaim: 'preferred_username', rolesClaim: 'realm_access.roles' }),
  ).resolves.toMatchObject({
    userId: 'ann',
    name: 'Ann Example',
    roles: ['lead', 'offline_access'],
    tokenId: 'j1',
  });
  await expect(verify({ rolesClaim: 'https://ms5.example/roles' })).resolves.toMatchObject({
    userId: 'f3a1-77',
    roles: ['viewer', 'operator'],
  });
  await expect(verify({ rolesClaim: 'none.such' })).resolves.toMatchObject({ roles: [] });
});
