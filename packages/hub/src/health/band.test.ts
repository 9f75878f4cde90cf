import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAND_FLOORS, BAND_MARGIN, BANDS, bandOf, type Band } from './band.ts';

test('G2: bands by score', () => {
  expect([1, 0.9, 0.89, 0.7, 0.5, 0.25, 0.24, 0].map((score) => bandOf(score, null))).toEqual([
    'excellent',
    'excellent',
    'good',
    'good',
    'fair',
    'poor',
    'critical',
    'critical',
  ]);
});

test('G2: a band is left at its floor and entered from below only above it', () => {
  expect(bandOf(0.69, 'good')).toBe('fair');
  expect(bandOf(0.72, 'fair')).toBe('fair');
  expect(bandOf(0.75, 'fair')).toBe('good');
  expect(bandOf(1, 'critical')).toBe('excellent');
});

test('G2: a score that swings by less than the margin changes the band once at most', () => {
  const swings = fc.tuple(
    fc.double({ min: 0, max: 1 - BAND_MARGIN, noNaN: true }),
    fc.array(fc.double({ min: 0, max: BAND_MARGIN * 0.999, noNaN: true }), { minLength: 2, maxLength: 50 }),
    fc.constantFrom(...BANDS),
  );
  fc.assert(
    fc.property(swings, ([from, steps, start]) => {
      let band: Band = bandOf(from, start);
      let changes = 0;
      for (const step of steps) {
        const next = bandOf(from + step, band);
        if (next !== band) changes += 1;
        band = next;
      }
      expect(changes).toBeLessThanOrEqual(1);
    }),
  );
});

test('bands are in order of their floors', () => {
  const floors = BANDS.map((band) => BAND_FLOORS[band]);
  expect(floors).toEqual(floors.toSorted((a, b) => b - a));
});
