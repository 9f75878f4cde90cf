import { expect, test } from 'vitest';
import { createKnownTokens } from './known-tokens.ts';
import { openRevocations } from './revocations.ts';
import { createTokenService } from './token-service.ts';
import { issueToken } from './token.ts';

const key = new Uint8Array(32).fill(7);
const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;
const olivia = { userId: 'olivia', name: 'Olivia', roles: ['operator'] };

test('a token that was taken before is checked again for what may have changed', async () => {
  let now = NOW;
  const revocations = await openRevocations(undefined, now);
  const tokens = createTokenService({ key, siteId: 'works', now: () => now, revocations });
  const [kept, revoked] = await Promise.all([
    issueToken(key, olivia, now, HOUR_MS),
    issueToken(key, { ...olivia, userId: 'otto' }, now, HOUR_MS),
  ]);
  const first = await tokens.authenticate(kept.token);
  expect(await tokens.authenticate(kept.token)).toEqual(first);
  const { tokenId = '' } = await tokens.authenticate(revoked.token);

  const [header, claims, signature = ''] = kept.token.split('.');
  const altered = `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  await expect(tokens.authenticate(altered)).rejects.toMatchObject({ code: 'tokenSignatureInvalid' });
  await revocations.revoke({ userIds: [], tokenIds: [tokenId] }, now);
  await expect(tokens.authenticate(revoked.token)).rejects.toMatchObject({ code: 'tokenRevoked' });

  now = NOW + HOUR_MS - 1;
  expect((await tokens.authenticate(kept.token)).userId).toBe('olivia');
  now = NOW + HOUR_MS;
  await expect(tokens.authenticate(kept.token)).rejects.toMatchObject({ code: 'tokenExpired' });
});

test('a renewal of a token that was taken before works as for a new one', async () => {
  const revocations = await openRevocations(undefined, NOW);
  const tokens = createTokenService({ key, siteId: 'works', now: () => NOW, revocations });
  const { token } = await issueToken(key, olivia, NOW, HOUR_MS);
  await tokens.authenticate(token);
  const identity = await tokens.authenticate(token);
  const renewed = await tokens.renew(identity, olivia);
  expect((await tokens.authenticate(renewed?.token ?? '')).firstTokenId).toBe(identity.tokenId);
});

test('only so many tokens are remembered: the oldest is forgotten, and one that is too long', () => {
  const known = createKnownTokens(2);
  const permissions = { subscribe: [], publish: [], command: [] };
  const of = (token: string): void => {
    const verified = { ...olivia, issuedAt: NOW, expiresAt: NOW + HOUR_MS };
    known.add(token, { verified, identity: { ...verified, permissions } });
  };
  for (const token of ['a', 'b', 'c', 'd'.repeat(10_000)]) of(token);
  expect(['a', 'b', 'c', 'd'.repeat(10_000)].map((token) => known.find(token, NOW) !== undefined)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(known.find('b', NOW + HOUR_MS)).toBeUndefined();
});
