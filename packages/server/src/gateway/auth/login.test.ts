import { expect, test, vi } from 'vitest';
import { createAttemptLimit } from './attempt-limit.ts';
import { createLoginDirectory } from './login.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const hash = 'scrypt$16384$8$1$DRFwLuJrqcjEHIlWYxACxA$DuzEyr8dvOQxkVXZfwXjp07KfHlj8qT7eYo955dNdzE';
const users = [
  { id: 'olivia', name: 'Olivia', roles: ['operator'], password: hash },
  { id: 'wall', name: 'Wall', roles: ['viewer'] },
] as const;

test('the right password logs in; wrong, unknown and without a password are refused alike', async () => {
  const directory = createLoginDirectory(users);
  expect(await directory.login('olivia', 'olivia', '10.0.0.1', 0)).toEqual({
    status: 'done',
    user: users[0],
  });
  for (const [user, password] of [
    ['olivia', 'wrong'],
    ['nobody', 'olivia'],
    ['wall', ''],
  ] as const) {
    expect(await directory.login(user, password, '10.0.0.1', 0)).toEqual({ status: 'refused' });
  }
});

test('after five wrong passwords a user has to wait, from wherever', async () => {
  const directory = createLoginDirectory(users);
  const attempt = (address: string, atMs: number) => directory.login('olivia', 'wrong', address, atMs);
  const first = await Promise.all([1, 2, 3, 4, 5].map((host) => attempt(`10.0.0.${host}`, 0)));
  expect(first.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'refused'));
  expect(await attempt('10.0.0.6', 0)).toEqual({ status: 'tooMany', retryAfterMs: 12_000 });
  expect(await directory.login('olivia', 'olivia', '10.0.0.7', 11_999)).toMatchObject({ status: 'tooMany' });
  expect(await directory.login('olivia', 'olivia', '10.0.0.7', 12_000)).toMatchObject({ status: 'done' });
});

test('after ten wrong passwords an address has to wait, for whomever', async () => {
  const directory = createLoginDirectory(users);
  const tries = Array.from({ length: 10 }, (_, index) =>
    directory.login(`guess-${index}`, 'x', '10.0.0.1', 0),
  );
  await Promise.all(tries);
  expect(await directory.login('olivia', 'olivia', '10.0.0.1', 0)).toEqual({
    status: 'tooMany',
    retryAfterMs: 6_000,
  });
  expect(await directory.login('olivia', 'olivia', '10.0.0.2', 0)).toMatchObject({ status: 'done' });
});

test('good logins do not count', async () => {
  const directory = createLoginDirectory(users);
  for (let index = 0; index < 6; index += 1) {
    expect(await directory.login('olivia', 'olivia', '10.0.0.1', 0)).toMatchObject({ status: 'done' });
  }
});

test('a limit remembers a bounded number of keys', () => {
  const limit = createAttemptLimit({ burst: 1, refillMs: 1_000, maxKeys: 2 });
  expect([limit.take('a', 0), limit.take('b', 0), limit.take('c', 0)]).toEqual([0, 0, 0]);
  expect(limit.take('c', 0)).toBe(1_000);
  expect(limit.take('a', 0)).toBe(0);
  expect(limit.take('c', 400)).toBe(600);
  expect(limit.take('c', 1_000)).toBe(0);
});
