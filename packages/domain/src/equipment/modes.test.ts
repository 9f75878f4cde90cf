import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEngineState } from '../engine/engine-state.ts';
import { applyEvent } from '../engine/apply-event.ts';
import type { Observation } from '../engine/engine-types.ts';
import { openAndRecentDowntimes } from '../downtime/recent-downtimes.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import type { ModesConfig, PlantConfig } from '../plant/plant.ts';
import { lineProduction } from '../query/line-production.ts';
import { lineStatus } from '../query/line-status.ts';
import { equipmentTimeline, lineTimeline } from '../query/timelines.ts';
import { newsOf } from '../query/news.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { equipmentStatus } from './equipment-status.ts';
import { MTCONNECT_MODES, OPCUA_MACHINERY_MODES, PACKML_MODES } from './mode-mapping.ts';

const END = at('14:00');
const MODES: ModesConfig = {
  mapping: PACKML_MODES,
  time: { maintenance: 'plannedDowntime', setup: 'setup' },
};

function modesPlant(silentAfterMs: number | null = null, changes: Partial<PlantConfig> = {}): PlantConfig {
  return samplePlant({ modes: MODES, silentAfterMs, latenessWindowMs: 24 * HOUR }, changes);
}

function say(drive: Drive, time: string, said: Partial<Observation>, now = time): void {
  drive.observe({ equipment: FILLER, at: at(time), ...said }, at(now));
}

/** Losses of the early shift up to a time of the day, in minutes, of those that are not 0. */
function losses({ state, config }: Drive, now: string): Readonly<Record<string, number>> {
  const found = lineFigures(state, config, LINE, at(now)).losses;
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, ms]) => (ms === 0 ? [] : [[name, ms / MINUTE]])),
  );
}

function modeOf({ state, config }: Drive, now: string): unknown {
  const status = equipmentStatus(state, config, FILLER, at(now));
  return 'unknown' in status ? status : status.mode;
}

describe('modes', () => {
  it('EQ11: a mode holds from its instant to the next in event time, as far as the machine was heard', () => {
    const drive = createDrive(modesPlant(5 * MINUTE));
    expect(modeOf(drive, '06:00')).toEqual({ unknown: 'noModeYet' });
    say(drive, '06:00', { state: 'running', mode: '1' });
    say(drive, '06:04', { mode: 'Maintenance' });
    say(drive, '06:02', { mode: '7' }, '06:04');
    say(drive, '06:08', { mode: '2' });
    expect(modeOf(drive, '06:09')).toEqual({
      name: 'maintenance',
      since: at('06:04'),
      before: { production: 2 * MINUTE, 7: 2 * MINUTE },
    });
    expect(modeOf(drive, '06:20')).toEqual({ unknown: 'modeNotKnown' });
    say(drive, '06:30', { heard: [] });
    expect(
      equipmentTimeline(drive.state, drive.config, FILLER, at('06:00'), at('06:31'), at('06:31')),
    ).toMatchObject({
      modes: [
        { mode: 'production', from: at('06:00'), to: at('06:02') },
        { mode: '7', from: at('06:02'), to: at('06:04') },
        { mode: 'maintenance', from: at('06:04'), to: at('06:08') },
        { mode: 'maintenance', from: at('06:30'), to: at('06:31') },
      ],
    });
  });

  it('EQ11: of two at one instant the greater name wins, any over an unknown one', () => {
    for (const order of [
      ['1', '3'],
      ['3', '1'],
    ]) {
      const drive = createDrive(modesPlant());
      for (const mode of order) say(drive, '06:00', { mode });
      expect(modeOf(drive, '06:01')).toMatchObject({ name: 'production' });
    }
    const drive = createDrive(
      samplePlant({ modes: { mapping: OPCUA_MACHINERY_MODES, time: {} }, latenessWindowMs: 24 * HOUR }),
    );
    say(drive, '06:00', { mode: 'Processing' });
    say(drive, '06:00', { mode: 'None' });
    expect(modeOf(drive, '06:01')).toMatchObject({ name: 'production' });
    say(drive, '06:10', { mode: 'None' });
    expect(modeOf(drive, '06:11')).toEqual({ unknown: 'modeNotKnown' });
  });

  it('EQ11: a mode said again is no news', () => {
    const drive = createDrive(modesPlant());
    say(drive, '06:00', { mode: '1' });
    say(drive, '06:01', { mode: '1' });
    say(drive, '06:02', { mode: '2' });
    const news = drive.log.filter(({ type }) => type === 'equipmentModeChanged');
    expect(news.map((event) => newsOf(drive.state, event).length)).toEqual([1, 0, 1]);
  });

  it('EQ12: raw modes mean what the tables of PackML, MTConnect and OPC UA say; others are named by the machine', () => {
    expect([PACKML_MODES['Production'], PACKML_MODES['2'], PACKML_MODES['Manual']]).toEqual([
      'production',
      'maintenance',
      'manual',
    ]);
    expect([MTCONNECT_MODES['AUTOMATIC'], MTCONNECT_MODES['MANUAL_DATA_INPUT']]).toEqual([
      'production',
      'manual',
    ]);
    expect(OPCUA_MACHINERY_MODES['Setup']).toBe('setup');
    const drive = createDrive(samplePlant());
    say(drive, '06:00', { mode: 'constructor' });
    expect(modeOf(drive, '06:01')).toMatchObject({ name: 'constructor' });
  });

  it('EQ13: time in a mode of planned downtime leaves the plan, up to now, whatever the state', () => {
    const drive = createDrive(modesPlant());
    say(drive, '06:00', { state: 'running', mode: 'Production', good: 0 });
    say(drive, '07:00', { mode: 'Maintenance' });
    say(drive, '07:20', { state: 'stopped' });
    expect(losses(drive, '07:30')).toMatchObject({ plannedDowntime: 30 });
    const { target } = lineProduction(drive.state, drive.config, LINE, at('07:30'));
    // 7.5 h of work in the shift, less the half hour.
    expect(target).toEqual({ count: 7 * 3600, expectedByNow: 3600 });
    expect(lineStatus(drive.state, drive.config, LINE, at('07:30'))).toMatchObject({
      schedule: { status: 'plannedDowntime' },
    });
    expect(drive.state.lines[LINE]?.downtimes).toEqual([]);
    say(drive, '08:00', { mode: 'Production' });
    say(drive, '08:20', { state: 'running' });
    expect(losses(drive, '09:00')).toMatchObject({ plannedDowntime: 60, unexplained: 20 });
    expect(drive.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('08:00'), to: at('08:20') }]);
    const flags = lineFigures(drive.state, drive.config, LINE, at('09:00')).flags.codes;
    expect(flags).toContain('ranUnplanned');
  });

  it('EQ13: what was not heard in it is unknown, as ever', () => {
    const drive = createDrive(modesPlant(5 * MINUTE));
    say(drive, '06:00', { state: 'stopped', mode: 'Maintenance' });
    say(drive, '06:30', { heard: [] });
    expect(losses(drive, '06:32')).toEqual({ unknown: 30, plannedDowntime: 2 });
  });

  it('EQ14: standing still in a mode of setting up is setup', () => {
    const drive = createDrive(modesPlant());
    say(drive, '06:00', { state: 'running', mode: 'setup' });
    say(drive, '06:10', { state: 'idle' });
    say(drive, '06:40', { mode: 'Production' });
    expect(losses(drive, '07:00')).toMatchObject({ setup: 30, unexplained: 20 });
    // It was set up for longer, as a late mode shows.
    say(drive, '06:50', { mode: 'setup' }, '07:00');
    expect(losses(drive, '07:00')).toMatchObject({ setup: 40, unexplained: 10 });
  });

  it('DT8: a rule may ask for the mode', () => {
    const config = modesPlant(null, {
      downtime: {
        groups: [],
        mergeRunMs: 0,
        rules: [{ id: 'by-hand', reason: 'material', modes: ['manual'] }],
      },
    });
    const drive = createDrive(config);
    say(drive, '06:00', { state: 'running', mode: '1' });
    say(drive, '07:00', { state: 'stopped' });
    say(drive, '07:40', { state: 'running' });
    const reason = (): string | undefined =>
      openAndRecentDowntimes(drive.state, config, LINE, at('08:00')).at(-1)?.reason;
    expect(reason()).toBeUndefined();
    say(drive, '06:40', { mode: 'Manual' }, '07:41');
    expect(reason()).toBe('material');
    say(drive, '06:50', { mode: '1' }, '07:42');
    expect(reason()).toBeUndefined();
  });
});

const instant = fc.integer({ min: at('05:00') / 1000, max: at('14:00') / 1000 }).map((s) => s * 1000);
const observation: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.oneof(
  fc.record({
    equipment: fc.constant(FILLER),
    at: instant,
    state: fc.constantFrom('running', 'stopped', 'idle', 'setup', 'unknown'),
  }),
  fc.record({
    equipment: fc.constant(FILLER),
    at: instant,
    mode: fc.constantFrom('1', '2', '3', 'Maintenance', 'setup', 'odd'),
  }),
  fc
    .record({ at: instant, ms: fc.nat({ max: 30 * MINUTE }) })
    .map(({ at: from, ms }) => ({ equipment: FILLER, at: from, heard: [[from, from + ms] as const] })),
  fc.record({ equipment: fc.constant(FILLER), at: instant, lost: fc.constant(true as const) }),
);
const history = fc.array(observation, { maxLength: 40 });
const silence = fc.constantFrom(null, 5 * MINUTE, HOUR);

function driven(config: PlantConfig, observations: readonly Omit<Observation, 'receivedAt'>[]): Drive {
  const drive = createDrive(config);
  for (const item of observations) drive.observe(item, END);
  drive.tick(END);
  return drive;
}

function picture({ state, config }: Drive): unknown {
  return {
    equipment: equipmentStatus(state, config, FILLER, END),
    timeline: equipmentTimeline(state, config, FILLER, at('05:00'), END, END),
    line: lineTimeline(state, config, LINE, at('05:00'), END, END),
    figures: shiftFigures(state, config, LINE, { from: at('06:00'), to: END }, END),
    downtimes: state.lines[LINE]?.downtimes,
  };
}

describe('any history with modes', () => {
  it('EN3: the order of arrival changes nothing', () => {
    const shuffled = history.chain((items) =>
      fc.tuple(
        fc.constant(items),
        fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, silence, ([items, arrived], silentAfterMs) => {
        const config = modesPlant(silentAfterMs);
        const inOrder = [...items].sort((a, b) => a.at - b.at);
        expect(picture(driven(config, arrived))).toEqual(picture(driven(config, inOrder)));
      }),
      { numRuns: 250 },
    );
  });

  it('EN1: replaying the events gives the state that deciding gave', () => {
    fc.assert(
      fc.property(history, silence, (items, silentAfterMs) => {
        const config = modesPlant(silentAfterMs);
        const drive = driven(config, items);
        const replayed = createEngineState(config);
        for (const event of drive.log) applyEvent(replayed, config, event);
        expect(replayed).toEqual(drive.state);
      }),
      { numRuns: 100 },
    );
  });

  it('TI2: buckets sum to the window exactly, and a window cut in two adds up', () => {
    fc.assert(
      fc.property(history, silence, instant, (items, silentAfterMs, cut) => {
        const { state, config } = driven(modesPlant(silentAfterMs), items);
        const figures = (from: number, to: number) => shiftFigures(state, config, LINE, { from, to }, END);
        const whole = figures(at('05:00'), END);
        expect(Object.values(whole.losses).reduce((sum, ms) => sum + ms, 0)).toBe(END - at('05:00'));
        const parts = [figures(at('05:00'), cut), figures(cut, END)];
        for (const name of Object.keys(whole.times))
          expect(parts.reduce((sum, { times }) => sum + (times[name] ?? 0), 0)).toBe(whole.times[name]);
      }),
      { numRuns: 150 },
    );
  });
});
