import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTokenKey, readOrCreateSecret, TokenKeyError } from './token-key.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ms5-key-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('the key is made once, for its owner only, and kept', async () => {
  const dataDir = join(directory, 'not', 'yet');
  const first = await loadTokenKey(dataDir, {});
  expect(first.byteLength).toBe(32);
  expect((await stat(join(dataDir, 'token.key'))).mode & 0o777).toBe(0o600);
  expect(await loadTokenKey(dataDir, {})).toEqual(first);
  expect(await readdir(dataDir)).toEqual(['token.key']);
});

test('processes that start at the same time agree on it', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadTokenKey(directory, {})));
  for (const key of keys) expect(key).toEqual(keys[0]);
});

test('the environment wins, and a short secret is refused with advice', async () => {
  const secret = 'a secret that is long enough to sign with';
  expect(await loadTokenKey(directory, { MS5_JWT_SECRET: secret })).toEqual(Buffer.from(secret));
  const refused = loadTokenKey(directory, { MS5_JWT_SECRET: 'short' });
  await expect(refused).rejects.toThrow(TokenKeyError);
  await expect(refused).rejects.toThrow(/MS5_JWT_SECRET.*5 bytes.*at least 32/);
  await expect(refused).rejects.not.toThrow(/short/);
});

test('a file that holds no key is refused by name', async () => {
  await readOrCreateSecret(directory, 'token.key', () => 'oops');
  await expect(loadTokenKey(directory, {})).rejects.toThrow(/token\.key/);
});
