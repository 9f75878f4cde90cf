import { describe, expect, it } from 'vitest';

import { lineProduction } from '../query/line-production.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, HOUR, LATHE, LINE, at, samplePlant } from '../testing/sample-plant.ts';
import { currentJob, lineJobs, nextJob } from './current-job.ts';

function plan(drive: Drive, workOrder: string, sequence?: number): string {
  const order = { line: LINE, workOrder, product: 'B', targetCount: 1000 } as const;
  const { data } = drive.command(
    { name: 'planJob', ...order, ...(sequence === undefined ? null : { sequence }) },
    at('06:00'),
  );
  return data?.['jobId'] ?? '';
}

function act(
  drive: Drive,
  name: 'startPlannedJob' | 'pauseJob' | 'resumeJob' | 'cancelJob' | 'completeJob',
  jobId: string,
  time: string,
  line = LINE,
): string | undefined {
  return drive.command({ name, line, jobId }, at(time)).refusal?.code;
}

const jobAt = (drive: Drive, time: string): unknown => currentJob(drive.state, drive.config, LINE, at(time));

describe('the life of a job', () => {
  it('JB6: planned, started, paused, resumed, completed; what it is not in is a conflict that says what it is', () => {
    const drive = createDrive(samplePlant());
    const job = plan(drive, 'WO-1');
    expect(jobAt(drive, '06:10')).toEqual({ unknown: 'noJob' });
    expect(act(drive, 'pauseJob', job, '06:30')).toBe('jobIs');
    expect(act(drive, 'startPlannedJob', job, '07:00')).toBeUndefined();
    drive.observe({ equipment: FILLER, at: at('07:10'), state: 'running', good: 10 });
    expect(act(drive, 'startPlannedJob', job, '07:20')).toBe('jobIs');
    expect(act(drive, 'pauseJob', job, '08:00')).toBeUndefined();
    expect(jobAt(drive, '08:10')).toMatchObject({ id: job, status: 'paused', pausedAt: at('08:00') });
    drive.observe({ equipment: FILLER, at: at('08:30'), good: 7 });
    expect(act(drive, 'resumeJob', job, '07:30')).toBe('jobOverlap');
    expect(act(drive, 'resumeJob', job, '09:00')).toBeUndefined();
    drive.observe({ equipment: FILLER, at: at('09:30'), good: 5 });
    expect(act(drive, 'completeJob', job, '08:30')).toBe('jobOverlap');
    expect(act(drive, 'completeJob', job, '10:00')).toBeUndefined();
    expect(jobAt(drive, '10:10')).toMatchObject({
      status: 'completed',
      startedAt: at('07:00'),
      completedAt: at('10:00'),
      goodCount: 15,
    });
    expect(act(drive, 'cancelJob', job, '11:00')).toBe('jobIs');
    expect(act(drive, 'cancelJob', 'job-9', '11:00')).toBe('unknownJob');
    expect(drive.log.map(({ type }) => type).filter((type) => type.startsWith('job'))).toEqual([
      'jobAssigned',
      'jobStarted',
      'jobPaused',
      'jobResumed',
      'jobCompleted',
    ]);
  });

  it('JB6: another job may run while one is paused; the paused one waits until the line is free', () => {
    const drive = createDrive(samplePlant());
    const first = plan(drive, 'WO-1');
    const second = plan(drive, 'WO-2');
    act(drive, 'startPlannedJob', first, '07:00');
    expect(act(drive, 'startPlannedJob', second, '07:10')).toBe('jobRunning');
    act(drive, 'pauseJob', first, '08:00');
    expect(act(drive, 'startPlannedJob', second, '07:30')).toBe('jobOverlap');
    expect(act(drive, 'startPlannedJob', second, '08:00')).toBeUndefined();
    expect(act(drive, 'resumeJob', first, '08:30')).toBe('jobRunning');
    act(drive, 'cancelJob', second, '09:00');
    expect(act(drive, 'resumeJob', first, '09:00')).toBeUndefined();
    expect(jobAt(drive, '09:10')).toMatchObject({ id: first, status: 'started' });
  });

  it('JB6: resuming puts its product back on the line', () => {
    const drive = createDrive(samplePlant());
    const job = plan(drive, 'WO-1');
    act(drive, 'startPlannedJob', job, '07:00');
    act(drive, 'pauseJob', job, '08:00');
    drive.observe({ equipment: FILLER, at: at('08:10'), product: 'A' });
    drive.command({ name: 'resumeJob', line: LINE, jobId: job }, at('09:00'));
    expect(drive.state.equipment[FILLER]?.products.at(-1)).toEqual({ at: at('09:00'), product: 'B' });
  });
});

describe('work orders', () => {
  it('JB7: come by external id, one open job each on a line; starting one that is planned starts its job', () => {
    const drive = createDrive(samplePlant());
    const job = plan(drive, 'WO-1');
    const order = { line: LINE, workOrder: 'WO-1', product: 'X-1', targetCount: 5 } as const;
    expect(drive.command({ name: 'planJob', ...order }, at('06:10')).refusal?.code).toBe('workOrderOpen');
    expect(drive.command({ name: 'planJob', ...order, line: CNC_LINE }, at('06:10')).refusal).toBeUndefined();
    expect(drive.command({ name: 'startJob', ...order }, at('07:00')).data).toEqual({ jobId: job });
    act(drive, 'pauseJob', job, '07:30');
    expect(drive.command({ name: 'startJob', ...order }, at('08:00')).refusal?.code).toBe('jobPaused');
    act(drive, 'completeJob', job, '08:00');
    expect(drive.command({ name: 'startJob', ...order }, at('09:00')).data).toEqual({ jobId: 'job-3' });
  });

  it('JB8: wait in their sequence, and may be put elsewhere in it', () => {
    const drive = createDrive(samplePlant());
    const first = plan(drive, 'WO-1');
    const second = plan(drive, 'WO-2');
    const urgent = plan(drive, 'WO-3', 0.5);
    const next = (): unknown => nextJob(drive.state, LINE);
    expect(next()).toMatchObject({ id: urgent, sequence: 0.5, status: 'planned' });
    act(drive, 'cancelJob', urgent, '06:30');
    expect(next()).toMatchObject({ id: first, sequence: 1 });
    const change = { name: 'changeJob', line: LINE, jobId: second, sequence: 0 } as const;
    drive.command({ ...change, dueAt: at('12:00') }, at('06:31'));
    expect(next()).toMatchObject({ id: second, dueAt: at('12:00') });
    expect(drive.log.at(-1)).toMatchObject({
      type: 'jobChanged',
      before: { targetCount: 1000, sequence: 2, dueAt: null },
      after: { targetCount: 1000, sequence: 0, dueAt: at('12:00') },
    });
    expect(drive.command({ ...change, dueAt: at('12:00') }, at('06:32')).refusal?.code).toBe(
      'nothingChanged',
    );
  });

  it('JB8: one that does not run may move to another line; what it made before stays its own', () => {
    const drive = createDrive(samplePlant());
    const job = plan(drive, 'WO-1');
    const assign = { name: 'assignJob', line: LINE, jobId: job, toLine: CNC_LINE } as const;
    act(drive, 'startPlannedJob', job, '07:00');
    drive.observe({ equipment: FILLER, at: at('07:30'), state: 'running', good: 100 });
    expect(drive.command(assign, at('07:40')).refusal?.code).toBe('jobIs');
    act(drive, 'pauseJob', job, '08:00');
    expect(drive.command({ ...assign, toLine: 'cnc/too' }, at('08:10')).refusal?.code).toBe('unknownLine');
    expect(drive.command(assign, at('08:10')).refusal).toBeUndefined();
    expect(act(drive, 'resumeJob', job, '08:20')).toBe('jobElsewhere');
    expect(act(drive, 'resumeJob', job, '08:20', CNC_LINE)).toBeUndefined();
    drive.observe({ equipment: LATHE, at: at('09:00'), state: 'ACTIVE', good: 20 });
    // A late part of the first line still counts.
    drive.observe({ equipment: FILLER, at: at('07:45'), good: 1 });
    expect(lineJobs(drive.state, drive.config, LINE, at('09:00'))).toEqual([]);
    expect(lineJobs(drive.state, drive.config, CNC_LINE, at('09:00'))).toMatchObject([
      { id: job, status: 'started', goodCount: 121 },
    ]);
  });
});

describe('pace', () => {
  it('JB3: it stands still in pauses', () => {
    const drive = createDrive(samplePlant());
    const order = { line: LINE, workOrder: 'WO-1', product: 'A', targetCount: 100_000 } as const;
    drive.command({ name: 'startJob', ...order }, at('07:00'));
    act(drive, 'pauseJob', 'job-1', '07:10');
    drive.observe({ equipment: FILLER, at: at('07:05'), state: 'running', good: 500 });
    act(drive, 'resumeJob', 'job-1', '08:00');
    expect(jobAt(drive, '08:05')).toMatchObject({ pace: { expectedByNow: 900, ahead: -400 } });
    expect(lineProduction(drive.state, drive.config, LINE, at('08:05')).target).toEqual({
      count: 100_000,
      expectedByNow: 900,
    });
  });

  it('JB9: it ends by its own pace over the plan ahead, at first by the ideal rate', () => {
    const drive = createDrive(samplePlant());
    const order = { line: LINE, workOrder: 'WO-1', product: 'A', targetCount: 3600 } as const;
    drive.command({ name: 'startJob', ...order }, at('09:30'));
    // 3,600 parts at 1 s; the break is from 10:00 to 10:30.
    expect(jobAt(drive, '09:30')).toMatchObject({ expectedEnd: at('11:00') });
    drive.observe({ equipment: FILLER, at: at('09:50'), state: 'running', good: 600 });
    // 600 in 20 min: 3,000 more take 100 min, and the break.
    expect(jobAt(drive, '09:50')).toMatchObject({ expectedEnd: at('12:00') });
    act(drive, 'pauseJob', 'job-1', '09:55');
    expect(jobAt(drive, '09:56')).toMatchObject({ expectedEnd: { unknown: 'paused' } });
    act(drive, 'resumeJob', 'job-1', '09:57');
    drive.observe({ equipment: FILLER, at: at('09:58'), good: 3000 });
    expect(jobAt(drive, '09:59')).toMatchObject({ expectedEnd: { unknown: 'targetReached' } });
    drive.command({ name: 'changeJob', line: LINE, jobId: 'job-1', targetCount: 1e9 }, at('09:59'));
    expect(jobAt(drive, '09:59')).toMatchObject({ expectedEnd: { unknown: 'beyondPlan' } });
  });

  it('JB4: pauses and parts of other jobs do not come into a count that is carried', () => {
    const drive = createDrive(samplePlant());
    drive.command(
      { name: 'startJob', line: LINE, workOrder: 'WO-1', product: 'A', targetCount: 1e6 },
      at('06:00'),
    );
    act(drive, 'pauseJob', 'job-1', '08:30');
    act(drive, 'resumeJob', 'job-1', '09:30');
    for (let hour = 0; hour < 60; hour += 1) {
      drive.observe({ equipment: FILLER, at: at('06:00') + hour * HOUR + 1, state: 'running', good: 1 });
      drive.tick(at('06:00') + hour * HOUR + 2);
    }
    // That of 09:00:00.001 fell into the pause.
    expect(currentJob(drive.state, drive.config, LINE, at('06:00') + 60 * HOUR)).toMatchObject({
      goodCount: 59,
    });
  });
});
