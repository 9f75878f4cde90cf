import { describe, expect, it } from 'vitest';

import { MINUTE } from '../testing/sample-plant.ts';
import { rollUp } from './roll-up.ts';
import type { Weights } from './weights.ts';

function piece(plannedMin: number, runMin: number, produced: number, good: number, idealMs: number): Weights {
  const runMs = runMin * MINUTE;
  return {
    calendarMs: plannedMin * MINUTE,
    plannedMs: plannedMin * MINUTE,
    unknownMs: 0,
    runMs,
    setupMs: 0,
    delayMs: plannedMin * MINUTE - runMs,
    downMs: 0,
    orderMs: plannedMin * MINUTE,
    countedRunMs: runMs,
    idealMs: produced * idealMs,
    produced,
    good,
    scrap: produced - good,
    rework: 0,
    failures: { begun: 0, repaired: 0, repairMs: 0 },
  };
}

const PIECES = [
  piece(60, 30, 50, 47, 21_600),
  piece(30, 27, 40, 39, 32_400),
  piece(90, 85.5, 210, 208, 22_474.286),
];

describe('roll-ups', () => {
  it('OE8: add times and counts, and never average percentages', () => {
    const { availability, performance, quality, oee } = rollUp(PIECES);
    expect(availability).toBeCloseTo(0.791667, 6);
    expect(performance).toBeCloseTo(0.829895, 6);
    expect(quality).toBeCloseTo(0.98, 6);
    expect(oee).toBeCloseTo(0.64386, 6);
  });

  it('OE8: what is not known is shown by its coverage, and withheld below the stated one', () => {
    const unclear: Weights = { ...piece(60, 57.5, 30, 0, 0), idealMs: null, good: null };
    const strict = rollUp([...PIECES, unclear]);
    expect(strict.performance).toEqual({ unknown: 'insufficientCoverage' });
    expect(strict.oee).toEqual({ unknown: 'insufficientCoverage' });
    expect(strict.coverage).toEqual({ performance: 142.5 / 200, quality: 300 / 330 });
    const lenient = rollUp([...PIECES, unclear], 0.7);
    expect(lenient.performance).toBeCloseTo(0.829895, 6);
    expect(lenient.quality).toBeCloseTo(0.98, 6);
  });

  it('OE8: parts that nobody counted make the quality of the others not that of all', () => {
    const uncounted: Weights = { ...piece(60, 57.5, 0, 0, 0), produced: null, idealMs: null, good: null };
    const { quality, coverage, ratios } = rollUp([...PIECES, { ...uncounted, scrap: null }]);
    expect(quality).toEqual({ unknown: 'insufficientCoverage' });
    expect(coverage.quality).toBeCloseTo(142.5 / 200, 12);
    expect(ratios.scrapRatio).toEqual({ unknown: 'noRejectSource' });
  });

  it('OE8: nothing to add is not a figure', () => {
    expect(rollUp([])).toMatchObject({ availability: { unknown: 'noPlannedTime' } });
  });
});
