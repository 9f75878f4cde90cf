import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createObservationBuffer } from './observation-buffer.ts';

const said = (at: number) => ({ equipment: 'a/l/e', at, good: 1 });

describe('the observation buffer', () => {
  it('drops the oldest when it is full, says which, and never what is on its way out', () => {
    const buffer = createObservationBuffer(10);
    buffer.push([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(said));
    expect(buffer.hold(3).map(({ at }) => at)).toEqual([0, 1, 2]);
    buffer.push([said(10), said(11)]);
    expect(buffer.size).toBe(9);
    buffer.removeHeld();
    expect(buffer.hold(99).map(({ at }) => at)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(buffer.takeDropped()).toEqual({ count: 3, fromMs: 3, toMs: 5 });
    expect(buffer.takeDropped()).toBeNull();
  });

  it('accounts for every observation and keeps their order', () => {
    const steps = fc.array(fc.tuple(fc.nat(30), fc.nat(20)), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 60 }), steps, (capacity, rounds) => {
        const buffer = createObservationBuffer(capacity);
        const out: number[] = [];
        let next = 0;
        let dropped = 0;
        for (const [pushed, taken] of rounds) {
          buffer.push(Array.from({ length: pushed }, () => said(next++)));
          out.push(...buffer.hold(taken).map(({ at }) => at as number));
          buffer.removeHeld();
          dropped += buffer.takeDropped()?.count ?? 0;
          expect(buffer.size).toBeLessThanOrEqual(capacity);
        }
        expect(out).toEqual(out.toSorted((a, b) => a - b));
        expect(out.length + dropped + buffer.size).toBe(next);
      }),
    );
  });
});
