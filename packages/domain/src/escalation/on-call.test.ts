import { describe, expect, it } from 'vitest';

import type { RotaConfig } from '../plant/escalation-config.ts';
import { NIGHTS, ROTA } from '../testing/escalation-plant.ts';
import { isWithinHours, onCall, rotaHoles } from './on-call.ts';

const ZONE = 'Europe/Berlin';

function who(changes: Partial<RotaConfig>, local: string): string | null {
  return onCall({ ...ROTA, ...changes }, ZONE, Date.parse(local));
}

describe('who is on call', () => {
  it('ES16: turns of a rotation pass at the handover in local time, through clock changes', () => {
    expect(who({}, '2024-01-01T05:59+01:00')).toBeNull();
    expect(who({}, '2024-01-01T06:00+01:00')).toBe('ada');
    expect(who({}, '2024-01-08T05:59+01:00')).toBe('ada');
    expect(who({}, '2024-01-08T06:00+01:00')).toBe('ben');
    expect(who({}, '2024-04-01T05:59+02:00')).toBe('ada');
    expect(who({}, '2024-04-01T06:00+02:00')).toBe('ben');
    expect(who({ rotation: null }, '2024-01-08T06:00+01:00')).toBeNull();
  });

  it('ES16: dated turns precede the rotation, substitutions precede both', () => {
    const turns = [{ from: '2024-01-09', to: '2024-01-10T12:00', person: 'lea' }];
    expect(who({ turns }, '2024-01-09T05:59+01:00')).toBe('ben');
    expect(who({ turns }, '2024-01-09T06:00+01:00')).toBe('lea');
    expect(who({ turns }, '2024-01-10T11:59+01:00')).toBe('lea');
    expect(who({ turns }, '2024-01-10T12:00+01:00')).toBe('ben');
    const swap = { from: '2024-01-08', to: '2024-01-16', person: 'mia' };
    expect(who({ turns, substitutions: [swap] }, '2024-01-09T07:00+01:00')).toBe('mia');
    const forBen = [{ ...swap, for: 'ben' }];
    expect(who({ turns, substitutions: forBen }, '2024-01-09T07:00+01:00')).toBe('lea');
    expect(who({ turns, substitutions: forBen }, '2024-01-11T07:00+01:00')).toBe('mia');
    expect(who({ substitutions: [{ ...swap, person: null }] }, '2024-01-09T07:00+01:00')).toBeNull();
    expect(who({ substitutions: [swap, { ...swap, person: 'lea' }] }, '2024-01-09T07:00+01:00')).toBe('lea');
  });

  it('ES16: outside its hours nobody is; hours over midnight belong to the day they start on', () => {
    const hours = [{ ...NIGHTS, days: ['fri'] as const }];
    expect(who({ hours }, '2024-01-12T21:59+01:00')).toBeNull();
    expect(who({ hours }, '2024-01-12T22:00+01:00')).toBe('ben');
    expect(who({ hours }, '2024-01-13T05:59+01:00')).toBe('ben');
    expect(who({ hours }, '2024-01-13T06:00+01:00')).toBeNull();
    expect(
      isWithinHours([{ ...NIGHTS, from: '06:00', to: '06:00' }], ZONE, Date.parse('2024-01-13T04:00Z')),
    ).toBe(true);
  });

  it('ES16: the holes of a rota are the stretches in which nobody is on call', () => {
    const from = Date.parse('2024-01-08T00:00+01:00');
    const to = Date.parse('2024-01-09T00:00+01:00');
    expect(rotaHoles(ROTA, ZONE, from, to)).toEqual([]);
    const hole = [{ from: '2024-01-08T10:00', to: '2024-01-08T11:30', person: null }];
    expect(rotaHoles({ ...ROTA, substitutions: hole }, ZONE, from, to)).toEqual([
      { from: from + 10 * 3_600_000, to: from + 11.5 * 3_600_000 },
    ]);
    expect(rotaHoles({ ...ROTA, hours: [NIGHTS] }, ZONE, from, to)).toEqual([
      { from: from + 6 * 3_600_000, to: from + 22 * 3_600_000 },
    ]);
    expect(rotaHoles({ ...ROTA, rotation: null }, ZONE, from, to)).toEqual([{ from, to }]);
  });
});
