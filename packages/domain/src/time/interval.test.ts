import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Interval } from './interval.ts';
import { lastStartedBy, normalised, overlapMs } from './interval.ts';

const interval = fc.record({ from: fc.integer({ min: -5, max: 40 }), ms: fc.integer({ min: -2, max: 9 }) });
const intervals = fc
  .array(interval, { maxLength: 9 })
  .map((each) => each.map(({ from, ms }): Interval => ({ from, to: from + ms })));

function instantsOf(each: Iterable<Interval>): readonly number[] {
  return Array.from({ length: 60 }, (_, at) => at - 8).filter((at) =>
    [...each].some(({ from, to }) => from <= at && at < to),
  );
}

describe('stretches of time', () => {
  it('TI1: put in order they hold the same instants, and none touches the next', () => {
    fc.assert(
      fc.property(intervals, (some) => {
        const sorted = normalised(some);
        expect(instantsOf(sorted)).toEqual(instantsOf(some));
        for (const [index, { from, to }] of sorted.entries()) {
          expect(to).toBeGreaterThan(from);
          const next = sorted[index + 1];
          if (next !== undefined) expect(next.from).toBeGreaterThan(to);
        }
      }),
    );
    expect(
      normalised([
        { from: 5, to: 7 },
        { from: 1, to: 2 },
        { from: 7, to: 8 },
        { from: 5, to: 6 },
      ]),
    ).toEqual([
      { from: 1, to: 2 },
      { from: 5, to: 8 },
    ]);
  });

  it('TI1: two share the instants that are in both', () => {
    fc.assert(
      fc.property(interval, interval, (one, other) => {
        const [a, b] = [one, other].map(({ from, ms }) => ({ from, to: from + Math.max(0, ms) })) as [
          Interval,
          Interval,
        ];
        const both = instantsOf([a]).filter((at) => instantsOf([b]).includes(at));
        expect(overlapMs(a, b)).toBe(both.length);
      }),
    );
    expect(overlapMs({ from: 0, to: 10 }, { from: 4, to: 6 })).toBe(2);
    expect(overlapMs({ from: 0, to: 2 }, { from: 4, to: 6 })).toBe(0);
  });

  it('TI1: one begins with its first instant', () => {
    fc.assert(
      fc.property(intervals, fc.integer({ min: -8, max: 45 }), (some, at) => {
        const sorted = some.toSorted((a, b) => a.from - b.from);
        expect(lastStartedBy(sorted, at)).toBe(sorted.findLastIndex(({ from }) => from <= at));
      }),
    );
  });
});
