import { describe, expect, it } from 'vitest';

import { lineFigures } from '../oee/line-figures.ts';
import { lineStatus } from '../query/line-status.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { encodeEngineState } from './codec.ts';
import { createEngineState } from './engine-state.ts';
import { step } from './step.ts';

describe('observations the engine refuses', () => {
  it('EN5: older than the lateness window, measured from the newest of its equipment', () => {
    const drive = createDrive(samplePlant({ latenessWindowMs: 30 * MINUTE }));
    drive.observe({ equipment: FILLER, at: at('07:00'), state: 'running' });
    expect(drive.observe({ equipment: FILLER, at: at('06:30'), state: 'idle' }).refusal).toBeUndefined();
    expect(drive.observe({ equipment: FILLER, at: at('06:29'), state: 'idle' }).refusal).toEqual({
      status: 'rejected',
      code: 'tooLate',
      message:
        `at ${at('06:29')} is 1860000 ms older than the newest observation of ${FILLER}; ` +
        'its lateness window is 1800000 ms',
      path: 'at',
    });
  });

  it('EN6: more than a minute ahead of its arrival', () => {
    const drive = createDrive(samplePlant());
    const ahead = (ms: number): string | undefined =>
      drive.observe({ equipment: FILLER, at: at('07:00') + ms, state: 'idle' }, at('07:00')).refusal?.code;
    expect(ahead(60_000)).toBeUndefined();
    expect(ahead(60_001)).toBe('inFuture');
  });

  it('EN7: of equipment that is not in the plant, with the nearest name', () => {
    const drive = createDrive(samplePlant());
    const { refusal } = drive.observe({ equipment: 'pack/one/fillre', at: at('07:00'), state: 'idle' });
    expect(refusal).toEqual({
      status: 'rejected',
      code: 'unknownEquipment',
      message: 'no equipment "pack/one/fillre" in this plant; did you mean "pack/one/filler"?',
      path: 'equipment',
    });
    const far = drive.observe({ equipment: 'zzz', at: at('07:00') });
    expect(far.refusal?.message).toBe('no equipment "zzz" in this plant');
  });

  it('EN8: with a count below 0 or not finite; a refused input changes nothing', () => {
    const drive = createDrive(samplePlant());
    const before = encodeEngineState(drive.state);
    const refused = [
      drive.observe({ equipment: FILLER, at: at('07:00'), good: -1 }),
      drive.observe({ equipment: FILLER, at: at('07:00'), counter: Number.NaN }),
      drive.observe({ equipment: 'nobody', at: at('07:00') }),
      drive.command({ name: 'completeJob', line: LINE }, at('07:00')),
    ];
    for (const { refusal, events } of refused) expect([refusal === undefined, events]).toEqual([false, []]);
    expect(encodeEngineState(drive.state)).toBe(before);
  });

  it('EN12: commands ahead of the clock, or later than their window', () => {
    const config = samplePlant({ latenessWindowMs: HOUR });
    const state = createEngineState(config);
    const code = (time: string): string | undefined =>
      step(
        state,
        config,
        {
          kind: 'command',
          envelope: { author: 'ann', at: at(time), command: { name: 'enterCount', line: LINE, good: 1 } },
        },
        at('08:00'),
      ).refusal?.code;
    expect(code('08:02')).toBe('inFuture');
    expect(code('06:59')).toBe('tooLate');
    expect(code('07:00')).toBeUndefined();
  });
});

describe('memory', () => {
  it('EN9: is set by the plant, not by history: two shifts and the lateness window are kept', () => {
    const drive = createDrive(samplePlant({ latenessWindowMs: HOUR, silentAfterMs: 2 * MINUTE }));
    const sizes: number[] = [];
    for (let minute = 0; minute < 6 * 24 * 60; minute += 1) {
      const now = at('06:00') + minute * MINUTE;
      const state = minute % 10 === 0 ? 'stopped' : 'running';
      drive.observe({ equipment: FILLER, at: now, state, counter: minute });
      drive.tick(now + 1000);
      if (minute % (24 * 60) === 0) sizes.push(encodeEngineState(drive.state).length);
    }
    expect(Math.max(...sizes.slice(3))).toBeLessThan((sizes[2] ?? 0) * 1.1);
    const now = at('06:00') + (6 * 24 * 60 - 1) * MINUTE;
    const facts = drive.state.equipment[FILLER];
    expect(facts?.states[0]?.at).toBeGreaterThan(now - 34 * HOUR);
    expect(facts?.states.length).toBeLessThan(1000);
    expect(lineFigures(drive.state, drive.config, LINE, now).availability.value).toBeCloseTo(1, 1);
  });

  it('EN9: repeated facts are dropped once nothing can come between them', () => {
    const drive = createDrive(samplePlant({ latenessWindowMs: 10 * MINUTE }));
    for (let second = 0; second < 3600; second += 1) {
      const now = at('06:00') + second * 1000;
      drive.observe({ equipment: FILLER, at: now, state: 'running', product: 'A', counter: 5 });
      if (second % 60 === 0) drive.tick(now);
    }
    const facts = drive.state.equipment[FILLER];
    expect(facts?.states.length).toBeLessThan(700);
    expect(facts?.products.length).toBeLessThan(700);
    expect(facts?.produced.length).toBeLessThan(700);
    expect(lineStatus(drive.state, drive.config, LINE, at('07:00'))).toMatchObject({
      state: { name: 'running', since: at('06:00') },
    });
  });

  it('EN9: a recording of long ago stays whole, however late it is played', () => {
    const drive = createDrive(samplePlant({ silentAfterMs: MINUTE }));
    const now = at('06:00') + 800 * 24 * HOUR;
    for (let minute = 0; minute < 30; minute += 1) {
      const said = { equipment: FILLER, at: at('06:00') + minute * MINUTE, state: 'running' };
      drive.observe(said, now + minute * MINUTE);
      drive.tick(now + minute * MINUTE + 1);
    }
    expect(drive.state.equipment[FILLER]?.states[0]?.at).toBe(at('06:00'));
    expect(lineStatus(drive.state, drive.config, LINE, now + HOUR)).toMatchObject({
      contact: { status: 'silent', lastAt: at('06:29') },
    });
  });

  it('EN9: a stop that lasts is kept from its start', () => {
    const always = samplePlant(
      {},
      {
        shifts: [
          {
            id: 'all',
            name: 'All',
            days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
            from: '00:00',
            to: '00:00',
            breaks: [],
          },
        ],
      },
    );
    const long = createDrive(always);
    long.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    for (let hour = 1; hour < 200; hour += 1) {
      const now = at('06:00') + hour * HOUR;
      long.observe({ equipment: FILLER, at: now, state: hour % 2 === 0 ? 'idle' : 'stopped' });
      long.tick(now + 1);
    }
    expect(long.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('07:00'), to: null }]);
    long.observe({ equipment: FILLER, at: at('06:00') + 200 * HOUR, state: 'running' });
    expect(long.state.lines[LINE]?.downtimes).toMatchObject([
      { from: at('07:00'), to: at('06:00') + 200 * HOUR },
    ]);
  });

  it('EN11: a tick is the clock: it records the time, and only forwards', () => {
    const drive = createDrive(samplePlant());
    expect(drive.tick(at('15:00')).events).toEqual([{ type: 'timeAdvanced', at: at('15:00') }]);
    expect(drive.state.now).toBe(at('15:00'));
    expect(drive.tick(at('14:59')).events).toEqual([]);
  });

  it('EN13: a plant that grew continues: new equipment starts empty', () => {
    const small = samplePlant();
    const state = createEngineState({ ...small, equipment: [], lines: [] });
    const observation = { equipment: FILLER, at: at('07:00'), receivedAt: at('07:00'), state: 'running' };
    expect(step(state, small, { kind: 'observation', observation }, at('07:00')).events).toHaveLength(1);
    expect(lineStatus(state, small, LINE, at('07:01'))).toMatchObject({ state: { name: 'running' } });
  });
});
