import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, createRandom, drawSpread, exponential, normal } from './random.ts';

const draws = (seed: string, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('random', () => {
  it('gives the same sequence for the same seed and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, other) => {
        expect(draws(seed, 20)).toEqual(draws(seed, 20));
        if (other !== seed) expect(draws(seed, 20)).not.toEqual(draws(other, 20));
      }),
    );
  });

  it('is spread evenly over [0, 1)', () => {
    const sample = draws('even', 20_000);
    expect(Math.min(...sample)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...sample)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = sample.filter((value) => Math.floor(value * 10) === tenth).length / sample.length;
      expect(share).toBeCloseTo(0.1, 1);
    }
  });

  it('draws the distributions it says', () => {
    const random = createRandom('shapes');
    const mean = (draw: () => number) => {
      let sum = 0;
      for (let index = 0; index < 20_000; index++) sum += draw();
      return sum / 20_000;
    };
    expect(mean(() => exponential(random, 60))).toBeCloseTo(60, -1);
    expect(mean(() => normal(random))).toBeCloseTo(0, 1);
    expect(mean(() => between(random, 10, 20))).toBeCloseTo(15, 0);
    expect(mean(() => Math.log(drawSpread(random, { median: 100, sigma: 0.5, max: 1e9 })))).toBeCloseTo(
      Math.log(100),
      1,
    );
    expect(drawSpread(random, { median: 100, sigma: 9, max: 101 })).toBeLessThanOrEqual(101);
  });
});
