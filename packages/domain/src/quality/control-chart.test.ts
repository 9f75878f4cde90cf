import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brokenRules, controlChart } from './control-chart.ts';

const VISCOSITY = [
  33.75, 33.05, 34, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.2, 33.62, 33, 33.54, 33.12, 33.84,
];

const AT_ZERO = { center: 0, sigma: 1 };

describe('control charts', () => {
  it('QU9: individuals: limits are 2.66 mean moving ranges from the mean', () => {
    const twenty = [...VISCOSITY, 33.5, 33.25, 33.4, 33.27, 34.65].map((value) => [value]);
    const { points, limits } = controlChart(twenty);
    if ('unknown' in limits) throw new Error(limits.unknown);
    const ranges = points.slice(1).map(({ range }) => range ?? Number.NaN);
    const meanRange = ranges.reduce((sum, range) => sum + range, 0) / 19;
    expect(points[0]).toEqual({ mean: 33.75, range: null });
    expect(points[1]?.range).toBeCloseTo(0.7, 10);
    expect(limits.rangeCenter).toBeCloseTo(meanRange, 10);
    expect(limits.upper - limits.center).toBeCloseTo(2.66 * meanRange, 3);
    expect(limits.rangeUpper).toBeCloseTo(3.267 * meanRange, 10);
  });

  it('QU9: fewer than twenty points have no limits, unless centre and sigma are known', () => {
    const few = VISCOSITY.map((value) => [value]);
    expect(controlChart(few).limits).toEqual({ unknown: 'tooFewChecks' });
    expect(controlChart(few, { center: 33.5, sigma: 0.4 }).limits).toMatchObject({
      center: 33.5,
      lower: 33.5 - 1.2,
      upper: 33.5 + 1.2,
    });
  });

  it('QU10: means and ranges of five: A2 is 0.577, D4 is 2.114', () => {
    const samples = Array.from({ length: 20 }, (_, index) =>
      [1, 2, 3, 4, 5].map((each) => each + (index % 4)),
    );
    const { limits } = controlChart(samples);
    if ('unknown' in limits) throw new Error(limits.unknown);
    expect(limits).toMatchObject({ center: 4.5, rangeCenter: 4 });
    expect(limits.upper - limits.center).toBeCloseTo(0.577 * 4, 2);
    expect(limits.rangeUpper).toBeCloseTo(2.114 * 4, 10);
  });

  it('QU10: limits lie evenly around the centre, and follow what is measured', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const samples = fc
      .integer({ min: 1, max: 10 })
      .chain((size) =>
        fc.array(fc.array(value, { minLength: size, maxLength: size }), { minLength: 20, maxLength: 40 }),
      );
    fc.assert(
      fc.property(samples, fc.double({ min: -100, max: 100, noNaN: true }), (measured, shift) => {
        const { limits } = controlChart(measured);
        const { limits: moved } = controlChart(measured.map((values) => values.map((each) => each + shift)));
        if ('unknown' in limits || 'unknown' in moved) throw new Error('no limits');
        expect(limits.center - limits.lower).toBeCloseTo(limits.upper - limits.center, 6);
        expect(moved.center - limits.center).toBeCloseTo(shift, 6);
        expect(moved.sigma).toBeCloseTo(limits.sigma, 6);
      }),
      { numRuns: 100 },
    );
  });
});

describe('Western Electric rules', () => {
  it('QU11: 1, one beyond three sigma, on either side', () => {
    expect(brokenRules([0, 3.01], AT_ZERO)).toEqual([1]);
    expect(brokenRules([0, -3.01], AT_ZERO)).toEqual([1]);
    expect(brokenRules([0, 3], AT_ZERO)).toEqual([]);
    expect(brokenRules([3.5, 0], AT_ZERO)).toEqual([]);
  });

  it('QU11: 2, two of three beyond two sigma on one side', () => {
    expect(brokenRules([2.1, 0, 2.1], AT_ZERO)).toEqual([2]);
    expect(brokenRules([2.1, 0, 0, 2.1], AT_ZERO)).toEqual([]);
    expect(brokenRules([-2.1, 0, 2.1], AT_ZERO)).toEqual([]);
  });

  it('QU11: 3, four of five beyond one sigma on one side', () => {
    expect(brokenRules([1.1, 1.1, 0, 1.1, 1.1], AT_ZERO)).toEqual([3]);
    expect(brokenRules([1.1, 1.1, 1.1, 0, 0, 1.1], AT_ZERO)).toEqual([]);
  });

  it('QU11: 4, eight in a row on one side', () => {
    expect(brokenRules([0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.1, 0.1], AT_ZERO)).toEqual([4]);
    expect(brokenRules([-0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.1, 0.1], AT_ZERO)).toEqual([]);
  });

  it('QU11: mirrored points break the same rules; without spread none is broken', () => {
    const scores = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(scores, (means) => {
        const mirrored = means.map((mean) => -mean);
        expect(brokenRules(mirrored, AT_ZERO)).toEqual(brokenRules(means, AT_ZERO));
        expect(brokenRules(means, { center: 0, sigma: 0 })).toEqual([]);
      }),
    );
  });
});
