import { LANE_BUDGET_MS, LANES } from '@ms5/wire';
import { expect, test } from 'vitest';
import { restMs } from '../delivery/flush-controller.ts';
import { DEGRADATION_LEVELS } from './degradation.ts';
import { stretchAt } from './shedding.ts';

const rests = (level: (typeof DEGRADATION_LEVELS)[number], costMs: number): readonly number[] =>
  LANES.map((_, lane) =>
    restMs(lane, { costMs, lengthMs: costMs, groupMs: costMs, writes: 0 }, stretchAt(level)[lane]),
  );

test('G4: low is slowed first, then paused, then normal is slowed; critical and high never are', () => {
  const { high, normal, low } = LANE_BUDGET_MS;
  const busy = 10_000;
  expect(rests(0, busy)).toEqual([0, high, normal, low]);
  expect(rests(1, busy)).toEqual([0, high, normal, 4 * low]);
  expect(rests(2, busy)).toEqual([0, high, normal, 5_000]);
  expect(rests(3, busy)).toEqual([0, high, 4 * normal, 5_000]);
  expect(rests(3, 0)).toEqual([0, 0, 0, 5_000]);
});
