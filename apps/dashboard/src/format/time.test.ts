import { describe, expect, it } from 'vitest';
import { timeFormat } from './time.ts';

describe('timeFormat', () => {
  it('prints instants in the site zone, through the change to winter time', () => {
    const berlin = timeFormat('Europe/Berlin', 'en-GB');
    expect(berlin.time(Date.UTC(2026, 9, 25, 0, 30))).toBe('02:30');
    expect(berlin.time(Date.UTC(2026, 9, 25, 1, 30))).toBe('02:30');
    expect(berlin.timeSeconds(Date.UTC(2026, 10, 23, 23, 0, 5))).toBe('00:00:05');
    expect(timeFormat('America/Chicago', 'en-GB').time(Date.UTC(2026, 10, 23, 12, 0))).toBe('06:00');
  });
});
