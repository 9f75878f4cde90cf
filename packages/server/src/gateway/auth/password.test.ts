import { expect, test, vi } from 'vitest';
import { hashPassword, passwordMatches } from './password.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

test('a hash matches its password only, and has a salt of its own', async () => {
  const [first, second] = await Promise.all([hashPassword('Grün 42'), hashPassword('Grün 42')]);
  expect(first).toMatch(/^scrypt\$32768\$8\$1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
  expect(first).not.toBe(second);
  expect(await passwordMatches('Grün 42', first)).toBe(true);
  expect(await passwordMatches('Gru\u0308n 42', first)).toBe(true);
  expect(await passwordMatches('grün 42', first)).toBe(false);
  expect(await passwordMatches('', first)).toBe(false);
});

test('hashes of other costs are understood', async () => {
  const hash = 'scrypt$16384$8$1$DRFwLuJrqcjEHIlWYxACxA$DuzEyr8dvOQxkVXZfwXjp07KfHlj8qT7eYo955dNdzE';
  expect(await passwordMatches('olivia', hash)).toBe(true);
  expect(await passwordMatches('Olivia', hash)).toBe(false);
});

test('what is no hash, or asks for too much memory, matches nothing', async () => {
  const tail = 'DRFwLuJrqcjEHIlWYxACxA$DuzEyr8dvOQxkVXZfwXjp07KfHlj8qT7eYo955dNdzE';
  for (const text of [
    '',
    'olivia',
    `scrypt$1073741824$8$1$${tail}`,
    `scrypt$1000$8$1$${tail}`,
    `scrypt$0$8$1$${tail}`,
  ]) {
    expect(await passwordMatches('olivia', text)).toBe(false);
  }
});
