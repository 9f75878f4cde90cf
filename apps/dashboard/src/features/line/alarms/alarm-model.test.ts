import type { AlarmDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { mayAct, sortAlarms } from './alarm-model.ts';

function alarm(code: string, change: Partial<AlarmDocument>): AlarmDocument {
  return {
    alarm: code,
    equipment: 'a/l/e',
    code,
    state: 'unacknowledged',
    severity: 'fault',
    alarmId: `a/l/e/${code}@1`,
    raisedAt: 1,
    ...change,
  };
}

describe('sortAlarms', () => {
  it('puts first what nobody has acknowledged, faults before warnings, the newest before the older', () => {
    const { shown, hidden } = sortAlarms([
      alarm('acknowledged', { state: 'acknowledged' }),
      alarm('warning', { severity: 'warning', raisedAt: 9 }),
      alarm('old', {}),
      alarm('new', { raisedAt: 5 }),
      alarm('returned', { state: 'returnedUnacknowledged', raisedAt: 3 }),
    ]);
    expect(shown.map(({ code }) => code)).toEqual(['new', 'returned', 'old', 'warning', 'acknowledged']);
    expect(hidden).toBe(0);
  });

  it('leaves out what is normal or nobody is to be told of, and counts the latter', () => {
    const act = { at: 1, by: 'lea' };
    const { shown, hidden } = sortAlarms([
      alarm('normal', { state: 'normal' }),
      alarm('shelved', { shelved: { ...act, until: null } }),
      alarm('suppressed', { suppressedByDesign: act }),
      alarm('out', { outOfService: act }),
      alarm('over', { state: 'normal', outOfService: act }),
    ]);
    expect(shown).toEqual([]);
    expect(hidden).toBe(3);
  });
});

describe('mayAct', () => {
  it('is not for those who only see', () => {
    expect([['viewer'], [], ['viewer', 'operator'], ['lead']].map(mayAct)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
