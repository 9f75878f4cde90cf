import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../../../test/support/plant.ts';
import { openRevocations, RevocationsError, revocationsFileIn } from './revocations.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
let directory = '';
let file = '';
beforeEach(async () => {
  directory = await temporaryDirectory('revocations');
  file = revocationsFileIn(join(directory, 'data'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const token = (userId: string, tokenId: string, issuedAt = NOW) => ({ userId, tokenId, issuedAt });

test('tokens are revoked by their id, by the one they were renewed from, and by user and time', async () => {
  const revocations = await openRevocations(undefined, NOW);
  await revocations.revoke({ userIds: ['ann'], tokenIds: ['t1'] }, NOW);
  expect(revocations.isRevoked(token('bob', 't1'))).toBe(true);
  expect(revocations.isRevoked({ ...token('bob', 't2'), firstTokenId: 't1' })).toBe(true);
  expect(revocations.isRevoked(token('bob', 't2'))).toBe(false);
  expect(revocations.isRevoked(token('ann', 't3', NOW - 1))).toBe(true);
  expect(revocations.isRevoked(token('ann', 't3', NOW))).toBe(true);
  expect(revocations.isRevoked(token('ann', 't3', NOW + 1))).toBe(false);
  expect(revocations.isRevoked({ userId: 'bob', issuedAt: NOW })).toBe(false);
});

test('what was revoked stays so over restarts, until every token it concerns has expired', async () => {
  const first = await openRevocations(file, NOW);
  await first.revoke({ userIds: ['ann'], tokenIds: [] }, NOW);
  await Promise.all([
    first.revoke({ userIds: [], tokenIds: ['t1'] }, NOW + DAY_MS),
    first.revoke({ userIds: [], tokenIds: ['t2', '__proto__'] }, NOW + DAY_MS),
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const second = await openRevocations(file, NOW + 2 * DAY_MS);
  expect(second.isRevoked(token('ann', 'x'))).toBe(true);
  for (const id of ['t1', 't2', '__proto__']) expect(second.isRevoked(token('bob', id))).toBe(true);
  const later = await openRevocations(file, NOW + 401 * DAY_MS - 1);
  expect(later.isRevoked(token('ann', 'x'))).toBe(false);
  expect(later.isRevoked(token('bob', 't1'))).toBe(true);
  await later.revoke({ userIds: [], tokenIds: ['t9'] }, NOW + 402 * DAY_MS);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    version: 1,
    users: [],
    tokens: [['t9', NOW + 402 * DAY_MS]],
  });
});

test('a damaged file is not taken for an empty one', async () => {
  const plain = join(directory, 'revocations.json');
  for (const text of ['', '{"version":1', '{"version":2,"users":[],"tokens":[]}', '[]']) {
    await writeFile(plain, text);
    await expect(openRevocations(plain, NOW)).rejects.toThrow(RevocationsError);
  }
});

test('a revocation that cannot be stored is in force, and its failure told', async () => {
  await writeFile(join(directory, 'data'), 'in the way');
  const revocations = await openRevocations(join(directory, 'other', 'r.json'), NOW);
  const broken = await openRevocations(undefined, NOW);
  await broken.revoke({ userIds: ['ann'], tokenIds: [] }, NOW);
  await revocations.revoke({ userIds: ['ann'], tokenIds: [] }, NOW);
  await rm(join(directory, 'other'), { recursive: true });
  await writeFile(join(directory, 'other'), 'in the way');
  await expect(revocations.revoke({ userIds: ['bob'], tokenIds: [] }, NOW)).rejects.toThrow();
  expect(revocations.isRevoked(token('bob', 'x'))).toBe(true);
  await rm(join(directory, 'other'));
  await revocations.revoke({ userIds: ['cid'], tokenIds: [] }, NOW);
  const again = await openRevocations(join(directory, 'other', 'r.json'), NOW);
  for (const user of ['ann', 'bob', 'cid']) expect(again.isRevoked(token(user, 'x'))).toBe(true);
});
