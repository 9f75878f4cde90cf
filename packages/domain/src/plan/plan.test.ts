import { describe, expect, it } from 'vitest';

import type { FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { figuresBetween } from '../oee/line-figures.ts';
import type { OeeFigures } from '../oee/oee-figures.ts';
import { lineProduction } from '../query/line-production.ts';
import { linePlan } from '../shift/line-plan.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { PlanChangeKind } from './plan-change.ts';

function change(
  drive: Drive,
  kind: PlanChangeKind,
  from: string,
  to: string,
  now: string | number = to,
): StepResult {
  const command = { name: 'changePlan', line: LINE, change: kind, from: at(from), to: at(to) } as const;
  return drive.command(command, typeof now === 'number' ? now : at(now), 'lee');
}

function planOf({ state, config }: Drive, from: string, to: string): readonly string[] {
  return linePlan(state, config, LINE, at(from), at(to)).map(
    (segment) => `${(segment.to - segment.from) / MINUTE} ${segment.kind}`,
  );
}

function figures({ state, config }: Drive, from: string, to: string): OeeFigures {
  const result = figuresBetween(state, config, LINE, { from: at(from), to: at(to) }, at('20:00'));
  if ('unknown' in result) throw new Error(result.unknown);
  return result;
}

function runningFrom(time: string): Drive {
  const drive = createDrive(samplePlant());
  drive.tick(at(time));
  drive.observe({ equipment: FILLER, at: at(time), state: 'running' });
  return drive;
}

describe('the plan as people change it', () => {
  it('PL1: what a change makes of each kind of time', () => {
    const drive = createDrive(samplePlant());
    change(drive, 'overtime', '13:00', '15:00');
    change(drive, 'runThroughBreak', '10:00', '10:15');
    change(drive, 'noCrew', '06:00', '07:00');
    change(drive, 'plannedDowntime', '10:00', '10:30');
    change(drive, 'noOrder', '12:00', '12:30');
    expect(planOf(drive, '06:00', '16:00')).toEqual([
      '60 notScheduled',
      '180 planned',
      '15 plannedDowntime',
      '15 break',
      '90 planned',
      '30 noOrder',
      '150 planned',
      '60 notScheduled',
    ]);
  });

  it('PL2: of changes to one stretch the one said last holds', () => {
    const drive = createDrive(samplePlant());
    change(drive, 'noCrew', '07:00', '09:00');
    change(drive, 'overtime', '08:00', '09:00', '09:30');
    expect(planOf(drive, '06:00', '10:00')).toEqual(['60 planned', '60 notScheduled', '120 planned']);
  });

  it('PL3: each change is an event with the plan before and after; withdrawn it leaves the others', () => {
    const drive = createDrive(samplePlant());
    const { events, data } = change(drive, 'noCrew', '09:30', '10:30');
    expect(data).toEqual({ planChangeId: 'plan-1' });
    expect(events[0]).toMatchObject({
      type: 'planChanged',
      author: 'lee',
      before: [
        { from: at('09:30'), to: at('10:00'), kind: 'planned' },
        { from: at('10:00'), to: at('10:30'), kind: 'break' },
      ],
      after: [{ from: at('09:30'), to: at('10:30'), kind: 'notScheduled' }],
    });
    change(drive, 'noOrder', '11:00', '12:00');
    const withdraw = { name: 'withdrawPlanChange', line: LINE, planChangeId: 'plan-1' } as const;
    expect(drive.command(withdraw, at('12:00')).events[0]).toMatchObject({
      type: 'planChangeWithdrawn',
      before: [{ kind: 'notScheduled' }],
      after: [{ kind: 'planned' }, { kind: 'break' }],
    });
    expect(planOf(drive, '09:00', '12:00')).toEqual(['60 planned', '30 break', '30 planned', '60 noOrder']);
    expect(drive.command(withdraw, at('12:00')).refusal).toMatchObject({
      status: 'conflict',
      code: 'unknownPlanChange',
    });
    expect(change(drive, 'noOrder', '12:30', '13:00').data).toEqual({ planChangeId: 'plan-3' });
  });

  it('PL4: a stretch that is none, beyond the edit window or as it was is refused', () => {
    const drive = createDrive(samplePlant());
    const codes = [
      change(drive, 'noCrew', '09:00', '09:00'),
      change(drive, 'noCrew', '09:00', '10:00', at('10:00') + 7 * 24 * HOUR),
      change(drive, 'runThroughBreak', '08:00', '09:00'),
      change(drive, 'overtime', '08:00', '09:00'),
      change(drive, 'noCrew', '08:00', '09:00', at('08:00') - 400 * 24 * HOUR),
    ].map(({ refusal, events }) => [refusal?.code, events.length]);
    expect(codes).toEqual([
      ['invalidStretch', 0],
      ['tooLate', 0],
      ['nothingChanged', 0],
      ['nothingChanged', 0],
      ['tooFarAhead', 0],
    ]);
    const config = samplePlant();
    const strict = {
      ...config,
      lines: config.lines.map((line) => Object.assign({}, line, { editWindowMs: HOUR })),
    };
    expect(change(createDrive(strict), 'noCrew', '08:00', '09:00', '10:00').refusal?.code).toBe('tooLate');
  });

  it('PL5: figures, targets and stops follow, also afterwards', () => {
    const drive = runningFrom('06:00');
    drive.observe({ equipment: FILLER, at: at('08:00'), state: 'stopped' });
    drive.observe({ equipment: FILLER, at: at('09:00'), state: 'running' });
    drive.tick(at('11:00'));
    expect(figures(drive, '06:00', '11:00').losses.unexplained).toBe(HOUR);
    const before = lineProduction(drive.state, drive.config, LINE, at('11:00')).target;
    const { events } = change(drive, 'noCrew', '08:00', '08:30', '11:00');
    const told = events.map(
      (event) => `${event.type} ${'at' in event ? (event.at - at('08:00')) / MINUTE : ''}`,
    );
    expect(told).toEqual([
      'planChanged 180',
      'downtimeWithdrawn 0',
      'downtimeStarted 30',
      'downtimeEnded 60',
    ]);
    const after = figures(drive, '06:00', '11:00');
    expect(after.losses.unexplained).toBe(HOUR / 2);
    expect(after.losses.notScheduled).toBe(HOUR / 2);
    expect(after.availability).toBe(3.5 / 4);
    expect(before).toEqual({ count: 27_000, expectedByNow: 16_200 });
    expect(lineProduction(drive.state, drive.config, LINE, at('11:00')).target).toEqual({
      count: 25_200,
      expectedByNow: 14_400,
    });
  });

  it('PL6: in no-order time standing still is ADOT and running goes on as it is', () => {
    const drive = runningFrom('06:00');
    drive.observe({ equipment: FILLER, at: at('08:00'), state: 'idle' });
    drive.observe({ equipment: FILLER, at: at('09:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('10:00'), state: 'setup' });
    const { events } = change(drive, 'noOrder', '07:00', '11:00');
    expect(events.map(({ type }) => type)).toEqual(['planChanged', 'downtimeWithdrawn']);
    const { times, losses } = figures(drive, '06:00', '11:00');
    expect(losses.noOrder).toBe(HOUR);
    expect(times).toMatchObject({ APT: 3 * HOUR, ADOT: HOUR, ADET: 0, AUST: HOUR / 2, AOET: HOUR });
    expect(times.PBT).toBe(times.APT + times.AUST + times.ADET + times.ADOT);
  });

  it('PL7: overtime lengthens the shift it touches, and is a shift of its own where it touches none', () => {
    const drive = runningFrom('06:00');
    drive.tick(at('13:00'));
    change(drive, 'overtime', '14:00', '15:00', '13:30');
    expect(lineShiftAt(drive.state, drive.config, LINE, at('14:30'))).toMatchObject({
      id: '2024-01-08.early',
      from: at('06:00'),
      to: at('15:00'),
    });
    const ends = (now: string): readonly FactoryEvent[] =>
      drive.tick(at(now)).events.filter((event) => event.type === 'shiftEnded' && event.line === LINE);
    expect(ends('14:00')).toEqual([]);
    const [ended] = ends('15:00');
    expect(ended).toMatchObject({ at: at('15:00'), figures: { times: { PBT: 8.5 * HOUR } } });
    change(drive, 'overtime', '17:00', '18:00', '16:00');
    expect(lineShiftAt(drive.state, drive.config, LINE, at('17:30'))).toMatchObject({
      id: '2024-01-08.plan-2',
      name: 'Overtime',
    });
    change(drive, 'overtime', '21:00', '22:00', '18:00');
    expect(lineShiftAt(drive.state, drive.config, LINE, at('21:30'))?.id).toBe('2024-01-08.night');
  });

  it('PL7: overtime told of after the shift ended moves its recorded end', () => {
    const drive = runningFrom('06:00');
    drive.tick(at('13:00'));
    drive.tick(at('16:00'));
    change(drive, 'overtime', '14:00', '15:00', '16:00');
    const { events } = drive.tick(at('16:01'));
    expect(events.filter(({ type }) => type === 'shiftEnded')).toMatchObject([
      { shiftId: '2024-01-08.early', at: at('15:00') },
    ]);
    expect(drive.tick(at('16:02')).events.map(({ type }) => type)).toEqual(['timeAdvanced']);
  });
});
