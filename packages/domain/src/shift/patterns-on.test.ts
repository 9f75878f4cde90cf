import { describe, expect, it } from 'vitest';

import type { ShiftException, WorkCalendar } from '../plant/plant.ts';
import { CNC_LINE, EARLY, LINE, NIGHT } from '../testing/sample-plant.ts';
import { patternsOn } from './patterns-on.ts';

const DATE = '2024-01-09';

function on(exceptions: readonly ShiftException[], line = LINE, worked: readonly string[] = []): unknown {
  return patternsOn({ shifts: [EARLY, NIGHT], exceptions }, line, worked, DATE).map(
    ({ id, name, from, to, days, breaks }) => ({
      id,
      name,
      from,
      to,
      days: days.length,
      breaks: breaks.length,
    }),
  );
}

const early = { id: 'early', name: 'Early', from: '06:00', to: '14:00', days: 7, breaks: 1 };
const night = { id: 'night', name: 'Night', from: '22:00', to: '06:00', days: 7, breaks: 1 };
const extra = { date: DATE, shift: 'stock', cancelled: false, lines: [] };

describe('the patterns of a date', () => {
  it('SH6: without holidays and exceptions they are those of the line', () => {
    const plain: WorkCalendar = { shifts: [EARLY, NIGHT] };
    expect(patternsOn(plain, LINE, [], DATE)).toEqual([EARLY, NIGHT]);
    expect(patternsOn(plain, LINE, ['night'], DATE)).toEqual([NIGHT]);
  });

  it('SH8: a rotation of two weeks changes on its own weekday', () => {
    const since = '2024-01-03';
    const rotating = { ...EARLY, rotation: { weeks: 2, worked: [1], since } };
    const works = (date: string): boolean => patternsOn({ shifts: [rotating] }, LINE, [], date).length > 0;
    expect(
      ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-09', '2024-01-10', '2024-01-16', '2024-01-17'].map(
        works,
      ),
    ).toEqual([false, true, true, true, false, false, true]);
  });

  it('SH10: a shift of its own needs both times; what else it does not say is empty', () => {
    expect(on([{ ...extra, from: '07:00' }])).toEqual([early, night]);
    expect(on([{ ...extra, to: '09:00' }])).toEqual([early, night]);
    expect(on([extra])).toEqual([early, night]);
    expect(on([{ ...extra, from: '07:00', to: '09:00' }])).toEqual([
      early,
      night,
      { id: 'stock', name: 'stock', from: '07:00', to: '09:00', days: 0, breaks: 0 },
    ]);
  });

  it('SH10: without lines a pattern is changed where it is worked, and nowhere else', () => {
    const later = { date: DATE, shift: 'night', cancelled: false, from: '23:00', to: '05:00', lines: [] };
    expect(on([later], LINE)).toEqual([early, { ...night, from: '23:00', to: '05:00' }]);
    expect(on([later], CNC_LINE, ['early'])).toEqual([early]);
    expect(on([{ ...later, lines: [CNC_LINE] }], CNC_LINE, ['early'])).toEqual([
      early,
      { ...night, from: '23:00', to: '05:00' },
    ]);
    expect(on([{ ...later, lines: [CNC_LINE] }], LINE)).toEqual([early, night]);
  });

  it('SH10: it may give other breaks, or one of the two times', () => {
    const shorter = { date: DATE, shift: 'early', cancelled: false, breaks: [], to: '12:00', lines: [] };
    expect(on([shorter])).toEqual([{ ...early, to: '12:00', breaks: 0 }, night]);
    expect(on([{ ...shorter, name: 'Half day', date: '2024-01-10' }])).toEqual([early, night]);
  });
});
