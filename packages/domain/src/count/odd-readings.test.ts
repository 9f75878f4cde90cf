import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dropBefore } from '../time/sorted.ts';
import type { Reading } from './reading-facts.ts';
import { compactReadings, counterAnomalies, insertReading, judgeReading, oddKinds } from './reading-facts.ts';

const LIMITS = { rollsOverAt: 1000, maxStepsPerMs: 1 };

type Change = (readings: Reading[]) => void;

const time = fc.integer({ min: 0, max: 300 });
const change: fc.Arbitrary<Change> = fc
  .oneof(
    { weight: 8, arbitrary: fc.tuple(time, fc.integer({ min: 0, max: 999 })) },
    { weight: 4, arbitrary: time.map((at) => [at, at] as const) },
  )
  .map(
    ([at, total]): Change =>
      (readings) =>
        insertReading(readings, at, total, LIMITS),
  );
const other: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(time, fc.constantFrom('accepted' as const, 'discarded' as const)).map(
    ([at, verdict]): Change =>
      (readings) =>
        judgeReading(readings, readings.find((each) => each.at >= at)?.at ?? at, verdict, LIMITS),
  ),
  time.map(
    (at): Change =>
      (readings) =>
        compactReadings(readings, -Infinity, at),
  ),
  time.map(
    (at): Change =>
      (readings) =>
        dropBefore(readings, at / 4),
  ),
);

describe('totals that did not simply rise', () => {
  it('CN11: are remembered, and are after any change those that looking anew finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: change }, other), { maxLength: 40 }),
        time,
        time,
        (changes, from, length) => {
          const readings: Reading[] = [];
          for (const apply of changes) {
            apply(readings);
            // A list of its own is not remembered.
            const anew = structuredClone(readings);
            for (const [after, to] of [
              [-Infinity, Infinity],
              [from, from + length],
            ] as const) {
              expect(counterAnomalies(readings, after, to)).toEqual(counterAnomalies(anew, after, to));
              expect([...oddKinds(readings, after, to)]).toEqual([...oddKinds(anew, after, to)]);
            }
          }
        },
      ),
    );
  });
});
