import { describe, expect, it } from 'vitest';

import type {
  EscalationConfig,
  EscalationPolicy,
  Recipient,
  RotaConfig,
} from '../plant/escalation-config.ts';
import { escalationPlant, NIGHTS, POLICY, ROTA } from '../testing/escalation-plant.ts';
import { at, HOUR, LINE, MINUTE } from '../testing/sample-plant.ts';
import { endOfHours, isWithinHours, nextOnCall, onCall, rotaHoles } from './on-call.ts';
import { isUrgent, levelOf, levelsOf, peopleOf, policyFor } from './policy.ts';

const ZONE = 'Europe/Berlin';
const DAY = 24 * HOUR;

function configured(policies: readonly EscalationPolicy[]): EscalationConfig {
  return { people: [], rotas: [], policies };
}

describe('which policy holds', () => {
  const chosen = (policies: readonly Partial<EscalationPolicy>[]): string | null => {
    const all = policies.map((changes, index) => ({ ...POLICY, place: null, ...changes, id: String(index) }));
    const { id } = policyFor(configured(all), { line: LINE, type: 'safety', priority: 'critical' });
    return id === 'default' ? null : id;
  };

  it('ES1: place says more than type, type more than priority, both together more than either', () => {
    const types = ['safety'] as const;
    const priorities = ['critical'] as const;
    expect(chosen([{ types, priorities }, { place: 'pack' }])).toBe('1');
    expect(chosen([{ place: 'pack', types, priorities }, { place: LINE }])).toBe('1');
    expect(chosen([{ priorities }, { types }])).toBe('1');
    expect(chosen([{ types }, { types, priorities }])).toBe('1');
    expect(chosen([{}, { priorities }])).toBe('1');
    expect(
      chosen([
        { place: 'pack', priorities },
        { place: 'pack', types },
      ]),
    ).toBe('1');
    expect(chosen([{ types }, { types }])).toBe('0');
  });

  it('ES1: one for another place, type or priority does not cover a call', () => {
    expect(chosen([{ place: 'pac' }])).toBeNull();
    expect(chosen([{ place: `${LINE}/filler` }])).toBeNull();
    expect(chosen([{ types: ['quality', 'material'] }])).toBeNull();
    expect(chosen([{ priorities: ['low', 'medium'] }])).toBeNull();
    expect(chosen([{ place: LINE, types: ['quality'] }, {}])).toBe('1');
    expect(chosen([{ types: ['quality', 'safety'], priorities: ['low', 'critical'] }])).toBe('0');
  });

  it('ES1: where none covers a call shift leads are told at once, managers next, on their screens', () => {
    expect(policyFor(configured([]), { line: LINE, type: 'other', priority: 'low' })).toEqual({
      id: 'default',
      place: null,
      types: [],
      priorities: [],
      toAcknowledge: [
        { afterMs: null, recipients: [{ role: 'lead' }], means: ['screen'] },
        { afterMs: null, recipients: [{ role: 'manager' }], means: ['screen'] },
      ],
      toResolve: [],
      reminderMs: null,
      quietHours: [],
      rateLimit: null,
      displayWithinMs: MINUTE,
    });
  });
});

describe('levels of a policy', () => {
  const level = { afterMs: null, recipients: [], means: ['screen'] };
  const policy: EscalationPolicy = {
    ...POLICY,
    toAcknowledge: [level, level, { ...level, afterMs: 7 }],
    toResolve: [level, level],
  };

  it('ES2: without a delay the first begins at once and each further one later, to resolution the first too', () => {
    const delays = (clock: 'acknowledgement' | 'resolution'): readonly (number | undefined)[] =>
      [0, 1, 2, 3, 4].map((number) => levelOf(policy, clock, number, 'medium')?.afterMs);
    expect(delays('acknowledgement')).toEqual([undefined, 0, 10 * MINUTE, 7, undefined]);
    expect(delays('resolution')).toEqual([undefined, 10 * MINUTE, 20 * MINUTE, undefined, undefined]);
    expect(levelsOf(policy, 'acknowledgement')).toHaveLength(3);
    expect(levelsOf(policy, 'resolution')).toHaveLength(2);
    expect(levelOf(policy, 'resolution', 1, 'low')).toEqual({ ...level, afterMs: 15 * MINUTE });
  });

  it('ES3: those who are told are the people of the plant that are meant, each once', () => {
    const { escalation } = escalationPlant();
    if (escalation === undefined) throw new Error('the plant has policies');
    const told = (...recipients: readonly Recipient[]): readonly string[] =>
      peopleOf(escalation, ZONE, recipients, at('07:00'));
    expect(told({ role: 'technician' })).toEqual(['ada', 'ben']);
    expect(told({ role: 'nobody' })).toEqual([]);
    expect(told({ person: 'mia' }, { role: 'manager' }, { person: 'mia' })).toEqual(['mia']);
    expect(told({ person: 'eve' })).toEqual([]);
    expect(told({ rota: 'duty' }, { role: 'technician' })).toEqual(['ben', 'ada']);
    expect(told({ rota: 'other' })).toEqual([]);
  });

  it('ES10: critical and safety calls are urgent', () => {
    expect(isUrgent({ type: 'other', priority: 'critical' })).toBe(true);
    expect(isUrgent({ type: 'safety', priority: 'low' })).toBe(true);
    expect(isUrgent({ type: 'quality', priority: 'high' })).toBe(false);
  });
});

describe('hours', () => {
  const hours = (from: string, to: string, ...days: readonly ('mon' | 'tue' | 'sun')[]) => ({
    days,
    from,
    to,
  });

  it('ES16: hold their first minute and not their last, and may be over midnight', () => {
    const within = (time: string, ...some: Parameters<typeof isWithinHours>[0]): boolean =>
      isWithinHours(some, ZONE, at(time));
    const day = hours('08:00', '16:00', 'mon');
    expect(['07:59:59', '08:00', '15:59:59', '16:00'].map((time) => within(time, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const night = hours('22:00', '06:00', 'sun');
    expect(['00:00', '05:59:59', '06:00', '22:00'].map((time) => within(time, night))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(within('22:00', hours('22:00', '06:00', 'mon'))).toBe(true);
    expect(within('12:00', hours('08:00', '16:00', 'tue'))).toBe(false);
    expect(within('12:00')).toBe(false);
    expect(within('12:00', hours('08:00', '09:00', 'mon'), day)).toBe(true);
  });

  it('ES10: quiet hours that touch or overlap end together; those without end do not', () => {
    const end = (time: string, ...some: Parameters<typeof isWithinHours>[0]): number | null =>
      endOfHours(some, ZONE, at(time));
    const night = hours('22:00', '06:00', 'sun');
    expect(end('05:00', night)).toBe(at('06:00'));
    expect(end('06:00', night)).toBe(at('06:00'));
    expect(end('05:00', night, hours('06:00', '08:00', 'mon'), hours('07:00', '07:30', 'mon'))).toBe(
      at('08:00'),
    );
    expect(end('07:15', hours('07:00', '09:00', 'mon'), hours('07:00', '08:00', 'mon'))).toBe(at('09:00'));
    expect(end('07:00', { ...NIGHTS, from: '00:00', to: '00:00' })).toBeNull();
  });
});

describe('who is on call next', () => {
  const none: RotaConfig = { ...ROTA, rotation: null };
  const next = (rota: RotaConfig, time: string, days = 0): number | null =>
    nextOnCall(rota, ZONE, at(time) + days * DAY);

  it('ES5: is found at the edge of hours, turns, substitutions and rotations, or at once', () => {
    expect(next(ROTA, '07:00')).toBe(at('07:00'));
    expect(next({ ...ROTA, hours: [NIGHTS] }, '07:00')).toBe(at('22:00'));
    expect(next({ ...ROTA, hours: [{ ...NIGHTS, days: ['thu'] }] }, '07:00')).toBe(at('22:00') + 3 * DAY);
    const turns = [
      { from: '2024-02-01T09:00', to: '2024-02-01T10:00', person: 'lea' },
      { from: '2024-01-20', to: '2024-01-21', person: 'mia' },
    ];
    expect(next({ ...none, turns }, '07:00')).toBe(at('06:00') + 12 * DAY);
    expect(next({ ...none, turns }, '06:00', 13)).toBe(at('09:00') + 24 * DAY);
    const substitutions = [{ from: '2024-01-09T10:00', to: '2024-01-09T11:00', person: 'eve' }];
    expect(next({ ...none, substitutions }, '07:00')).toBe(at('10:00') + DAY);
    expect(next({ ...ROTA, rotation: { begins: '2024-01-15', days: 7, people: ['ada'] } }, '07:00')).toBe(
      at('06:00') + 7 * DAY,
    );
  });

  it('ES5: who never is, or not for more than a year, is not waited for', () => {
    expect(next(none, '07:00')).toBeNull();
    expect(next(none, '07:00')).toBeNull();
    const late = (from: string): RotaConfig => ({
      ...none,
      turns: [{ from, to: '2026-01-01', person: 'lea' }],
    });
    expect(next(late('2025-02-10'), '07:00')).not.toBeNull();
    expect(next(late('2025-02-13'), '07:00')).toBeNull();
  });

  it('ES16: a rotation goes round, each for its days from handover to handover', () => {
    const rotation = { begins: '2024-01-06', days: 2, people: ['ada', 'ben', 'lea'] };
    const who = (time: string, days: number): string | null =>
      onCall({ ...ROTA, rotation, handover: '18:00' }, ZONE, at(time) + days * DAY);
    expect([who('17:59', -2), who('18:00', -2), who('17:59', 0), who('18:00', 0)]).toEqual([
      null,
      'ada',
      'ada',
      'ben',
    ]);
    expect([who('17:59', 2), who('18:00', 2), who('18:00', 4), who('17:59', 4)]).toEqual([
      'ben',
      'lea',
      'ada',
      'lea',
    ]);
    expect(onCall({ ...ROTA, rotation: { ...rotation, people: [] } }, ZONE, at('07:00'))).toBeNull();
  });

  it('ES16: holes that touch are one, and those at the edges of the window are cut to it', () => {
    const hours = [{ ...NIGHTS, from: '08:00', to: '10:00' }];
    const substitutions = [
      { from: '2024-01-08T09:00', to: '2024-01-08T09:30', person: null },
      { from: '2024-01-08T09:30', to: '2024-01-08T09:40', person: null },
      { from: '2024-01-08T12:00', to: '2024-01-08T13:00', person: 'eve' },
    ];
    const holes = rotaHoles({ ...ROTA, hours, substitutions }, ZONE, at('07:00'), at('14:00'));
    expect(holes).toEqual([
      { from: at('07:00'), to: at('08:00') },
      { from: at('09:00'), to: at('09:40') },
      { from: at('10:00'), to: at('14:00') },
    ]);
    expect(rotaHoles(ROTA, ZONE, at('07:00') - 14 * DAY, at('07:00'))).toEqual([
      { from: at('07:00') - 14 * DAY, to: at('06:00') - 7 * DAY },
    ]);
  });
});
