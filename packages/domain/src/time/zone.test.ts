import { describe, expect, it } from 'vitest';

import {
  addDays,
  daysBetween,
  instantOf,
  localDate,
  localHour,
  nextLocalHour,
  noonOf,
  weekdayOf,
} from './zone.ts';

function utc(text: string): number {
  return Date.parse(`${text}Z`);
}

describe('local time', () => {
  it('SH1: weekdays, dates and days between them are those of the calendar', () => {
    const dates = Array.from({ length: 8 }, (_, day) => addDays('2024-02-26', day));
    expect(dates).toEqual([
      '2024-02-26',
      '2024-02-27',
      '2024-02-28',
      '2024-02-29',
      '2024-03-01',
      '2024-03-02',
      '2024-03-03',
      '2024-03-04',
    ]);
    expect(dates.map(weekdayOf)).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'mon']);
    expect(daysBetween('2024-01-31', '2024-03-01')).toBe(30);
    expect(daysBetween('2025-01-01', '2024-01-01')).toBe(-366);
  });

  it('SH2: a time in the gap is the first instant after it, an ambiguous one its first occurrence', () => {
    expect(instantOf('2024-03-31', '02:30', 'Europe/Berlin')).toBe(utc('2024-03-31T01:00:00'));
    expect(instantOf('2024-03-31', '03:00', 'Europe/Berlin')).toBe(utc('2024-03-31T01:00:00'));
    expect(instantOf('2024-10-27', '02:30', 'Europe/Berlin')).toBe(utc('2024-10-27T00:30:00'));
    expect(instantOf('2024-01-08', '02:30', 'Europe/Berlin')).toBe(utc('2024-01-08T01:30:00'));
  });

  it('SH2: a zone that left out a day has none of its times', () => {
    expect(instantOf('2011-12-30', '12:00', 'Pacific/Apia')).toBe(utc('2011-12-30T10:00:00'));
    expect(instantOf('2011-12-31', '00:00', 'Pacific/Apia')).toBe(utc('2011-12-30T10:00:00'));
  });

  it('SH1: the local date and hour of an instant are the zone’s', () => {
    const late = utc('2024-01-08T23:30:00');
    expect([localDate(late, 'UTC'), localDate(late, 'Europe/Berlin')]).toEqual(['2024-01-08', '2024-01-09']);
    expect([
      localHour(late, 'UTC'),
      localHour(late, 'Europe/Berlin'),
      localHour(late, 'Asia/Kathmandu'),
    ]).toEqual([23, 0, 5]);
  });

  it('PL10: a text that is no date has no noon', () => {
    expect(noonOf('2024-01-08')).toBe(utc('2024-01-08T12:00:00'));
    expect(noonOf('2024-12-31')).toBe(utc('2024-12-31T12:00:00'));
    for (const text of [
      '',
      '2024-01',
      '2024-13-01',
      '2024-00-01',
      '2024-01-00',
      '2024-01-32',
      '12024-01-01',
      '2024-01-011',
    ])
      expect(noonOf(text)).toBeNull();
  });

  it('HB5: the next full hour is the one the clock shows next, also where it is no full hour in UTC', () => {
    expect(nextLocalHour(utc('2024-01-08T05:20:30.250'), 'UTC')).toBe(utc('2024-01-08T06:00:00'));
    expect(nextLocalHour(utc('2024-01-08T05:00:00'), 'UTC')).toBe(utc('2024-01-08T06:00:00'));
    expect(nextLocalHour(utc('2024-01-08T05:20:30.250'), 'Asia/Kathmandu')).toBe(utc('2024-01-08T06:15:00'));
    expect(nextLocalHour(utc('1969-12-31T23:58:30'), 'UTC')).toBe(0);
  });
});
