import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRaised, nextAlertState, QUIET, type AlertState, type AlertTerms } from './alert-state.ts';

const TERMS: AlertTerms = { raise: 100, clear: 50, raiseAfterMs: 3_000, clearAfterMs: 5_000 };

/** Whether it is raised after each second of values. */
function raised(values: readonly number[], side: 'above' | 'below' = 'above', terms = TERMS): string {
  let state: AlertState = QUIET;
  return values
    .map((value, second) => {
      state = nextAlertState(state, value, second * 1_000, terms, side);
      return isRaised(state) ? '1' : '0';
    })
    .join('');
}
const seconds = (count: number, value: number): readonly number[] =>
  Array.from({ length: count }, () => value);

test('G7: raised after a time beyond the threshold, cleared after a time on the good side', () => {
  expect(raised([...seconds(6, 120), ...seconds(8, 20)])).toBe('00011111111000');
  expect(raised([120, 120, 90, 120, 120, 120, 120])).toBe('0000001');
  expect(raised([...seconds(4, 120), 20, 20, 60, ...seconds(6, 20)])).toBe('0001111111110');
});

test('G7: without times it follows at once', () => {
  const terms = { raise: 1, clear: 1, raiseAfterMs: 0, clearAfterMs: 0 };
  expect(raised([0, 1, 0, 2], 'above', terms)).toBe('0101');
});

test('G7: where low values are bad', () => {
  const terms = { raise: 10, clear: 20, raiseAfterMs: 0, clearAfterMs: 0 };
  expect(raised([30, 10, 15, 20, 21], 'below', terms)).toBe('01110');
});

test('G7: a value that swings between the thresholds changes nothing', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.double({ min: 50, max: 99.9, noNaN: true }), { maxLength: 100 }),
      (wasRaised, values) => {
        const before: AlertState = wasRaised ? { name: 'raised', raisedAt: 0 } : QUIET;
        let state = before;
        for (const [second, value] of values.entries())
          state = nextAlertState(state, value, second * 1_000, TERMS, 'above');
        expect(isRaised(state)).toBe(wasRaised);
      },
    ),
  );
});
