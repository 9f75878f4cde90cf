import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advisedMs, backoffMs } from './backoff.ts';

describe('backoff', () => {
  it.each([
    [0, 0, 500],
    [0, 1, 1_000],
    [1, 1, 1_500],
    [3, 0.5, 2_500],
    [5, 1, 16_500],
    [6, 1, 20_500],
    [1_000, 1, 20_500],
  ])('of attempt %i with random %f is %i ms', (attempt, random, expected) => {
    expect(backoffMs(attempt, random)).toBe(expected);
  });

  it('is never below half a second nor above 20.5 s', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delay = backoffMs(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(delay).toBeLessThanOrEqual(20_500);
      }),
    );
  });

  it('follows the server within ten minutes', () => {
    expect(advisedMs(1_234)).toBe(1_234);
    expect(advisedMs(-5)).toBe(0);
    expect(advisedMs(1e12)).toBe(600_000);
  });
});
