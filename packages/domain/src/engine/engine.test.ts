import { describe, expect, it } from 'vitest';

import { lineFigures } from '../oee/line-figures.ts';
import { lineStatus } from '../query/line-status.ts';
import { newsOf } from '../query/news.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { PlantConfig } from '../plant/plant.ts';
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

  it('EN9: losses that reconnects made void, and jobs of a line without states, are not kept', () => {
    const drive = createDrive(samplePlant({ latenessWindowMs: HOUR, silentAfterMs: 2 * MINUTE }));
    for (let minute = 0; minute < 5 * 24 * 60; minute += 1) {
      const now = at('06:00') + minute * MINUTE;
      drive.observe({ equipment: FILLER, at: now, heard: [] });
      drive.observe({ equipment: FILLER, at: now + 1000, lost: true });
      if (minute % 60 === 0) {
        const job = { workOrder: 'w', product: 'A', targetCount: 1 };
        drive.command({ name: 'startJob', line: LINE, ...job }, now);
        drive.command({ name: 'completeJob', line: LINE }, now + 1000);
      }
      drive.tick(now + 2000);
    }
    expect(drive.state.equipment[FILLER]?.contact.losses.length).toBeLessThan(40 * 60);
    expect(drive.state.lines[LINE]?.jobs.length).toBeLessThan(40);
  });

  it('EN14: what a machine only says again is no news', () => {
    const drive = createDrive(samplePlant());
    const news = (time: string, said: object): unknown =>
      drive
        .observe({ equipment: LABELLER, at: at(time), ...said }, at('07:10'))
        .events.flatMap((event) => newsOf(drive.state, event));
    const idle = { type: 'equipmentStateChanged', at: at('07:00'), state: 'idle', raw: 'idle' };
    const told = { state: 'idle', product: 'B', counter: 5 };
    expect(news('06:59', { state: 'running' })).toHaveLength(1);
    expect(news('07:00', told)).toMatchObject([idle, { type: 'productChanged' }, { total: 5 }]);
    expect(news('07:05', told)).toEqual([]);
    expect(news('07:06', { state: 'idle', reason: 'lunch' })).toMatchObject([{ reason: 'lunch' }]);
    expect(news('07:03', { state: 'running' })).toMatchObject([
      { state: 'running', at: at('07:03'), late: true },
      { state: 'idle', at: at('07:05'), late: true },
    ]);
    expect(news('07:04', { state: 'running' })).toEqual([]);
  });

  it('EN15: a clock set back stops no time and ends nothing before it began', () => {
    const drive = createDrive(samplePlant({ silentAfterMs: MINUTE }));
    drive.observe({ equipment: FILLER, at: at('08:50'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('09:00'), state: 'stopped' });
    drive.tick(at('09:00'));
    drive.tick(at('08:00'));
    expect(drive.state.now).toBe(at('09:00'));
    // The machine's clock went back too.
    drive.observe({ equipment: FILLER, at: at('08:00:05'), state: 'running' });
    drive.tick(at('08:00:06'));
    drive.observe({ equipment: FILLER, at: at('09:00:30'), state: 'running' });
    drive.tick(at('09:00:40'));
    for (const { from, to } of drive.state.lines[LINE]?.downtimes ?? [])
      expect(to ?? Infinity).toBeGreaterThan(from);
    for (const now of [at('08:00:06'), at('09:00:40')]) {
      const { losses, times } = lineFigures(drive.state, drive.config, LINE, now);
      for (const ms of [...Object.values(losses), ...Object.values(times)]) {
        if (ms !== losses.reducedSpeed) expect(ms).toBeGreaterThanOrEqual(0);
      }
    }
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

  it('EN13: under another ideal cycle the running shift is computed anew, a closed one stays as recorded', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('06:00'));
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 1800, scrap: 0 });
    const slower = samplePlant({}, { products: [{ id: 'A', name: 'Product A', idealCycleMs: 2000 }] });
    const performance = (config: PlantConfig): unknown =>
      lineFigures(drive.state, config, LINE, at('07:00')).performance.value;
    expect([performance(drive.config), performance(slower)]).toEqual([0.5, 1]);
    const closed = drive.tick(at('14:00')).events.find(({ type }) => type === 'shiftEnded');
    const recorded = structuredClone(closed);
    const later = step(drive.state, slower, { kind: 'tick' }, at('22:00'));
    expect(later.events.map(({ type }) => type)).not.toContain('shiftEnded');
    expect(closed).toEqual(recorded);
  });
});
