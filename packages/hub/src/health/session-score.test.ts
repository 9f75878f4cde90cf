import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { markOf, SESSION_MARKS, sessionScore, type SessionMeasures } from './session-score.ts';

const WELL: SessionMeasures = {
  roundTripMs: 20,
  ackLagMs: 510,
  backlogMs: 0,
  errorsPerMinute: 0,
  reconnectsPerHour: 0,
};

test('G1: a mark is full up to good, none from bad on, half where the ratio is half-way', () => {
  const bounds = { good: 100, bad: 10_000 };
  expect([null, 0, 100, 1_000, 10_000, 1e9].map((value) => markOf(value, bounds))).toEqual([
    1, 1, 1, 0.5, 0, 0,
  ]);
});

test('G1: the score is the product of the marks', () => {
  expect(sessionScore(WELL)).toBe(1);
  expect(sessionScore({ ...WELL, roundTripMs: null, ackLagMs: null })).toBe(1);
  expect(sessionScore({ ...WELL, backlogMs: 15_000 })).toBe(0);
  const slow = sessionScore({ ...WELL, ackLagMs: 3_000 });
  const failing = sessionScore({ ...WELL, errorsPerMinute: 10 });
  expect(sessionScore({ ...WELL, ackLagMs: 3_000, errorsPerMinute: 10 })).toBeCloseTo(slow * failing, 10);
});

const measures = fc.record({
  roundTripMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  ackLagMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  backlogMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  errorsPerMinute: fc.double({ min: 0, max: 1e3, noNaN: true }),
  reconnectsPerHour: fc.nat(200),
});
const names = Object.keys(SESSION_MARKS) as (keyof SessionMeasures)[];

test('G1: the score lies between 0 and 1 and never rises when a measure gets worse', () => {
  fc.assert(
    fc.property(
      measures,
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 1e5, noNaN: true }),
      (from, name, more) => {
        const score = sessionScore(from);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(sessionScore({ ...from, [name]: (from[name] ?? 0) + more })).toBeLessThanOrEqual(score);
      },
    ),
  );
});
