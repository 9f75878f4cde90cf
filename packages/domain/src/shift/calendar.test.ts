import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlantConfig, ShiftConfig } from '../plant/plant.ts';
import { CNC_LINE, EARLY, HOUR, LINE, MINUTE, NIGHT, at, samplePlant } from '../testing/sample-plant.ts';
import { createDrive } from '../testing/drive.ts';
import { calendarPlan, currentShift, shiftsBetween } from './calendar.ts';
import { previousLineShift } from './line-shifts.ts';
import { instanceOf } from './shift-instance.ts';

function plantIn(timeZone: string, shifts: readonly ShiftConfig[] = [EARLY, NIGHT]): PlantConfig {
  return samplePlant({}, { site: { id: 's', name: 'S', timeZone }, shifts });
}

function utc(text: string): number {
  return Date.parse(`${text}Z`);
}

/** Night of the given local date in Berlin. */
function night(date: string): { hours: number; pause: readonly string[] } {
  const { from, to, breaks } = instanceOf(NIGHT, date, 'Europe/Berlin');
  return { hours: (to - from) / HOUR, pause: breaks.map((each) => new Date(each.from).toISOString()) };
}

describe('shift instances', () => {
  it('SH1: an overnight shift belongs to the day it starts on', () => {
    const config = samplePlant();
    expect(currentShift(config, LINE, at('05:59'))).toMatchObject({
      id: '2024-01-07.night',
      to: at('06:00'),
    });
    expect(currentShift(config, LINE, at('06:00'))).toMatchObject({ id: '2024-01-08.early' });
    expect(currentShift(config, LINE, at('14:00'))).toBeNull();
    expect(currentShift(config, LINE, at('22:00'))?.id).toBe('2024-01-08.night');
    expect(previousLineShift({ lines: {} }, config, LINE, at('06:00'))?.id).toBe('2024-01-07.night');
  });

  it('SH1: a pattern works only on its days', () => {
    const config = samplePlant({}, { shifts: [{ ...EARLY, days: ['mon'] }] });
    expect(currentShift(config, LINE, at('07:00'))?.id).toBe('2024-01-08.early');
    expect(currentShift(config, LINE, at('07:00') + 24 * HOUR)).toBeNull();
    expect(shiftsBetween(config, LINE, at('00:00'), at('00:00') + 15 * 24 * HOUR)).toHaveLength(3);
  });

  it('SH2: a local time in the gap is the first instant after it, an ambiguous one the first', () => {
    const early = (from: string, to: string): ShiftConfig => ({ ...EARLY, from, to, breaks: [] });
    const gap = instanceOf(early('02:30', '08:00'), '2024-03-31', 'Europe/Berlin');
    expect(gap.from).toBe(utc('2024-03-31T01:00'));
    const twice = instanceOf(early('02:30', '08:00'), '2024-10-27', 'Europe/Berlin');
    expect(twice.from).toBe(utc('2024-10-27T00:30'));
    expect(instanceOf(early('02:15', '08:00'), '2024-10-06', 'Australia/Lord_Howe').from).toBe(
      utc('2024-10-05T15:30'),
    );
    expect(instanceOf(early('01:45', '08:00'), '2024-04-07', 'Australia/Lord_Howe').from).toBe(
      utc('2024-04-06T14:45'),
    );
  });

  it('SH3: a break happens once, inside its shift', () => {
    expect(night('2024-03-30')).toEqual({ hours: 7, pause: [] });
    expect(night('2024-10-26')).toEqual({ hours: 9, pause: ['2024-10-27T00:00:00.000Z'] });
    expect(night('2024-01-08')).toEqual({ hours: 8, pause: ['2024-01-09T01:00:00.000Z'] });
    const late = { ...EARLY, from: '14:00', to: '22:00', breaks: [{ from: '13:30', to: '14:30' }] };
    expect(instanceOf(late, '2024-01-08', 'Europe/Berlin').breaks).toEqual([
      { from: at('14:00'), to: at('14:30') },
    ]);
  });

  it.each([
    ['Europe/Berlin', '2024-03-31', 23],
    ['Europe/Berlin', '2024-10-27', 25],
    ['America/Chicago', '2024-03-10', 23],
    ['America/Chicago', '2024-11-03', 25],
    ['Australia/Lord_Howe', '2024-10-06', 23.5],
    ['Australia/Lord_Howe', '2024-04-07', 24.5],
  ])('SH4: round the clock in %s the day %s has %d h, all planned', (timeZone, date, hours) => {
    const all: ShiftConfig = { ...EARLY, id: 'all', from: '00:00', to: '00:00', breaks: [] };
    const shift = instanceOf(all, date, timeZone);
    expect((shift.to - shift.from) / HOUR).toBe(hours);
    const plan = calendarPlan(plantIn(timeZone, [all]), LINE, shift.from, shift.to);
    expect(plan).toEqual([{ from: shift.from, to: shift.to, kind: 'planned' }]);
  });

  it('SH5: the plan covers any stretch without gap or overlap', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/Chicago',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    const configs = new Map<string, PlantConfig>();
    fc.assert(
      fc.property(
        zones,
        fc.integer({ min: utc('2015-01-01'), max: utc('2030-01-01') }),
        fc.nat({ max: 4 * 24 * HOUR }),
        (zone, from, ms) => {
          const config = configs.get(zone) ?? plantIn(zone);
          configs.set(zone, config);
          const plan = calendarPlan(config, LINE, from, from + ms);
          let cursor = from;
          for (const segment of plan) {
            expect(segment.from).toBe(cursor);
            expect(segment.to).toBeGreaterThan(segment.from);
            cursor = segment.to;
          }
          expect(cursor).toBe(from + ms);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('SH6: a line works its own patterns, all where it names none', () => {
    const config = samplePlant();
    expect(currentShift(config, LINE, at('23:00'))?.id).toBe('2024-01-08.night');
    expect(currentShift(config, CNC_LINE, at('23:00'))).toBeNull();
    expect(currentShift(config, CNC_LINE, at('07:00'))?.id).toBe('2024-01-08.early');
  });
});

describe('shifts on the clock', () => {
  it('SH7: a tick records starts and ends once, with the figures at the close', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('06:00'));
    drive.observe({ equipment: 'pack/one/filler', at: at('06:00'), state: 'running' });
    drive.tick(at('13:59'));
    const { events } = drive.tick(at('14:00') + 500);
    expect(events.filter(({ type }) => type === 'shiftEnded')).toMatchObject([
      {
        line: LINE,
        at: at('14:00'),
        from: at('06:00'),
        shiftId: '2024-01-08.early',
        figures: { availability: { value: 1 }, asOf: { at: at('14:00') } },
      },
      { line: CNC_LINE },
    ]);
    expect(drive.tick(at('14:01')).events.map(({ type }) => type)).toEqual(['timeAdvanced']);
  });

  it('SH7: shifts that passed while nobody ran the clock are opened and closed', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('07:00'));
    drive.tick(at('13:00') + 24 * HOUR);
    const names = drive.log.flatMap((event) =>
      (event.type === 'shiftStarted' || event.type === 'shiftEnded') && event.line === LINE
        ? [`${event.type} ${event.shiftId}`]
        : [],
    );
    expect(names).toEqual([
      'shiftStarted 2024-01-08.early',
      'shiftEnded 2024-01-08.early',
      'shiftStarted 2024-01-08.night',
      'shiftEnded 2024-01-08.night',
      'shiftStarted 2024-01-09.early',
    ]);
  });

  it('SH7: a clock that stands or steps back records nothing', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('07:00'));
    expect(drive.tick(at('07:00')).events).toEqual([]);
    expect(drive.tick(at('06:00') - MINUTE).events).toEqual([]);
  });
});

describe('rotations, holidays and exceptions', () => {
  /** Ids of the instances of the line on the days from a Monday on, `-` where there is none. */
  function week(config: PlantConfig, days: number, line = LINE): readonly string[] {
    return Array.from({ length: days }, (_, day) => {
      const from = at('00:00') + day * 24 * HOUR;
      const started = shiftsBetween(config, line, from, from + 24 * HOUR).filter((each) => each.from >= from);
      return started.map(({ id }) => id.slice(11)).join('+') || '-';
    });
  }

  it('SH8: a rotation works its weeks, counted from its date, before it too', () => {
    const rotating = (id: string, from: string, to: string, worked: readonly number[]): ShiftConfig => ({
      ...EARLY,
      id,
      days: ['mon'],
      from,
      to,
      breaks: [],
      rotation: { weeks: 3, worked, since: '2024-01-15' },
    });
    const shifts = [rotating('a', '06:00', '14:00', [1]), rotating('b', '14:00', '22:00', [2, 3])];
    const mondays = week(samplePlant({}, { shifts }), 29).filter((_, day) => day % 7 === 0);
    expect(mondays).toEqual(['b', 'a', 'b', 'b', 'a']);
  });

  it('SH9: on a holiday no shift starts, on its lines', () => {
    const holiday = { date: '2024-01-09', name: 'Rest', lines: [LINE] };
    const config = samplePlant({}, { holidays: [holiday] });
    expect(week(config, 3)).toEqual(['early+night', '-', 'early+night']);
    expect(week(config, 3, CNC_LINE)).toEqual(['early', 'early', 'early']);
    expect(currentShift(config, LINE, at('05:00') + 24 * HOUR)?.id).toBe('2024-01-08.night');
    const everywhere = samplePlant({}, { holidays: [{ ...holiday, lines: [] }] });
    expect(week(everywhere, 2, CNC_LINE)).toEqual(['early', '-']);
  });

  it('SH10: an exception cancels, moves or adds a shift on its date, also on a holiday', () => {
    const date = '2024-01-09';
    const config = samplePlant(
      {},
      {
        holidays: [{ date, name: 'Rest', lines: [] }],
        exceptions: [
          { date: '2024-01-08', shift: 'night', cancelled: true, lines: [] },
          { date, shift: 'early', cancelled: false, from: '08:00', to: '12:00', lines: [LINE] },
          { date, shift: 'night', cancelled: false, lines: [] },
          {
            date,
            shift: 'stock',
            name: 'Stock-taking',
            cancelled: false,
            from: '13:00',
            to: '15:00',
            lines: [],
          },
        ],
      },
    );
    expect(week(config, 3)).toEqual(['early', 'early+stock+night', 'early+night']);
    expect(week(config, 3, CNC_LINE)).toEqual(['early', 'stock', 'early']);
    const moved = currentShift(config, LINE, at('09:00') + 24 * HOUR);
    expect(moved).toMatchObject({ from: at('08:00') + 24 * HOUR, to: at('12:00') + 24 * HOUR });
    expect(moved?.breaks).toEqual([{ from: at('10:00') + 24 * HOUR, to: at('10:30') + 24 * HOUR }]);
    expect(currentShift(config, LINE, at('13:00') + 24 * HOUR)?.name).toBe('Stock-taking');
  });
});
