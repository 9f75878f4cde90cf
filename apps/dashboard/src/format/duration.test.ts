import { describe, expect, it } from 'vitest';
import { formatAge, formatHoursMinutes, formatTimer, roundToMinutes } from './duration.ts';

const units = { day: 'd', hour: 'h', minute: 'min', second: 's' };
const MINUTE_MS = 60_000;

describe('formatTimer', () => {
  it('counts minutes and seconds, and hours only when there are any', () => {
    expect(formatTimer(0)).toBe('0:00');
    expect(formatTimer(59_999)).toBe('0:59');
    expect(formatTimer(272_000)).toBe('4:32');
    expect(formatTimer(3_872_000)).toBe('1:04:32');
  });

  it('reads a negative duration as zero', () => {
    expect(formatTimer(-500)).toBe('0:00');
  });
});

describe('formatHoursMinutes', () => {
  it('rounds to the minute and carries into the hour', () => {
    expect(formatHoursMinutes(29_000)).toBe('0:00');
    expect(formatHoursMinutes(59.6 * MINUTE_MS)).toBe('1:00');
    expect(formatHoursMinutes(485 * MINUTE_MS)).toBe('8:05');
  });
});

describe('formatAge', () => {
  it('uses at most two units', () => {
    expect(formatAge(45_900, units)).toBe('45 s');
    expect(formatAge(12.9 * MINUTE_MS, units)).toBe('12 min');
    expect(formatAge(65 * MINUTE_MS, units)).toBe('1 h 05 min');
    expect(formatAge(51 * 60 * MINUTE_MS, units)).toBe('2 d 3 h');
    expect(formatAge(-1, units)).toBe('0 s');
  });
});

describe('roundToMinutes', () => {
  it('keeps the printed parts summing to the printed total', () => {
    const parts = [20.4, 20.4, 20.4, 418.8].map((minutes) => minutes * MINUTE_MS);
    const rounded = roundToMinutes(parts).map((ms) => ms / MINUTE_MS);
    expect(rounded.reduce((sum, minutes) => sum + minutes, 0)).toBe(480);
    expect(rounded).toEqual([21, 20, 20, 419]);
  });

  it('keeps a negative part (running faster than the standard) and still adds up', () => {
    const rounded = roundToMinutes([-2.5, 62.5].map((minutes) => minutes * MINUTE_MS));
    expect(rounded.reduce((sum, ms) => sum + ms, 0)).toBe(60 * MINUTE_MS);
  });
});
