import type { TimelineDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { hourTicks, recentWindow, segmentAt, segmentsOf } from './timeline-model.ts';

const HOUR_MS = 3_600_000;
const shift = { from: 10 * HOUR_MS, to: 18 * HOUR_MS };
const documents: readonly TimelineDocument[] = [
  { from: 12 * HOUR_MS, to: null, state: 'stopped', reason: 'jam', raw: 'STOPPED' },
  { from: 9 * HOUR_MS, to: 11 * HOUR_MS, state: 'running' },
  { from: 11 * HOUR_MS, to: 12 * HOUR_MS, state: 'unknown' },
];

describe('segmentsOf', () => {
  it('orders intervals, cuts them at the shift, and lets the open one reach now', () => {
    const segments = segmentsOf(documents, shift, 13 * HOUR_MS);
    expect(segments.map(({ from, to, look }) => [from / HOUR_MS, to / HOUR_MS, look])).toEqual([
      [10, 11, 'running'],
      [11, 12, 'unknown'],
      [12, 13, 'stopped'],
    ]);
    expect(segments[2]).toMatchObject({ ongoing: true, reason: 'jam', raw: 'STOPPED' });
  });

  it('never draws the future, nor past the end of the shift', () => {
    expect(segmentsOf(documents, shift, 11.5 * HOUR_MS)).toHaveLength(2);
    expect(segmentsOf(documents, shift, 30 * HOUR_MS)[2]?.to).toBe(shift.to);
  });
});

describe('recentWindow', () => {
  it('reaches from the first interval known until now, where no shift bounds it', () => {
    expect(recentWindow(documents, 13 * HOUR_MS)).toEqual({
      from: 9 * HOUR_MS,
      to: 13 * HOUR_MS,
      breaks: [],
    });
    expect(recentWindow([], 13 * HOUR_MS)).toBeNull();
  });
});

describe('segmentAt', () => {
  it('finds the interval of an instant, or the nearest', () => {
    const segments = segmentsOf(documents, shift, 13 * HOUR_MS);
    expect(segmentAt(segments, 11 * HOUR_MS)).toBe(1);
    expect(segmentAt(segments, 17 * HOUR_MS)).toBe(2);
    expect(segmentAt(segments, 0)).toBe(0);
    expect(segmentAt([], 0)).toBe(-1);
  });
});

describe('hourTicks', () => {
  it('puts ticks on whole hours of the site, where the zone is off by a half hour too', () => {
    const from = Date.UTC(2026, 10, 23, 0, 30);
    const ticks = hourTicks(from, from + 3 * HOUR_MS, 'Asia/Kolkata');
    expect(ticks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual([
      '00:30',
      '01:30',
      '02:30',
      '03:30',
    ]);
  });

  it('thins out a long window', () => {
    expect(hourTicks(0, 24 * HOUR_MS, 'UTC').length).toBeLessThanOrEqual(13);
  });
});
