import { describe, expect, it } from 'vitest';

import { lineFigures } from '../oee/line-figures.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { DowntimeView } from './recent-downtimes.ts';
import { findDowntime, openAndRecentDowntimes } from './recent-downtimes.ts';

function say(drive: Drive, time: string, state: string, reason?: string): void {
  drive.observe({ equipment: FILLER, at: at(time), state, ...(reason === undefined ? null : { reason }) });
}

function stops({ state, config }: Drive, now: string): readonly DowntimeView[] {
  return openAndRecentDowntimes(state, config, LINE, at(now));
}

function idOf(time: string): string {
  return `${FILLER}@${at(time)}`;
}

/** `type time` of the stop events so far. */
function told(drive: Drive): readonly string[] {
  return drive.log.flatMap((event) =>
    'downtimeId' in event
      ? [`${event.type} ${new Date(event.at + 60 * MINUTE).toISOString().slice(11, 16)}`]
      : [],
  );
}

describe('stops of the constraint', () => {
  it('DT1: a stop starts when the constraint stands still in planned time and ends when it runs', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped', 'jam');
    expect(stops(drive, '07:10')).toEqual([
      {
        id: idOf('07:00'),
        equipment: FILLER,
        from: at('07:00'),
        to: null,
        state: 'stopped',
        reason: 'jam',
        minor: false,
        provisional: true,
      },
    ]);
    say(drive, '07:20', 'idle');
    say(drive, '07:30', 'running');
    expect(stops(drive, '07:40')).toMatchObject([{ to: at('07:30'), provisional: false, minor: false }]);
    expect(told(drive)).toEqual(['downtimeStarted 07:00', 'downtimeEnded 07:30']);
  });

  it('DT1: only the constraint is asked', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: LABELLER, at: at('07:00'), state: 'stopped' });
    expect(told(drive)).toEqual([]);
  });

  it('DT1: the plan bounds it: the shift starts and ends it, a break does neither', () => {
    const drive = createDrive(samplePlant());
    say(drive, '05:00', 'running');
    say(drive, '13:00', 'stopped');
    drive.tick(at('13:30'));
    drive.tick(at('14:01'));
    expect(told(drive)).toEqual(['downtimeStarted 13:00', 'downtimeEnded 14:00']);
    drive.tick(at('21:59'));
    expect(told(drive)).toHaveLength(2);
    drive.tick(at('22:01'));
    expect(told(drive).slice(2)).toEqual(['downtimeStarted 22:00']);
    const paused = createDrive(samplePlant());
    say(paused, '06:00', 'running');
    say(paused, '10:10', 'stopped');
    paused.tick(at('10:20'));
    expect(told(paused)).toEqual([]);
    paused.tick(at('10:31'));
    expect(told(paused)).toEqual(['downtimeStarted 10:30']);
    const across = createDrive(samplePlant());
    say(across, '06:00', 'running');
    say(across, '09:58', 'stopped');
    say(across, '10:32', 'running');
    expect(stops(across, '10:33')).toMatchObject([{ from: at('09:58'), to: at('10:32'), minor: true }]);
  });

  it('DT2: minor is what lasted less than the threshold in planned time', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped');
    expect(stops(drive, '07:04')[0]).toMatchObject({ minor: true, provisional: true });
    expect(stops(drive, '07:05')[0]).toMatchObject({ minor: false, provisional: true });
    say(drive, '07:04', 'running');
    expect(stops(drive, '07:10')[0]).toMatchObject({ minor: true, provisional: false });
  });

  it('DT3: its id is the equipment and the instant it began', () => {
    const drive = createDrive(samplePlant());
    say(drive, '07:00', 'blocked');
    expect(findDowntime(drive.state, drive.config, LINE, idOf('07:00'), at('07:01'))?.state).toBe('blocked');
    expect(findDowntime(drive.state, drive.config, LINE, 'other', at('07:01'))).toBeNull();
  });

  it('DT4: late observations split, move, reopen or withdraw what was recorded', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped');
    say(drive, '08:00', 'running');
    say(drive, '07:30', 'running');
    expect(stops(drive, '09:00')).toMatchObject([{ from: at('07:00'), to: at('07:30') }]);
    say(drive, '07:40', 'idle');
    expect(stops(drive, '09:00').map(({ from }) => from)).toEqual([at('07:00'), at('07:40')]);
    say(drive, '06:50', 'stopped');
    expect(stops(drive, '09:00').map(({ from }) => from)).toEqual([at('06:50'), at('07:40')]);
    expect(told(drive)).toContain('downtimeWithdrawn 07:00');
  });

  it('DT7: what a person said of a withdrawn stop holds in the one in its place', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped');
    say(drive, '08:00', 'running');
    drive.command(
      { name: 'classifyDowntime', downtimeId: idOf('07:00'), reason: 'material' },
      at('08:05'),
      'bob',
    );
    say(drive, '06:50', 'idle');
    expect(stops(drive, '09:00')).toMatchObject([
      { id: idOf('06:50'), reason: 'material', reasonBy: { kind: 'person', author: 'bob' } },
    ]);
    expect(stops(drive, '09:00')[0]).not.toHaveProperty('parts');
  });

  it("DT5: a person's reason comes before the machine's and decides the loss", () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped', 'jam');
    say(drive, '07:30', 'running');
    const losses = (): Readonly<Record<string, number>> =>
      lineFigures(drive.state, drive.config, LINE, at('08:00')).losses;
    expect(losses()).toMatchObject({ breakdown: 30 * MINUTE });
    const classify = (reason: string): ReturnType<Drive['command']> =>
      drive.command({ name: 'classifyDowntime', downtimeId: idOf('07:00'), reason }, at('07:31'));
    expect(classify('material').events).toMatchObject([{ reason: 'material', before: 'jam' }]);
    expect(losses()).toMatchObject({ breakdown: 0, external: 30 * MINUTE });
    expect(classify('service').events).toMatchObject([{ before: 'material' }]);
    expect(losses()).toMatchObject({ external: 0, plannedDowntime: 30 * MINUTE });
    expect(stops(drive, '08:00')).toMatchObject([{ reason: 'service' }]);
  });

  it('DT5: an unknown reason or stop is refused by name', () => {
    const drive = createDrive(samplePlant());
    say(drive, '07:00', 'stopped');
    const classify = (downtimeId: string, reason: string): unknown =>
      drive.command({ name: 'classifyDowntime', downtimeId, reason }, at('07:31')).refusal;
    expect(classify(idOf('07:00'), 'materiel')).toEqual({
      status: 'rejected',
      code: 'unknownReason',
      message: 'no reason "materiel" in this plant; did you mean "material"?',
      path: 'reason',
    });
    expect(classify('nothing', 'jam')).toMatchObject({ code: 'unknownDowntime' });
  });

  it('DT5: a stop that was withdrawn is a conflict that names the one in its place', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped');
    say(drive, '07:30', 'running');
    say(drive, '06:50', 'idle');
    const classify = (): unknown =>
      drive.command({ name: 'classifyDowntime', downtimeId: idOf('07:00'), reason: 'jam' }, at('07:31'))
        .refusal;
    expect(classify()).toMatchObject({
      status: 'conflict',
      code: 'downtimeWithdrawn',
      message: expect.stringContaining(`in its place stands ${idOf('06:50')}`) as string,
    });
    say(drive, '06:50', 'running');
    say(drive, '06:51', 'running');
    expect(classify()).toBeUndefined();
  });

  it('DT6: a machine that falls silent ends its stop when it was heard last', () => {
    const drive = createDrive(samplePlant({ silentAfterMs: 5 * MINUTE }));
    say(drive, '07:00', 'stopped');
    drive.tick(at('07:04'));
    expect(told(drive)).toEqual(['downtimeStarted 07:00']);
    drive.observe({ equipment: FILLER, at: at('07:04'), heard: [] });
    drive.tick(at('07:20'));
    expect(told(drive)).toEqual(['downtimeStarted 07:00', 'downtimeEnded 07:04']);
    drive.observe({ equipment: FILLER, at: at('07:30'), heard: [] });
    expect(told(drive).at(-1)).toBe('downtimeStarted 07:30');
  });
});
