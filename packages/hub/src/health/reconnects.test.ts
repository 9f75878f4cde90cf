import { expect, test } from 'vitest';
import { createReconnects } from './reconnects.ts';

const HOUR_MS = 3_600_000;

test('counts the visits of the last hour beyond the first', () => {
  const reconnects = createReconnects();
  expect([0, 10, 20].map((now) => reconnects.connected('a', now))).toEqual([0, 1, 2]);
  expect(reconnects.count('a', 20)).toBe(2);
  expect(reconnects.count('a', HOUR_MS + 5)).toBe(1);
  expect(reconnects.count('a', 2 * HOUR_MS)).toBe(0);
  expect(reconnects.count('b', 20)).toBe(0);
});

test('remembers a bounded number of clients, the newest', () => {
  const reconnects = createReconnects(2);
  for (const client of ['a', 'b', 'a', 'c']) reconnects.connected(client, 1);
  expect(reconnects.count('a', 2)).toBe(1);
  expect(reconnects.connected('b', 2)).toBe(0);
});
