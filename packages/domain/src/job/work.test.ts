import { describe, expect, it } from 'vitest';

import { currentChangeover } from '../changeover/current-changeover.ts';
import { lineFigures } from '../oee/line-figures.ts';
import { lineProduction } from '../query/line-production.ts';
import { lineStatus } from '../query/line-status.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { currentJob } from './current-job.ts';

function startJob(
  drive: Drive,
  time: string,
  product = 'B',
  targetCount = 1000,
): ReturnType<Drive['command']> {
  return drive.command({ name: 'startJob', line: LINE, workOrder: 'WO-7', product, targetCount }, at(time));
}

describe('jobs', () => {
  it('JB1: a job sets the product of the constraint and counts its good parts', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', good: 5 });
    expect(startJob(drive, '07:00').data).toEqual({ jobId: 'job-1' });
    drive.observe({ equipment: FILLER, at: at('07:30'), good: 40, scrap: 2 });
    expect(currentJob(drive.state, drive.config, LINE, at('07:30'))).toEqual({
      id: 'job-1',
      workOrder: 'WO-7',
      product: 'B',
      targetCount: 1000,
      sequence: 0,
      goodCount: 40,
      startedAt: at('07:00'),
      status: 'started',
      pace: { expectedByNow: 1000, ahead: -960 },
      // 960 parts at 45 s each: 12 h of planned time, of which the early shift has 6, the night shift the rest.
      expectedEnd: Date.parse('2024-01-09T04:30:00+01:00'),
    });
    expect(lineStatus(drive.state, drive.config, LINE, at('07:30'))).toMatchObject({
      product: { id: 'B', name: 'Product B' },
    });
    drive.command({ name: 'completeJob', line: LINE }, at('08:00'));
    drive.observe({ equipment: FILLER, at: at('08:30'), good: 9 });
    expect(currentJob(drive.state, drive.config, LINE, at('12:00'))).toMatchObject({
      status: 'completed',
      completedAt: at('08:00'),
      goodCount: 40,
    });
  });

  it('JB1: a product the plant does not know may start; its speed cannot be judged', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    startJob(drive, '06:00', 'X-99');
    drive.observe({ equipment: FILLER, at: at('06:30'), good: 5 });
    const { performance, quality } = lineFigures(drive.state, drive.config, LINE, at('07:00'));
    expect(performance.value).toEqual({ unknown: 'noIdealCycle' });
    expect(quality.value).toBe(1);
    expect(lineProduction(drive.state, drive.config, LINE, at('07:00')).target).toEqual({
      unknown: 'noIdealCycle',
    });
  });

  it('JB2: one job at a time; what does not fit is refused with what is in the way', () => {
    const drive = createDrive(samplePlant());
    expect(currentJob(drive.state, drive.config, LINE, at('12:00'))).toEqual({ unknown: 'noJob' });
    expect(drive.command({ name: 'completeJob', line: LINE }, at('07:00')).refusal?.code).toBe('noJob');
    startJob(drive, '07:00');
    expect(startJob(drive, '07:10').refusal).toMatchObject({ status: 'conflict', code: 'jobRunning' });
    expect(drive.command({ name: 'completeJob', line: LINE }, at('06:50')).refusal?.code).toBe('jobOverlap');
    drive.command({ name: 'completeJob', line: LINE }, at('08:00'));
    expect(startJob(drive, '07:30').refusal?.code).toBe('jobOverlap');
    expect(startJob(drive, '08:00', 'A', 0).refusal?.code).toBe('invalidCount');
    expect(startJob(drive, '08:00').data).toEqual({ jobId: 'job-2' });
  });

  it('JB3: its pace is judged against planned time elapsed', () => {
    const drive = createDrive(samplePlant());
    startJob(drive, '09:50');
    const target = (time: string): unknown =>
      lineProduction(drive.state, drive.config, LINE, at(time)).target;
    expect(target('09:55')).toEqual({ count: 1000, expectedByNow: 600 });
    const big = createDrive(samplePlant());
    startJob(big, '09:50', 'B', 100_000);
    expect(lineProduction(big.state, big.config, LINE, at('10:20')).target).toEqual({
      count: 100_000,
      expectedByNow: 1200,
    });
  });

  it('JB4: a job longer than what is kept keeps its count', () => {
    const drive = createDrive(samplePlant());
    startJob(drive, '06:00', 'A', 1_000_000);
    let total = 0;
    for (let hour = 0; hour < 100; hour += 1) {
      const now = at('06:00') + hour * HOUR + MINUTE;
      drive.observe({ equipment: FILLER, at: now, state: 'running', good: hour });
      total += hour;
      drive.tick(now + 1);
    }
    expect(drive.state.equipment[FILLER]?.counts.length).toBeLessThan(40);
    expect(currentJob(drive.state, drive.config, LINE, at('12:00'))).toMatchObject({ goodCount: total });
    drive.command({ name: 'completeJob', line: LINE }, at('06:00') + 100 * HOUR);
    for (let hour = 101; hour < 200; hour += 1) {
      const now = at('06:00') + hour * HOUR;
      drive.observe({ equipment: FILLER, at: now, state: 'running', good: 1 });
      drive.tick(now + 1);
    }
    expect(currentJob(drive.state, drive.config, LINE, at('12:00'))).toMatchObject({ goodCount: total });
  });
});

describe('changeovers', () => {
  it('CO1: a changeover is from the product on the line, and its completion sets the new one', () => {
    const drive = createDrive(samplePlant());
    expect(currentChangeover(drive.state, drive.config, LINE)).toEqual({ unknown: 'noChangeover' });
    const { data } = drive.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('07:00'));
    expect(data).toEqual({ changeoverId: 'changeover-1' });
    const product = (time: string): unknown => lineStatus(drive.state, drive.config, LINE, at(time));
    expect(product('07:10')).toMatchObject({ product: { id: 'A' } });
    drive.command({ name: 'completeChangeover', line: LINE }, at('07:30'));
    expect(product('07:30')).toMatchObject({ product: { id: 'B' } });
    expect(currentChangeover(drive.state, drive.config, LINE)).toEqual({
      id: 'changeover-1',
      fromProduct: 'A',
      toProduct: 'B',
      startedAt: at('07:00'),
      completedAt: at('07:30'),
      targetMs: null,
      planned: true,
      announced: true,
      steps: [],
      measured: { unknown: 'noGoodPartYet' },
    });
  });

  it('CO2: one changeover at a time, in order', () => {
    const drive = createDrive(samplePlant());
    const start = (time: string): unknown =>
      drive.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at(time)).refusal?.code;
    const complete = (time: string): unknown =>
      drive.command({ name: 'completeChangeover', line: LINE }, at(time)).refusal?.code;
    expect(complete('07:00')).toBe('noChangeover');
    expect(start('07:00')).toBeUndefined();
    expect(start('07:01')).toBe('changeoverOpen');
    expect(complete('06:00')).toBe('changeoverOverlap');
    expect(complete('07:20')).toBeUndefined();
    expect(start('07:10')).toBe('changeoverOverlap');
  });

  it('CO3: it turns a stop that is open into setup, and back', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('07:00'), state: 'idle' });
    drive.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('07:10'));
    drive.command({ name: 'completeChangeover', line: LINE }, at('07:40'));
    drive.observe({ equipment: FILLER, at: at('07:50'), state: 'running' });
    expect(drive.state.lines[LINE]?.downtimes.map(({ from, to }) => [from, to])).toEqual([
      [at('07:00'), at('07:10')],
      [at('07:40'), at('07:50')],
    ]);
    const { losses, times } = lineFigures(drive.state, drive.config, LINE, at('08:00'));
    expect(losses.setup).toBe(30 * MINUTE);
    expect(times).toMatchObject({ AUST: 30 * MINUTE, ADET: 20 * MINUTE });
  });
});

describe('counts entered by people', () => {
  it('JB5: they belong to the constraint, and are no sign of life of the machine', () => {
    const drive = createDrive(samplePlant());
    drive.command({ name: 'enterCount', line: LINE, good: 12, scrap: 1 }, at('07:00'), 'bob');
    expect(lineProduction(drive.state, drive.config, LINE, at('07:30')).counts).toMatchObject({
      produced: 13,
    });
    expect(lineStatus(drive.state, drive.config, LINE, at('07:30'))).toMatchObject({
      contact: { status: 'never' },
    });
    const refusal = (good: number): unknown =>
      drive.command({ name: 'enterCount', line: LINE, good }, at('07:00')).refusal?.code;
    expect(refusal(0)).toBe('invalidCount');
    expect(refusal(-1)).toBe('invalidCount');
  });
});
