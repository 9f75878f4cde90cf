import { describe, expect, it } from 'vitest';

import type { PlanChange, PlanChangeKind } from '../plan/plan-change.ts';
import type { PlantConfig, ShiftConfig } from '../plant/plant.ts';
import { EARLY, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { instantOf } from '../time/zone.ts';
import type { PlanState } from './line-plan.ts';
import { linePlan } from './line-plan.ts';
import {
  dayOf,
  dayShifts,
  lineShiftAt,
  lineShiftsBetween,
  previousLineShift,
  shiftById,
} from './line-shifts.ts';
import { plannedInstant } from './planned-instant.ts';

const DAY = 24 * HOUR;
const CONFIG = samplePlant();
const NOTHING: PlanState = { lines: {} };

function works(id: string, from: string, to: string, days = EARLY.days): ShiftConfig {
  return { ...EARLY, id, from, to, days, breaks: [] };
}

/** Changes as `kind from to`, of Monday. */
function changed(...changes: readonly string[]): PlanState {
  const planChanges = changes.map((text, index): PlanChange => {
    const [kind, from = '', to = ''] = text.split(' ');
    const change = kind as PlanChangeKind;
    return { id: `plan-${index + 1}`, line: LINE, change, from: at(from), to: at(to), by: 'lee', at: 0 };
  });
  return { lines: { [LINE]: { planChanges } } };
}

function between(
  state: PlanState,
  from: number,
  to: number,
  config: PlantConfig = CONFIG,
): readonly string[] {
  const time = (instant: number): string => new Date(instant + HOUR).toISOString().slice(11, 16);
  return lineShiftsBetween(state, config, LINE, from, to).map(
    (each) => `${each.id.slice(11)} ${time(each.from)} ${time(each.to)}`,
  );
}

describe('shifts with overtime', () => {
  it('PL7: overtime lengthens the shift it follows, else the one it comes before, else it is one of its own', () => {
    expect(between(changed('overtime 14:00 16:00'), at('06:00'), at('22:00'))).toEqual(['early 06:00 16:00']);
    expect(between(changed('overtime 20:00 22:00'), at('06:00'), at('23:00'))).toEqual([
      'early 06:00 14:00',
      'night 20:00 06:00',
    ]);
    expect(between(changed('overtime 14:00 22:00'), at('06:00'), at('22:30'))).toEqual([
      'early 06:00 22:00',
      'night 22:00 06:00',
    ]);
    expect(between(changed('overtime 17:00 18:00'), at('06:00'), at('23:00'))).toEqual([
      'early 06:00 14:00',
      'plan-1 17:00 18:00',
      'night 22:00 06:00',
    ]);
    const alone = lineShiftAt(changed('overtime 17:00 18:00'), CONFIG, LINE, at('17:30'));
    expect(alone).toEqual({
      id: '2024-01-08.plan-1',
      name: 'Overtime',
      from: at('17:00'),
      to: at('18:00'),
      breaks: [],
    });
  });

  it('PL7: overtime chains, and only what lies outside shifts lengthens them', () => {
    const chained = changed('overtime 14:00 15:00', 'overtime 15:00 16:30');
    expect(between(chained, at('15:00'), at('16:00'))).toEqual(['early 06:00 16:30']);
    expect(between(changed('overtime 13:00 15:00'), at('06:00'), at('22:00'))).toEqual(['early 06:00 15:00']);
    expect(between(changed('overtime 07:00 08:00'), at('06:00'), at('22:00'))).toEqual(['early 06:00 14:00']);
  });

  it('PL7: no other change lengthens a shift', () => {
    const others = changed('noCrew 14:00 16:00', 'runThroughBreak 14:00 16:00', 'noOrder 14:00 16:00');
    expect(between(others, at('06:00'), at('22:00'))).toEqual(['early 06:00 14:00']);
    const beside = changed('overtime 17:00 18:00', 'plannedDowntime 14:00 16:00');
    expect(between(beside, at('06:00'), at('17:00'))).toEqual(['early 06:00 14:00']);
  });

  it('PL7: the very first shift of a line is lengthened like any other', () => {
    const config = samplePlant({}, { shifts: [works('only', '06:00', '14:00', ['mon'])] });
    expect(between(changed('overtime 14:00 15:00'), at('06:00'), at('15:00'), config)).toEqual([
      'only 06:00 15:00',
    ]);
    expect(between(changed('overtime 05:00 06:00'), at('05:00'), at('15:00'), config)).toEqual([
      'only 05:00 14:00',
    ]);
  });

  it('TI1: a stretch meets the shifts that overlap it, edges left out', () => {
    const state = changed('overtime 14:00 16:00');
    expect(between(state, at('16:00'), at('22:00'))).toEqual([]);
    expect(between(state, at('15:59'), at('22:01'))).toEqual(['early 06:00 16:00', 'night 22:00 06:00']);
    expect(between(NOTHING, at('14:00'), at('22:00'))).toEqual([]);
  });

  it('PL7: overtime of the days around a stretch changes nothing in it', () => {
    const state = changed('overtime 14:00 16:00');
    for (const days of [-4, -3, -2, 2, 3, 4])
      expect(between(state, at('06:00') + days * DAY, at('22:00') + days * DAY)).toEqual([
        'early 06:00 14:00',
      ]);
  });

  it('PL7: shifts that begin together come in the order of their ends', () => {
    const shifts = [works('long', '06:00', '12:00'), works('short', '06:00', '07:00')];
    const config = samplePlant({}, { shifts });
    expect(between(changed('overtime 17:00 18:00'), at('06:00'), at('18:00'), config)).toEqual([
      'short 06:00 07:00',
      'long 06:00 12:00',
      'plan-1 17:00 18:00',
    ]);
    expect(between(changed('overtime 12:00 13:00'), at('06:00'), at('18:00'), config)).toEqual([
      'short 06:00 07:00',
      'long 06:00 13:00',
    ]);
    const alike = samplePlant(
      {},
      { shifts: [works('one', '06:00', '12:00'), works('other', '06:00', '12:00')] },
    );
    expect(between(changed('overtime 12:00 13:00'), at('06:00'), at('18:00'), alike)).toEqual([
      'other 06:00 12:00',
      'one 06:00 13:00',
    ]);
  });

  it('PL7: at an instant the shift at work is the later starting one', () => {
    const at12 = (state: PlanState, time: string, config = CONFIG): string | undefined =>
      lineShiftAt(state, config, LINE, at(time))?.id;
    for (const state of [NOTHING, changed('overtime 17:00 18:00')]) {
      expect(at12(state, '05:59')).toBe('2024-01-07.night');
      expect(at12(state, '06:00')).toBe('2024-01-08.early');
      expect(at12(state, '13:59')).toBe('2024-01-08.early');
      expect(at12(state, '14:00')).toBeUndefined();
      const shifts = [works('late', '13:00', '15:00'), EARLY, works('brief', '07:00', '07:30')];
      const config = samplePlant({}, { shifts });
      expect(at12(state, '13:30', config)).toBe('2024-01-08.late');
      expect(at12(state, '07:29', config)).toBe('2024-01-08.brief');
      expect(at12(state, '07:30', config)).toBe('2024-01-08.early');
    }
    expect(at12(changed('overtime 14:00 16:00'), '15:59')).toBe('2024-01-08.early');
    expect(at12(changed('overtime 14:00 16:00'), '16:00')).toBeUndefined();
  });

  it('PL7: the shift before is the one that ended last, overtime included', () => {
    const before = (state: PlanState, time: string, config = CONFIG): string | undefined =>
      previousLineShift(state, config, LINE, at(time))?.id;
    const state = changed('overtime 14:00 16:00');
    expect(before(state, '16:00')).toBe('2024-01-08.early');
    expect(before(state, '15:59')).toBe('2024-01-07.night');
    expect(before(NOTHING, '15:59')).toBe('2024-01-08.early');
    const shifts = [
      works('long', '06:00', '14:00'),
      works('brief', '07:00', '08:00'),
      works('last', '13:00', '14:00'),
    ];
    const config = samplePlant({}, { shifts });
    expect(before(changed('overtime 17:00 18:00'), '15:00', config)).toBe('2024-01-08.last');
    expect(before(changed('overtime 17:00 18:00'), '13:30', config)).toBe('2024-01-08.brief');
    const inside = samplePlant(
      {},
      { shifts: [works('long', '06:00', '14:00'), works('brief', '07:00', '08:00')] },
    );
    expect(before(changed('overtime 17:00 18:00'), '15:00', inside)).toBe('2024-01-08.long');
    const weekly = samplePlant(
      {},
      { shifts: [works('weekly', '06:00', '14:00', ['mon'])], holidays: [REST] },
    );
    const worked = changed('overtime 14:00 16:00');
    expect(previousLineShift(worked, weekly, LINE, at('16:00') + 8 * DAY - 1)?.id).toBe('2024-01-08.weekly');
    expect(previousLineShift(worked, weekly, LINE, at('16:00') + 8 * DAY)).toBeNull();
  });
});

const REST = { date: '2024-01-15', name: 'Rest', lines: [] };

describe('shifts by their date', () => {
  it('PL10: an instance is found by its id, and by no other', () => {
    expect(shiftById(NOTHING, CONFIG, LINE, '2024-01-08.night')).toMatchObject({ from: at('22:00') });
    expect(shiftById(NOTHING, CONFIG, LINE, '2024-01-09.early')).toMatchObject({ from: at('06:00') + DAY });
    expect(shiftById(changed('overtime 17:00 18:00'), CONFIG, LINE, '2024-01-08.plan-1')).toMatchObject({
      from: at('17:00'),
    });
    for (const id of ['2024-01-08.late', '2024-01-08', '2024-13-08.early', 'yesterday.early', ''])
      expect(shiftById(NOTHING, CONFIG, LINE, id)).toBeNull();
  });

  it('PL10: a day has the instances that start on its date, from the first start to the last end', () => {
    const ids = (date: string): readonly string[] =>
      dayShifts(NOTHING, CONFIG, LINE, date).map(({ id }) => id);
    expect(ids('2024-01-08')).toEqual(['2024-01-08.early', '2024-01-08.night']);
    for (const date of [
      '2024-02-30',
      '2024-01-32',
      '2024-00-10',
      '2024-01-00',
      '2024-1-08',
      '2024-01-08x',
      'x2024-01-08',
    ])
      expect(dayShifts(NOTHING, CONFIG, LINE, date)).toEqual([]);
    expect(dayOf(NOTHING, CONFIG, LINE, '2024-01-08')).toEqual({ from: at('06:00'), to: at('06:00') + DAY });
    const shifts = [works('long', '06:00', '20:00', ['mon']), works('brief', '07:00', '08:00', ['mon'])];
    const config = samplePlant({}, { shifts });
    expect(dayOf(NOTHING, config, LINE, '2024-01-08')).toEqual({ from: at('06:00'), to: at('20:00') });
    expect(dayOf(NOTHING, config, LINE, '2024-01-09')).toBeNull();
  });

  it.each([
    'Pacific/Kiritimati',
    'Pacific/Auckland',
    'Europe/Berlin',
    'Pacific/Honolulu',
    'Pacific/Pago_Pago',
  ])('PL10: in %s a day is complete, however far its clock is from UTC', (timeZone) => {
    const shifts = [works('dawn', '00:00', '01:00'), works('dusk', '23:00', '00:00')];
    const config = samplePlant({}, { shifts, site: { id: 's', name: 'S', timeZone } });
    expect(dayOf(NOTHING, config, LINE, '2024-01-08')).toEqual({
      from: instantOf('2024-01-08', '00:00', timeZone),
      to: instantOf('2024-01-09', '00:00', timeZone),
    });
    expect(shiftById(NOTHING, config, LINE, '2024-01-08.dusk')?.to).toBe(
      instantOf('2024-01-09', '00:00', timeZone),
    );
  });
});

describe('the plan of a line', () => {
  it('PL8: maintenance of the line, or of what carries it, is planned downtime under what people changed', () => {
    const notice = { id: 'm-1', line: LINE, name: 'Oil', scheduledBy: 'kim', scheduledAt: 0 } as const;
    const scheduled = (equipment: string | null): PlanState => ({
      lines: {
        [LINE]: {
          maintenances: [
            { ...notice, equipment, from: at('07:00'), to: at('08:00'), status: 'scheduled' },
          ] as NonNullable<NonNullable<PlanState['lines'][string]>['maintenances']>,
          ...changed('noCrew 07:30 09:00').lines[LINE],
        },
      },
    });
    const plan = (state: PlanState): readonly string[] =>
      linePlan(state, CONFIG, LINE, at('06:00'), at('10:00')).map(
        ({ from, to, kind }) => `${(to - from) / MINUTE} ${kind}`,
      );
    const expected = ['60 planned', '30 plannedDowntime', '90 notScheduled', '60 planned'];
    expect(plan(scheduled(null))).toEqual(expected);
    expect(plan(scheduled('pack/one/filler'))).toEqual(expected);
    expect(plan(scheduled('pack/one/labeller'))).toEqual(['90 planned', '90 notScheduled', '60 planned']);
  });

  it('PL1: a change beside the stretch, or touching it, changes nothing', () => {
    const state = changed('noCrew 06:00 07:00', 'noCrew 09:00 10:00');
    expect(linePlan(state, CONFIG, LINE, at('07:00'), at('09:00'))).toEqual([
      { from: at('07:00'), to: at('09:00'), kind: 'planned' },
    ]);
  });

  it('JB9: planned time passes over breaks and nights, for four weeks', () => {
    const after = (time: string, neededMs: number, config = CONFIG): number | null =>
      plannedInstant(NOTHING, config, LINE, at(time), neededMs);
    expect(after('06:00', 0)).toBe(at('06:00'));
    expect(after('13:00', HOUR)).toBe(at('14:00'));
    expect(after('13:00', HOUR + 1)).toBe(at('22:00') + 1);
    expect(after('09:30', 45 * MINUTE)).toBe(at('10:45'));
    expect(after('15:00', 10 * HOUR)).toBe(at('08:30') + DAY);
    const weekly = samplePlant({}, { shifts: [works('weekly', '06:00', '14:00', ['mon'])] });
    expect(after('06:00', 32 * HOUR, weekly)).toBe(at('14:00') + 21 * DAY);
    expect(after('06:00', 32 * HOUR + 1, weekly)).toBeNull();
  });
});
