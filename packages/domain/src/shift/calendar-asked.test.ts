import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlantConfig, ShiftConfig } from '../plant/plant.ts';
import { EARLY, HOUR, LINE, MINUTE, NIGHT, at, samplePlant } from '../testing/sample-plant.ts';
import { addDays } from '../time/zone.ts';
import { calendarPlan, currentShift, shiftsBetween } from './calendar.ts';
import { previousLineShift } from './line-shifts.ts';
import { patternsOn } from './patterns-on.ts';
import { planSegments } from './plan.ts';
import type { ShiftInstance } from './shift-instance.ts';
import { instanceOf } from './shift-instance.ts';

const DAY = 24 * HOUR;
const ZONE = 'Europe/Berlin';
const FIRST_DATE = '2023-01-01';

function works(id: string, from: string, to: string, changes: Partial<ShiftConfig> = {}): ShiftConfig {
  return { ...EARLY, id, from, to, breaks: [], ...changes };
}

/** Shifts that follow each other, overlap, begin together, and end together. */
const CROWDED = [
  works('long', '06:00', '20:00', { days: ['tue', 'sat'] }),
  EARLY,
  works('coffee', '07:00', '07:30'),
  works('late', '13:00', '21:00', { days: ['mon', 'wed'] }),
  NIGHT,
];

/** What the patterns make of every day, with nothing kept. */
function everyInstance(config: PlantConfig): readonly ShiftInstance[] {
  return Array.from({ length: 760 }, (_, day) => addDays(FIRST_DATE, day))
    .flatMap((date) => patternsOn(config, LINE, [], date).map((each) => instanceOf(each, date, ZONE)))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

const EVERY = everyInstance(samplePlant({}, { shifts: CROWDED }));

const minutes = fc.integer({ min: -150 * 1440, max: 150 * 1440 });
const question = fc.record({
  /** Every tenth minute, so that edges of shifts are met. */
  from: minutes.map((each) => at('00:00') + Math.round(each / 10) * 10 * MINUTE),
  ms: fc.nat({ max: 90 }).map((halfHours) => halfHours * 30 * MINUTE),
});

describe('a calendar that is asked again and again', () => {
  it('SH5: answers as if it had never been asked before', () => {
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 8 }), (questions) => {
        const config = samplePlant({}, { shifts: CROWDED });
        for (const { from, ms } of questions) {
          const to = from + ms;
          const found = EVERY.filter((each) => each.from < to && each.to > from);
          expect(shiftsBetween(config, LINE, from, to)).toEqual(found);
          const current = EVERY.findLast((each) => each.from <= from && each.to > from) ?? null;
          expect(currentShift(config, LINE, from)).toEqual(current);
          const ended = EVERY.filter((each) => each.to <= from && each.to > from - 8 * DAY);
          const latest = Math.max(...ended.map((each) => each.to));
          expect(previousLineShift({ lines: {} }, config, LINE, from)).toEqual(
            ended.findLast((each) => each.to === latest),
          );
          const around = EVERY.filter((each) => each.from < to + DAY && each.to > from - DAY);
          const breaks = around.flatMap((each) => each.breaks);
          expect(calendarPlan(config, LINE, from, to)).toEqual(
            ms === 0 ? [] : planSegments({ planned: around, breaks, plannedDowntime: [] }, from, to),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('SH5: keeps what it worked out, as long as what is asked lies near', () => {
    const config = samplePlant();
    const noon = currentShift(config, LINE, at('12:00'));
    expect(currentShift(config, LINE, at('12:00'))).toBe(noon);
    for (const days of [5, 30, -20]) {
      expect(currentShift(config, LINE, at('12:00') + days * DAY)?.id).toMatch(/early$/);
      expect(currentShift(config, LINE, at('12:00'))).toBe(noon);
    }
    const late = currentShift(config, LINE, at('12:00') + 30 * DAY);
    expect(currentShift(config, LINE, at('12:00') - 25 * DAY)?.id).toBe('2023-12-14.early');
    expect(currentShift(config, LINE, at('12:00') + 30 * DAY)).toBe(late);
    expect(currentShift(config, LINE, at('12:00') + 120 * DAY)?.id).toBe('2024-05-07.early');
    expect(currentShift(config, LINE, at('12:00'))).not.toBe(noon);
    const again = currentShift(config, LINE, at('12:00'));
    expect(again).toEqual(noon);
    expect(currentShift(config, LINE, at('12:00') - 120 * DAY)?.id).toBe('2023-09-10.early');
    expect(currentShift(config, LINE, at('12:00'))).not.toBe(again);
  });

  it('SH5: a stretch that is none has no plan', () => {
    const config = samplePlant();
    expect(calendarPlan(config, LINE, at('08:00'), at('08:00'))).toEqual([]);
    expect(calendarPlan(config, LINE, at('09:00'), at('08:00'))).toEqual([]);
  });

  it('SH2: a shift that lies in the gap altogether does not happen', () => {
    const shifts = [works('short', '02:10', '02:50')];
    const config = samplePlant({}, { shifts });
    const noon = Date.parse('2024-03-31T12:00:00+02:00');
    expect(shiftsBetween(config, LINE, noon - 2 * DAY, noon + DAY).map(({ id }) => id)).toEqual([
      '2024-03-30.short',
      '2024-04-01.short',
    ]);
  });

  it('SH7: the shift before is looked for eight days back, not more', () => {
    const rest = { date: '2024-01-15', name: 'Rest', lines: [] };
    const config = samplePlant(
      {},
      { shifts: [works('weekly', '06:00', '14:00', { days: ['mon'] })], holidays: [rest] },
    );
    expect(previousLineShift({ lines: {} }, config, LINE, at('14:00') + 8 * DAY - 1)?.id).toBe(
      '2024-01-08.weekly',
    );
    expect(previousLineShift({ lines: {} }, config, LINE, at('14:00') + 8 * DAY)).toBeNull();
  });
});
