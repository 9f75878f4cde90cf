import { SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { AuthenticationError, type AuthenticationFailure } from './authentication-error.ts';
import { issueToken, verifyToken } from './token.ts';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);
const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;
const olivia = { userId: 'olivia', name: 'Olivia', roles: ['operator'] };

async function failureOf(token: string, atMs = NOW): Promise<AuthenticationFailure> {
  const error: unknown = await verifyToken(key, token, atMs).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthenticationError);
  const failure = error as AuthenticationError;
  if (token.length > 8) expect(failure.message).not.toContain(token);
  return failure.code;
}

test('a token says whom it speaks for until it expires', async () => {
  const { token, expiresAt } = await issueToken(key, olivia, NOW, HOUR_MS);
  expect(expiresAt).toBe(NOW + HOUR_MS);
  const verified = await verifyToken(key, token, NOW + HOUR_MS - 1);
  expect(verified).toMatchObject({ ...olivia, expiresAt });
  expect(verified.tokenId).toMatch(/^[0-9a-f-]{36}$/);
});

test('every token has an id of its own', async () => {
  const [first, second] = await Promise.all([
    issueToken(key, olivia, NOW, HOUR_MS),
    issueToken(key, olivia, NOW, HOUR_MS),
  ]);
  expect(first.token).not.toBe(second.token);
});

test('expired, foreign, altered and malformed are told apart', async () => {
  const { token } = await issueToken(key, olivia, NOW, HOUR_MS);
  expect(await failureOf(token, NOW + HOUR_MS)).toBe('tokenExpired');
  const foreign = await issueToken(otherKey, olivia, NOW, HOUR_MS);
  expect(await failureOf(foreign.token)).toBe('tokenSignatureInvalid');
  const [header, , signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ sub: 'olivia', roles: ['admin'] })).toString('base64url');
  expect(await failureOf(`${header}.${forged}.${signature}`)).toBe('tokenSignatureInvalid');
  for (const broken of ['', 'x', 'a.b.c', 'not-a-token', '..', 'a'.repeat(20_000)]) {
    expect(await failureOf(broken)).toBe('tokenMalformed');
  }
});

test('only HS256 is accepted, whatever the header asks for', async () => {
  const unsigned = new UnsecuredJWT({ name: 'x', roles: ['admin'] })
    .setSubject('x')
    .setIssuer('ms5')
    .setAudience('ms5')
    .setExpirationTime('1h')
    .encode();
  expect(await failureOf(unsigned)).toBe('tokenAlgorithmRefused');
  const longKey = new Uint8Array(64).fill(7);
  const stronger = await new SignJWT({}).setProtectedHeader({ alg: 'HS512' }).sign(longKey);
  expect(await failureOf(stronger)).toBe('tokenAlgorithmRefused');
});

test('issuer, audience and needed claims are checked', async () => {
  const sign = (claims: Record<string, unknown>): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
  const iat = NOW / 1000;
  const good = { iss: 'ms5', aud: 'ms5', sub: 'a', jti: '1', iat, exp: iat + 60, name: 'A', roles: [] };
  await expect(verifyToken(key, await sign(good), NOW)).resolves.toMatchObject({ userId: 'a' });
  for (const wrong of [
    { iss: 'other' },
    { aud: 'other' },
    { sub: undefined },
    { sub: 'a/b' },
    { sub: '#' },
    { exp: undefined },
    { jti: undefined },
    { roles: 'admin' },
    { name: 3 },
  ]) {
    expect(await failureOf(await sign({ ...good, ...wrong }))).toBe('tokenClaimInvalid');
  }
  expect(await failureOf(await sign({ ...good, nbf: iat + 30 }))).toBe('tokenNotYetValid');
  expect(await failureOf(await sign({ ...good, iat: iat + 3_600, exp: iat + 7_200 }))).toBe(
    'tokenNotYetValid',
  );
  expect(await failureOf(await sign({ ...good, exp: iat + 401 * 86_400 }))).toBe('tokenClaimInvalid');
});

test('a renewed token names the one it began with', async () => {
  const { token } = await issueToken(key, olivia, NOW + 0.4, HOUR_MS, 'first-1');
  const verified = await verifyToken(key, token, NOW);
  expect(verified).toMatchObject({ firstTokenId: 'first-1', issuedAt: NOW });
});
