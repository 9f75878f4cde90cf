import { describe, expect, it } from 'vitest';

import type { ShiftConfig } from '../plant/plant.ts';
import { EARLY, NIGHT, at } from '../testing/sample-plant.ts';
import { addDays, instantOf } from '../time/zone.ts';
import { instanceOf } from './shift-instance.ts';

const ZONE = 'Europe/Berlin';

function breaksOf(pattern: ShiftConfig, ...breaks: ShiftConfig['breaks']): readonly string[] {
  return instanceOf({ ...pattern, breaks }, '2024-01-08', ZONE).breaks.map(({ from, to }) =>
    [from, to].map((each) => new Date(each + 3_600_000).toISOString().slice(8, 16)).join(' '),
  );
}

describe('breaks of one instance', () => {
  it('SH3: in an overnight shift a break before midnight is on its date, one after it on the next', () => {
    expect(breaksOf(NIGHT, { from: '22:00', to: '22:15' }, { from: '23:30', to: '00:30' })).toEqual([
      '08T22:00 08T22:15',
      '08T23:30 09T00:30',
    ]);
    expect(breaksOf(NIGHT, { from: '05:30', to: '06:00' })).toEqual(['09T05:30 09T06:00']);
  });

  it('SH3: in a shift round the clock a break may end when the shift does', () => {
    const round = { ...EARLY, from: '06:00', to: '06:00' };
    expect(breaksOf(round, { from: '05:30', to: '06:00' })).toEqual(['09T05:30 09T06:00']);
    const midnight = { ...EARLY, from: '00:00', to: '00:00' };
    expect(breaksOf(midnight, { from: '23:30', to: '00:00' })).toEqual(['08T23:30 09T00:00']);
  });

  it('SH1: a shift by day ends on its date, one overnight on the next', () => {
    expect(instanceOf(EARLY, '2024-01-08', ZONE)).toMatchObject({ from: at('06:00'), to: at('14:00') });
    expect(instanceOf(NIGHT, '2024-01-08', ZONE).to).toBe(instantOf(addDays('2024-01-08', 1), '06:00', ZONE));
  });
});
