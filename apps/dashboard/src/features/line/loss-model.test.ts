import type { OeeDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { lossList } from './loss-model.ts';

const MINUTE_MS = 60_000;
const none: OeeDocument['losses'] = {
  notScheduled: 0,
  break: 0,
  plannedDowntime: 0,
  unknown: 0,
  noOrder: 0,
  setup: 0,
  breakdown: 0,
  external: 0,
  unexplained: 0,
  minorStop: 0,
  reducedSpeed: 0,
  startup: 0,
  defect: 0,
  fullyProductive: 0,
};

describe('lossList', () => {
  it('sums what is printed to what is printed as the total', () => {
    const { rows, totalMs } = lossList({
      ...none,
      break: 60 * MINUTE_MS,
      unexplained: 46.6 * MINUTE_MS,
      reducedSpeed: 51.8 * MINUTE_MS,
      defect: 7.05 * MINUTE_MS,
      fullyProductive: 314.55 * MINUTE_MS,
    });
    expect(totalMs).toBe(480 * MINUTE_MS);
    expect(rows.reduce((sum, row) => sum + row.durationMs, 0)).toBe(totalMs);
    expect(rows.map(({ name }) => name)).toEqual([
      'break',
      'unexplained',
      'reducedSpeed',
      'defect',
      'fullyProductive',
    ]);
  });

  it('starts each bar where the one before ended, and lets a gain step back', () => {
    const { rows } = lossList({ ...none, break: 100, reducedSpeed: -50, fullyProductive: 150 });
    expect(rows.map(({ start, share }) => [start, share])).toEqual([
      [0, 0.5],
      [0.25, 0.25],
      [0.25, 0.75],
    ]);
  });
});
