import { describe, expect, it } from 'vitest';
import { createWorkCalendar } from './work-calendar.ts';

const calendar = createWorkCalendar(
  'Europe/Berlin',
  ['06:00', '14:00', '22:00'],
  [
    { from: '08:45', to: '09:00' },
    { from: '00:45', to: '01:00' },
  ],
);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const breakAt = (text: string) => {
  const { fromMs, toMs } = calendar.breakAt(Date.parse(text));
  return [iso(fromMs), iso(toMs)];
};

describe('the work calendar', () => {
  it.each([
    ['2026-01-05T05:00:00Z', '2026-01-05T05:00'],
    ['2026-01-05T04:59:59Z', '2026-01-04T21:00'],
    ['2026-07-05T13:00:00Z', '2026-07-05T12:00'],
    ['2026-07-05T02:00:00Z', '2026-07-04T20:00'],
  ])('knows which shift is on at %s', (at, start) => {
    expect(iso(calendar.shiftStart(Date.parse(at)))).toBe(start);
  });

  it('finds the break that is on, or the next, in winter and in summer', () => {
    expect(breakAt('2026-01-05T07:50:00Z')).toEqual(['2026-01-05T07:45', '2026-01-05T08:00']);
    expect(breakAt('2026-01-05T08:00:00Z')).toEqual(['2026-01-05T23:45', '2026-01-06T00:00']);
    expect(breakAt('2026-07-05T08:00:00Z')).toEqual(['2026-07-05T22:45', '2026-07-05T23:00']);
  });

  it('keeps wall-clock times on the days the clocks change', () => {
    expect(breakAt('2026-03-29T00:30:00Z')).toEqual(['2026-03-29T06:45', '2026-03-29T07:00']);
    expect(breakAt('2026-10-25T00:30:00Z')).toEqual(['2026-10-25T07:45', '2026-10-25T08:00']);
    expect(iso(calendar.shiftStart(Date.parse('2026-03-29T03:59:00Z')))).toBe('2026-03-28T21:00');
    expect(iso(calendar.shiftStart(Date.parse('2026-03-29T04:00:00Z')))).toBe('2026-03-29T04:00');
  });
});
