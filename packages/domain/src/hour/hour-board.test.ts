import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PACKML_MODES } from '../equipment/mode-mapping.ts';
import { lineProduction } from '../query/line-production.ts';
import { createDrive } from '../testing/drive.ts';
import { EARLY, FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { hourBoard } from './hour-board.ts';
import { hourStretches } from './hour-edges.ts';
import { movingTargets } from './moving-targets.ts';

const instant = (text: string): number => Date.parse(text);

describe('the hour-by-hour board', () => {
  it('HB1: has the hours of the shift in which work is planned, with their parts; a break shortens the target', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 3000, scrap: 100 });
    drive.observe({ equipment: FILLER, at: at('07:20'), good: 500, rework: 2 });
    const board = hourBoard(drive.state, drive.config, LINE, at('07:30'));
    expect(board.map(({ from, status }) => [from, status]).slice(0, 3)).toEqual([
      [at('06:00'), 'past'],
      [at('07:00'), 'current'],
      [at('08:00'), 'ahead'],
    ]);
    expect(board.map(({ target }) => target)).toEqual([3600, 3600, 3600, 3600, 1800, 3600, 3600, 3600]);
    expect(board[0]).toMatchObject({ good: 3000, scrap: 100, cumulativeGood: 3000, cumulativeTarget: 3600 });
    expect(board[1]).toMatchObject({ good: 500, rework: 2, cumulativeGood: 3500, cumulativeTarget: 7200 });
    expect(hourBoard(drive.state, drive.config, LINE, at('15:00'))).toEqual([]);
  });

  it('HB1: an hour that is all break is left out, unless parts were made in it', () => {
    const shift = { ...EARLY, breaks: [{ from: '10:00', to: '11:00' }] };
    const drive = createDrive(samplePlant({}, { shifts: [shift] }));
    const hours = (): number => hourBoard(drive.state, drive.config, LINE, at('12:00')).length;
    expect(hours()).toBe(7);
    drive.observe({ equipment: FILLER, at: at('10:20'), state: 'running', good: 5 });
    expect(hours()).toBe(8);
  });

  it('EQ13: hours and the rate are without the planned downtime of what carries the line at the time', () => {
    const plant = samplePlant();
    const modes = { mapping: PACKML_MODES, time: { maintenance: 'plannedDowntime' } } as const;
    const drive = createDrive({
      ...plant,
      lines: plant.lines.map((line) => Object.assign({ constraintByProduct: { B: LABELLER } }, line)),
      equipment: plant.equipment.map((each) => Object.assign({ modes }, each)),
    });
    for (const equipment of [FILLER, LABELLER])
      drive.observe({ equipment, at: at('06:00'), state: 'running', mode: 'Production', product: 'A' });
    drive.observe({ equipment: FILLER, at: at('06:30'), product: 'B' });
    drive.observe({ equipment: LABELLER, at: at('06:20'), mode: 'Maintenance' });
    drive.observe({ equipment: LABELLER, at: at('06:40'), mode: 'Production' });
    drive.observe({ equipment: FILLER, at: at('06:50'), mode: 'Maintenance' });
    drive.observe({ equipment: FILLER, at: at('07:30'), mode: 'Production' });
    drive.observe({ equipment: LABELLER, at: at('07:59'), good: 1100 });
    const board = hourBoard(drive.state, drive.config, LINE, at('08:00'));
    expect(board.slice(0, 2).map(({ plannedMs }) => plannedMs)).toEqual([50 * MINUTE, 60 * MINUTE]);
    expect(board.slice(0, 2).map(({ target }) => target)).toEqual([1800 + 2400, 7200]);
    expect(lineProduction(drive.state, drive.config, LINE, at('08:00')).ratePerHour).toBe(600);
  });

  it('HB2: each product counts by its own ideal; an unknown one leaves the target unknown', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:30'), state: 'running', product: 'B' });
    drive.observe({ equipment: FILLER, at: at('08:00'), product: null });
    drive.observe({ equipment: FILLER, at: at('09:00'), product: 'C' });
    const board = hourBoard(drive.state, drive.config, LINE, at('09:30'));
    expect(board.slice(0, 4).map(({ target }) => target)).toEqual([
      1800 + 3600,
      7200,
      0,
      { unknown: 'noIdealCycle' },
    ]);
    expect(board[3]?.cumulativeTarget).toEqual({ unknown: 'noIdealCycle' });
  });

  it('HB3: what is missing is spread over the planned hours that are left', () => {
    expect(movingTargets([100, 100, 50, 100], [60, 0, 0, 0], 1)).toEqual([100, 116, 58, 116]);
    // At the start of each hour anew; what was made beyond lowers nothing.
    expect(movingTargets([100, 100, 100], [60, 160, 0], 2)).toEqual([100, 120, 100]);
    expect(movingTargets([100, { unknown: 'noIdealCycle' }, 100], [100, 0, 0], 1)[2]).toBe(100);
    expect(movingTargets([100, { unknown: 'noIdealCycle' }, 100], [90, 0, 0], 1)[2]).toEqual({
      unknown: 'noIdealCycle',
    });
  });

  it('HB3: targets that are left add up to their own and all that is missing', () => {
    const hours = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1500 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(hours, fc.nat({ max: 11 }), (made, over) => {
        const ended = Math.min(over, made.length - 1);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
        const targets = made.map(([target]) => target);
        const good = made.map(([, each]) => each);
        const moving = movingTargets(targets, good, ended).map(Number);
        const missing = Math.max(0, sum(targets.slice(0, ended)) - sum(good.slice(0, ended)));
        expect(sum(moving.slice(ended))).toBeCloseTo(sum(targets.slice(ended)) + missing, 6);
        moving.forEach((each, index) => expect(each).toBeGreaterThanOrEqual(targets[index] ?? 0));
      }),
    );
  });

  it('HB4: the top loss is what took most of the planned time of the hour', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:10'), state: 'stopped', reason: 'jam' });
    drive.observe({ equipment: FILLER, at: at('06:20'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:50'), state: 'starved' });
    drive.observe({ equipment: FILLER, at: at('07:30'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('08:30'), state: 'running' });
    const board = hourBoard(drive.state, drive.config, LINE, at('08:30'));
    expect(board.slice(0, 3).map(({ topLoss }) => topLoss)).toEqual([
      { loss: 'breakdown', reason: 'jam', ms: 10 * MINUTE },
      { loss: 'external', reason: null, ms: 30 * MINUTE },
      { unknown: 'noLoss' },
    ]);
  });

  it.each([
    ['Europe/Berlin', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z', 23],
    ['Europe/Berlin', '2024-10-26T22:00:00Z', '2024-10-27T23:00:00Z', 25],
    ['America/Chicago', '2024-03-10T06:00:00Z', '2024-03-11T05:00:00Z', 23],
    ['America/Chicago', '2024-11-03T05:00:00Z', '2024-11-04T06:00:00Z', 25],
    // Half an hour: 23.5 h and 24.5 h.
    ['Australia/Lord_Howe', '2024-10-05T13:30:00Z', '2024-10-06T13:00:00Z', 24],
    ['Australia/Lord_Howe', '2024-04-06T13:00:00Z', '2024-04-07T13:30:00Z', 25],
    ['Asia/Kolkata', '2024-01-01T18:30:00Z', '2024-01-02T18:30:00Z', 24],
  ])('HB5: in %s from %s to %s there are %i hours, without gap or overlap', (zone, from, to, count) => {
    const hours = hourStretches({ from: instant(from), to: instant(to) }, zone);
    expect(hours).toHaveLength(count);
    expect(hours[0]?.from).toBe(instant(from));
    expect(hours.at(-1)?.to).toBe(instant(to));
    hours.forEach((hour, index) => {
      expect(hour.to - hour.from).toBeLessThanOrEqual(HOUR);
      if (index > 0) expect(hour.from).toBe(hours[index - 1]?.to);
    });
  });
});
