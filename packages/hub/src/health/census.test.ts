import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startCensus } from './census.ts';

const item = (score: number, roles: readonly string[] = []) =>
  ({ band: score < 0.25 ? 'critical' : 'excellent', score, endpoint: 'basic', roles }) as const;

test('counts by band, endpoint and role', () => {
  const census = startCensus<string>(10);
  census.count('a', item(1, ['operator']));
  census.count('b', item(0.1, ['operator', 'lead']));
  const { bands, byEndpoint, byRole, worst } = census.finish();
  expect(bands).toEqual([1, 0, 0, 0, 1]);
  expect(byEndpoint).toEqual(new Map([['basic', [1, 0, 0, 0, 1]]]));
  expect(byRole.get('operator')).toEqual([1, 0, 0, 0, 1]);
  expect(byRole.get('lead')).toEqual([0, 0, 0, 0, 1]);
  expect(worst).toEqual(['b', 'a']);
});

test('keeps the worst, worst first, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }), (scores) => {
      const census = startCensus<number>(5);
      for (const score of scores) census.count(score, item(score));
      expect(census.finish().worst).toEqual(scores.toSorted((a, b) => a - b).slice(0, 5));
    }),
  );
});
