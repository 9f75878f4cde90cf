import { LATENCY_BOUNDS_MS } from '@ms5/hub';
import { expect, test } from 'vitest';
import { countsSince, quantile } from './histogram-window.ts';
import { percentile } from './rates.ts';
import { createRecentCount } from './recent-count.ts';

const counts = (at: Readonly<Record<number, number>>): readonly number[] =>
  [...LATENCY_BOUNDS_MS, Infinity].map((bound) => at[bound] ?? 0);

test('a quantile is estimated inside its bucket', () => {
  expect(quantile(counts({}), 0.5)).toBeNull();
  expect(quantile(counts({ 10: 100 }), 0.5)).toBe(7.5);
  expect(quantile(counts({ 1: 99, 500: 1 }), 0.99)).toBe(1);
  expect(quantile(counts({ 1: 98, 500: 2 }), 0.99)).toBe(375);
  expect(quantile(counts({ [Infinity]: 3 }), 0.5)).toBe(15_000);
  expect(countsSince([1, 2], [4, 2])).toEqual([3, 0]);
});

test('a percentile of values', () => {
  expect(percentile([], 0.99)).toBeNull();
  expect(percentile([5, 1, 3], 0.5)).toBe(3);
  expect(percentile([5, 1, 3], 0.99)).toBe(5);
});

test('growth within a time', () => {
  const recent = createRecentCount(3_000);
  expect([10, 12, 12, 12, 12, 15].map((total, second) => recent.growth(total, second * 1_000))).toEqual([
    10, 12, 12, 2, 0, 3,
  ]);
});
