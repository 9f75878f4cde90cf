import { createSeededRandom } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createClientAddresses } from '../client-address.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createConnectionCounts } from './connection-limits.ts';

const start = (limits: Partial<typeof DEFAULT_LIMITS>) => {
  let now = 1_000_000;
  const counts = createConnectionCounts({
    limits: { ...DEFAULT_LIMITS, ...limits },
    addresses: createClientAddresses([]),
    now: () => now,
    random: createSeededRandom(1),
  });
  return { counts, pass: (ms: number) => void (now += ms) };
};

test('connections that come faster than they are taken come back later, at different times', () => {
  const { counts, pass } = start({ acceptBurst: 3, acceptsPerSecond: 10, connectionRetryAfterMs: 1_000 });
  const admit = (count: number): readonly string[] =>
    Array.from({ length: count }, () => counts.admit('10.0.0.1'));
  expect(admit(4)).toEqual(['admitted', 'admitted', 'admitted', 'soft']);
  pass(100);
  expect(admit(2)).toEqual(['admitted', 'soft']);
  pass(60_000);
  expect(admit(4)).toEqual(['admitted', 'admitted', 'admitted', 'soft']);
  const waits = Array.from({ length: 50 }, () => counts.retryAfterMs());
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
  expect(new Set(waits).size).toBeGreaterThan(40);
});

test('connections are counted in total and by address', () => {
  const { counts } = start({ connectionsPerAddress: 2, softConnections: 3, hardConnections: 4 });
  counts.opened('a');
  counts.opened('a');
  expect(counts.admit('a')).toBe('address');
  expect(counts.admit('b')).toBe('admitted');
  counts.opened('b');
  expect(counts.admit('b')).toBe('soft');
  counts.opened('b');
  expect(counts.admit('c')).toBe('hard');
  for (const address of ['a', 'a', 'b', 'b']) counts.closed(address);
  expect(counts.total()).toBe(0);
  expect(counts.admit('a')).toBe('admitted');
});
