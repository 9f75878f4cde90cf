import { describe, expect, it } from 'vitest';

import type { Unknown } from '../oee/figure.ts';
import type { PlantConfig, StateMapping } from '../plant/plant.ts';
import { lineStatus } from '../query/line-status.ts';
import type { LineStatus } from '../query/line-status.ts';
import { equipmentTimeline, lineTimeline } from '../query/timelines.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, LABELLER, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { equipmentStatus } from './equipment-status.ts';
import { BIT_MAPPING, OPCUA_MACHINERY_MAPPING } from './state-mapping.ts';

function known<T extends object>(value: T | Unknown): T {
  if ('unknown' in value) throw new Error(value.unknown);
  return value;
}

/** `state from–to` of the filler between two times of the day. */
function states({ state, config }: Drive, from: string, to: string, now = to): readonly string[] {
  const { intervals } = known(equipmentTimeline(state, config, FILLER, at(from), at(to), at(now)));
  return intervals.map((each) => `${each.reason ?? each.state} ${(each.to - each.from) / MINUTE}`);
}

function statusOf({ state, config }: Drive, line: string, now: string): LineStatus {
  return known(lineStatus(state, config, line, at(now)));
}

const SILENT_AFTER_5: PlantConfig = samplePlant({ silentAfterMs: 5 * MINUTE });

describe('states', () => {
  it('EQ1: the mapping decides; a raw state that is not in it is unknown and says so', () => {
    const drive = createDrive(samplePlant());
    const say = (state: string, time: string): void => {
      drive.observe({ equipment: LATHE, at: at(time), state });
    };
    say('ACTIVE', '06:00');
    expect(statusOf(drive, CNC_LINE, '06:00').state).toMatchObject({ name: 'running', raw: 'ACTIVE' });
    say('DANCING', '06:01');
    expect(statusOf(drive, CNC_LINE, '06:01').state).toEqual({
      name: 'unknown',
      since: at('06:01'),
      reason: 'unmappedState',
      raw: 'DANCING',
    });
    say('toString', '06:02');
    expect(statusOf(drive, CNC_LINE, '06:02').state.reason).toBe('unmappedState');
  });

  it('EQ1: what machines of OPC UA and those with a bit say is understood', () => {
    const mean = (mapping: StateMapping, raw: string): string | undefined => mapping[raw]?.state;
    const items = ['NotAvailable', 'OutOfService', 'NotExecuting', 'Executing'];
    expect(items.map((raw) => mean(OPCUA_MACHINERY_MAPPING, raw))).toEqual([
      'stopped',
      'stopped',
      'idle',
      'running',
    ]);
    expect(['1', 'true', '0', 'false'].map((raw) => mean(BIT_MAPPING, raw))).toEqual([
      'running',
      'running',
      'stopped',
      'stopped',
    ]);
  });

  it('EQ2: a state holds until the next in event time, whenever that arrived', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('08:00'), state: 'running' });
    expect(states(drive, '06:00', '09:00')).toEqual(['running 180']);
    drive.observe({ equipment: FILLER, at: at('07:00'), state: 'stopped', reason: 'jam' }, at('09:00'));
    expect(states(drive, '06:00', '09:00')).toEqual(['running 60', 'jam 60', 'running 60']);
    expect(drive.log.at(-1)).toMatchObject({ type: 'downtimeEnded' });
    expect(drive.log.some((event) => 'late' in event)).toBe(true);
  });

  it('EQ3: of two states at one instant the one that says more wins, in either order', () => {
    for (const order of [
      ['running', 'idle'],
      ['idle', 'running'],
    ]) {
      const drive = createDrive(samplePlant());
      for (const state of order) drive.observe({ equipment: FILLER, at: at('06:00'), state });
      expect(statusOf(drive, LINE, '06:01').state.name).toBe('running');
    }
  });

  it('EQ8: the document shows the machine; what the plan says stands beside it', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    const schedule = (time: string): string => statusOf(drive, LINE, time).schedule.status;
    expect([schedule('09:00'), schedule('10:15'), schedule('15:00')]).toEqual([
      'planned',
      'break',
      'notScheduled',
    ]);
    expect(statusOf(drive, LINE, '15:00').state).toEqual({
      name: 'running',
      since: at('06:00'),
      raw: 'running',
    });
    expect(statusOf(drive, LINE, '15:00').shift).toEqual({ unknown: 'noShift' });
  });

  it('EQ9: while a changeover is open, standing still is setup', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('07:00'));
    drive.observe({ equipment: FILLER, at: at('07:10'), state: 'idle' });
    drive.command({ name: 'completeChangeover', line: LINE }, at('07:40'));
    drive.observe({ equipment: FILLER, at: at('08:00'), state: 'running' });
    expect(states(drive, '06:00', '09:00')).toEqual(['running 70', 'setup 30', 'idle 20', 'running 60']);
  });

  it("EQ10: the line's state is its constraint's", () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: LABELLER, at: at('06:00'), state: 'running' });
    expect(statusOf(drive, LINE, '06:10').state.name).toBe('unknown');
    drive.observe({ equipment: FILLER, at: at('06:05'), state: 'blocked' });
    expect(statusOf(drive, LINE, '06:10').state).toMatchObject({ name: 'blocked', since: at('06:05') });
    const labeller = known(equipmentStatus(drive.state, drive.config, LABELLER, at('06:10')));
    expect(labeller.state.name).toBe('running');
    expect(lineTimeline(drive.state, drive.config, LINE, at('06:00'), at('14:00'), at('06:10'))).toEqual([
      { from: at('06:00'), to: at('06:05'), state: 'unknown', reason: 'notHeardYet' },
      { from: at('06:05'), to: null, state: 'blocked', raw: 'blocked' },
    ]);
  });
});

describe('contact', () => {
  it('EQ4: after silence the state is unknown since the machine was heard last', () => {
    const drive = createDrive(SILENT_AFTER_5);
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:20'), heard: [[at('06:04'), at('06:19')]] });
    expect(statusOf(drive, LINE, '06:25')).toMatchObject({
      state: { name: 'running', since: at('06:00') },
      contact: { status: 'heard', lastAt: at('06:20') },
    });
    expect(statusOf(drive, LINE, '06:26')).toMatchObject({
      state: { name: 'unknown', since: at('06:20'), reason: 'silent' },
      contact: { status: 'silent', lastAt: at('06:20') },
    });
    drive.observe({ equipment: FILLER, at: at('06:40'), heard: [] });
    expect(states(drive, '06:00', '06:42')).toEqual(['running 20', 'silent 20', 'running 2']);
    expect(statusOf(drive, LINE, '06:42').state.since).toBe(at('06:40'));
  });

  it('EQ4: a hearing that comes late closes the gap', () => {
    const drive = createDrive(SILENT_AFTER_5);
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:08'), heard: [] });
    expect(states(drive, '06:00', '06:10')).toEqual(['silent 8', 'running 2']);
    drive.observe({ equipment: FILLER, at: at('06:04'), heard: [] }, at('06:10'));
    expect(states(drive, '06:00', '06:10')).toEqual(['running 10']);
  });

  it('EQ5: a loss ends contact at its instant, until the machine is heard again', () => {
    const drive = createDrive(SILENT_AFTER_5);
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:03'), lost: true });
    expect(statusOf(drive, LINE, '06:04')).toMatchObject({
      state: { name: 'unknown', since: at('06:03'), reason: 'connectionLost' },
      contact: { status: 'silent' },
    });
    drive.observe({ equipment: FILLER, at: at('06:30'), heard: [] });
    expect(states(drive, '06:00', '06:31')).toEqual(['running 3', 'connectionLost 27', 'running 1']);
  });

  it('EQ5: an interruption shorter than what counts as silence is none', () => {
    const drive = createDrive(SILENT_AFTER_5);
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('06:01'), lost: true });
    drive.observe({ equipment: FILLER, at: at('06:04'), heard: [] });
    expect(states(drive, '06:00', '06:05')).toEqual(['running 5']);
  });

  it('EQ6: equipment without a silence limit is silent only after a loss', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    expect(statusOf(drive, LINE, '13:00').contact.status).toBe('heard');
    drive.observe({ equipment: FILLER, at: at('13:00'), lost: true });
    expect(statusOf(drive, LINE, '13:01').state.reason).toBe('connectionLost');
    drive.observe({ equipment: FILLER, at: at('13:30'), state: 'idle' });
    expect(states(drive, '06:00', '14:00')).toEqual(['running 420', 'connectionLost 30', 'idle 30']);
  });

  it('EQ7: before anything was heard, and before a state was told, it is unknown', () => {
    const drive = createDrive(samplePlant());
    expect(statusOf(drive, LINE, '06:30')).toMatchObject({
      state: { name: 'unknown', since: at('06:00'), reason: 'notHeardYet' },
      contact: { status: 'never' },
    });
    drive.tick(at('14:30'));
    drive.tick(at('15:00'));
    expect(statusOf(drive, LINE, '15:00')).toMatchObject({ state: { since: at('14:30') } });
    drive.observe({ equipment: FILLER, at: at('07:00'), heard: [] });
    drive.observe({ equipment: FILLER, at: at('07:30'), state: 'running' });
    expect(states(drive, '06:00', '08:00')).toEqual(['notHeardYet 60', 'noStateYet 30', 'running 30']);
  });
});
