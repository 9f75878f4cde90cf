import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { degrade, DEGRADATION_TERMS, startDegradation, type Degradation, type Load } from './degradation.ts';

const CALM: Load = { eventLoopDelayMs: 2, flushShare: 0.1, memoryShare: 0.3 };

/** The levels after each second of a load. */
function levels(loads: readonly Load[], from: Degradation = startDegradation(0)): readonly number[] {
  let state = from;
  return loads.map((load, second) => (state = degrade(state, load, second * 1_000)).level);
}
const seconds = (count: number, load: Partial<Load>): readonly Load[] =>
  Array.from({ length: count }, () => ({ ...CALM, ...load }));

test('G4: a load that stays takes one level after another, and a peak none', () => {
  expect(levels(seconds(10, { eventLoopDelayMs: 600 }))).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
  expect(levels([...seconds(2, { eventLoopDelayMs: 600 }), ...seconds(2, {})])).toEqual([0, 0, 0, 0]);
  expect(levels(seconds(30, { memoryShare: 0.9 })).at(-1)).toBe(2);
});

test('G4: levels are left one at a time, each after a calm time', () => {
  const result = levels([...seconds(10, { flushShare: 1 }), ...seconds(40, {})]);
  expect(result[9]).toBe(3);
  expect(result[19]).toBe(3);
  expect(result[20]).toBe(2);
  expect(result[30]).toBe(1);
  expect(result.at(-1)).toBe(0);
});

test('G4: the reasons are the measures that called for the level', () => {
  let state = startDegradation(0);
  for (let second = 0; second < 5; second += 1)
    state = degrade(state, { ...CALM, memoryShare: 0.85 }, second * 1_000);
  expect(state).toMatchObject({ level: 1, since: 3_000, reasons: ['memoryShare'] });
});

test('G4: a load that swings within the hysteresis never goes back and forth', () => {
  const { bounds, clearRatio } = DEGRADATION_TERMS;
  const swings = fc.tuple(
    fc.constantFrom(...bounds.eventLoopDelayMs),
    fc.array(fc.double({ min: clearRatio, max: 1.5, noNaN: true }), { minLength: 10, maxLength: 200 }),
  );
  fc.assert(
    fc.property(swings, ([bound, factors]) => {
      const loads = factors.map((factor) => ({ ...CALM, eventLoopDelayMs: bound * factor }));
      const result = levels(loads);
      expect(result).toEqual(result.toSorted((a, b) => a - b));
    }),
  );
});
