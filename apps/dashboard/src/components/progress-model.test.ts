import type { JobDocument, ProductionDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { progressOf } from './progress-model.ts';

const production: Partial<ProductionDocument> = {
  counts: { produced: 5975, good: 5920, scrap: 55, rework: 0 },
  target: { count: 5441, expectedByNow: 60 },
};
const job = {
  id: 'j',
  workOrder: 'WO-1',
  product: 'p',
  targetCount: 5441,
  sequence: 1,
  goodCount: 61,
  startedAt: 0,
  status: 'started',
  pace: { expectedByNow: 60, ahead: 1 },
  expectedEnd: 1,
} as const satisfies JobDocument['job'];

describe('progressOf', () => {
  it("holds a running job's own good parts against its target", () => {
    expect(progressOf(production, job)).toMatchObject({ basis: 'job', good: { known: true, value: 61 } });
  });

  it('holds the good parts of the shift against the target of the shift without a running job', () => {
    const shift = { basis: 'shift', good: { known: true, value: 5920 } };
    expect(progressOf(production, { unknown: 'noJob' })).toMatchObject(shift);
    expect(progressOf(production, { ...job, status: 'completed', completedAt: 9 })).toMatchObject(shift);
  });

  it('says why good parts are not known', () => {
    expect(progressOf({ counts: { unknown: 'noCounts' } }, undefined)).toEqual({
      basis: 'shift',
      good: { known: false, why: 'noCounts' },
      target: { known: false, why: 'notReceived' },
    });
  });
});
