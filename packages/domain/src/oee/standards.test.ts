import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { lineChangeovers } from '../changeover/current-changeover.ts';
import { downtimeStatistics } from '../downtime/downtime-statistics.ts';
import { openAndRecentDowntimes } from '../downtime/recent-downtimes.ts';
import type { Observation } from '../engine/engine-types.ts';
import { explainFigures } from '../history/explain-figures.ts';
import { scopeInputs } from '../history/history-figures.ts';
import { hourBoard } from '../hour/hour-board.ts';
import { currentJob } from '../job/current-job.ts';
import { lineStatus } from '../query/line-status.ts';
import { lineTimeline } from '../query/timelines.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';

function figures({ state, config }: Drive, from: string, to: string): OeeFigures {
  const result = figuresBetween(state, config, LINE, { from: at(from), to: at(to) }, at('20:00'));
  if ('unknown' in result) throw new Error(result.unknown);
  return result;
}

/** As they stand at the end of the window. */
function figuresOf({ state, config }: Pick<Drive, 'state' | 'config'>, from: string, to: string): OeeFigures {
  const result = figuresBetween(state, config, LINE, { from: at(from), to: at(to) }, at(to));
  if ('unknown' in result) throw new Error(result.unknown);
  return result;
}

function withLine(config: PlantConfig, change: Partial<PlantConfig['lines'][number]>): PlantConfig {
  return { ...config, lines: config.lines.map((line) => Object.assign({}, line, change)) };
}

describe('ideal cycles', () => {
  const dated = {
    id: 'A',
    name: 'A',
    idealCycleMs: 1000,
    laterCycles: [{ from: at('07:00'), idealCycleMs: 2000 }],
  };

  it('OE23: a new ideal holds from its instant on, and the parts before keep theirs', () => {
    const drive = createDrive(samplePlant({}, { products: [dated] }));
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 1800 });
    drive.observe({ equipment: FILLER, at: at('08:00'), good: 1800 });
    expect(figures(drive, '06:00', '07:00').performance).toBe(0.5);
    expect(figures(drive, '07:00', '08:00').performance).toBe(1);
    const both = figures(drive, '06:00', '08:00');
    expect(both.performance).toBe(0.75);
    expect(both.byProduct).toMatchObject([
      { product: 'A', idealCycleMs: 1000, counts: { good: 1800 } },
      { product: 'A', idealCycleMs: 2000, counts: { good: 1800 } },
    ]);
    const losses = Object.values(both.losses).reduce((sum, ms) => sum + ms, 0);
    expect(losses).toBe(at('08:00') - at('06:00'));
  });

  it('OE23: an ideal of the equipment itself comes before the product’s; `null` is none', () => {
    const idealCycles = [
      { product: 'A', idealCycleMs: 500, laterCycles: [{ from: at('07:00'), idealCycleMs: null }] },
    ];
    const drive = createDrive(samplePlant({ idealCycles }));
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'A' });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 3600 });
    drive.observe({ equipment: FILLER, at: at('08:00'), good: 3600 });
    expect(figures(drive, '06:00', '07:00').performance).toBe(0.5);
    expect(figures(drive, '07:00', '08:00').performance).toEqual({ unknown: 'noIdealCycle' });
  });
});

describe('a line with a constraint per product', () => {
  it('OE17: live, the window is split where the product changes to one with another constraint', () => {
    const config = withLine(samplePlant(), { constraintByProduct: { B: LABELLER } });
    const drive = createDrive(config);
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'A' });
    drive.observe({ equipment: LABELLER, at: at('06:00'), state: 'stopped', product: 'A' });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 3600, product: 'B' });
    drive.observe({ equipment: LABELLER, at: at('07:00'), product: 'B' });
    drive.observe({ equipment: LABELLER, at: at('07:30'), state: 'running' });
    drive.observe({ equipment: LABELLER, at: at('08:00'), good: 1800 });
    const { availability, performance, times, losses } = figures(drive, '06:00', '08:00');
    expect(times.APT).toBe(1.5 * 3_600_000);
    expect(availability).toBe(0.75);
    expect(performance).toBeCloseTo((3600 * 1000 + 1800 * 500) / (1.5 * 3_600_000), 12);
    expect(losses.unexplained).toBe(1_800_000);
  });

  /** The filler carries A from 06:00 on, the labeller B from 07:00 on; the filler C again from 08:00 on. */
  function carried(): Drive {
    const drive = createDrive(withLine(samplePlant(), { constraintByProduct: { B: LABELLER } }));
    const say = (equipment: string, time: string, said: object): void => {
      drive.observe({ equipment, at: at(time), ...said }, at(time));
    };
    drive.tick(at('06:00'));
    say(FILLER, '06:00', { state: 'running', product: 'A', good: 0 });
    say(LABELLER, '06:00', { state: 'running', good: 0 });
    say(FILLER, '06:20', { state: 'stopped' });
    say(FILLER, '06:30', { state: 'running' });
    say(LABELLER, '06:40', { state: 'stopped' });
    say(FILLER, '06:59', { good: 100 });
    say(FILLER, '07:00', { product: 'B' });
    say(FILLER, '07:10', { state: 'stopped' });
    say(LABELLER, '07:15', { state: 'running' });
    say(LABELLER, '07:30', { good: 60 });
    say(FILLER, '07:50', { good: 7 });
    say(LABELLER, '07:55', { state: 'stopped' });
    say(FILLER, '08:00', { product: 'A' });
    say(FILLER, '08:05', { state: 'running' });
    drive.tick(at('08:10'));
    return drive;
  }

  it('OE17: its state, timeline, stops and hours are those of what carries it', () => {
    const { state, config } = carried();
    const stops = state.lines[LINE]?.downtimes.map(({ equipment, from, to }) => [equipment, from, to]);
    expect(stops).toEqual([
      [FILLER, at('06:20'), at('06:30')],
      [LABELLER, at('07:00'), at('07:15')],
      [LABELLER, at('07:55'), at('08:00')],
      [FILLER, at('08:00'), at('08:05')],
    ]);
    const timeline = lineTimeline(state, config, LINE, at('06:00'), at('14:00'), at('08:10'));
    expect(timeline.map(({ from, to, state: name }) => [from, to, name])).toEqual([
      [at('06:00'), at('06:20'), 'running'],
      [at('06:20'), at('06:30'), 'stopped'],
      [at('06:30'), at('07:00'), 'running'],
      [at('07:00'), at('07:15'), 'stopped'],
      [at('07:15'), at('07:55'), 'running'],
      [at('07:55'), at('08:00'), 'stopped'],
      [at('08:00'), at('08:05'), 'stopped'],
      [at('08:05'), null, 'running'],
    ]);
    expect(lineStatus(state, config, LINE, at('07:20'))).toMatchObject({ product: { id: 'B' } });
    const hours = hourBoard(state, config, LINE, at('08:10'));
    expect(hours.slice(0, 2).map(({ good, target }) => [good, target])).toEqual([
      [100, 3600],
      [60, 7200],
    ]);
    const stood = downtimeStatistics(
      state,
      config,
      { kind: 'line', path: LINE },
      { from: at('06:00'), to: at('08:10') },
      at('08:10'),
    );
    const { losses } = figuresOf(carried(), '06:00', '08:10');
    expect(stood.stops.totalMs + stood.minorStops.totalMs).toBe(35 * MINUTE);
    expect(losses.unexplained).toBe(stood.stops.totalMs);
  });

  it('OE17: a figure is explained by the stretches under each, which add up to it', () => {
    const { state, config } = carried();
    const scope = { kind: 'line', path: LINE } as const;
    const window = { from: at('06:00'), to: at('08:10') };
    const { figures: explained, intervals } = explainFigures(
      scopeInputs(state, config, scope, window, at('08:10')),
    );
    expect(explained.oee).toEqual(figuresOf({ state, config }, '06:00', '08:10').oee);
    const parts = intervals.reduce((sum, { counts }) => sum + counts.produced, 0);
    expect(parts).toBe(160);
    let cursor = window.from;
    for (const { from, to } of intervals) {
      expect(from).toBe(cursor);
      cursor = to;
    }
    expect(cursor).toBe(window.to);
  });

  it('OE17: a job counts the parts of what carries its product, and stops may be explained on either', () => {
    const drive = createDrive(withLine(samplePlant(), { constraintByProduct: { B: LABELLER } }));
    const order = { name: 'startJob', line: LINE, workOrder: 'W', product: 'B', targetCount: 500 } as const;
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'A', good: 10 });
    drive.observe({ equipment: LABELLER, at: at('06:00'), state: 'stopped' });
    drive.command(order, at('06:10'));
    expect(drive.state.lines[LINE]?.downtimes).toMatchObject([{ equipment: LABELLER, from: at('06:10') }]);
    drive.observe({ equipment: LABELLER, at: at('06:30'), state: 'running' });
    drive.observe({ equipment: LABELLER, at: at('07:00'), good: 30 });
    drive.observe({ equipment: FILLER, at: at('07:00'), good: 99 });
    expect(currentJob(drive.state, drive.config, LINE, at('07:00'))).toMatchObject({ goodCount: 30 });
    const downtimeId = `${LABELLER}@${at('06:10')}`;
    drive.command({ name: 'classifyDowntime', downtimeId, reason: 'jam' }, at('07:00'));
    expect(figuresOf(drive, '06:00', '07:00').losses.breakdown).toBe(20 * MINUTE);
    drive.command({ name: 'enterCount', line: LINE, good: 5 }, at('07:01'));
    expect(currentJob(drive.state, drive.config, LINE, at('07:02'))).toMatchObject({ goodCount: 35 });
  });

  it('OE17: equipment that was never told a product makes what the main constraint says', () => {
    const plant = withLine(samplePlant(), { constraintByProduct: { B: LABELLER } });
    const equipment = plant.equipment.map((each) =>
      each.path === LABELLER ? Object.assign({}, each, { defaultProduct: null }) : each,
    );
    const drive = createDrive({ ...plant, equipment });
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'B' });
    drive.observe({ equipment: LABELLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: LABELLER, at: at('06:30'), state: 'stopped' });
    drive.observe({ equipment: LABELLER, at: at('06:40'), state: 'running' });
    drive.observe({ equipment: LABELLER, at: at('07:00'), good: 3000 });
    const { performance, losses } = figuresOf(drive, '06:00', '07:00');
    expect(performance).toBe(0.5);
    expect(losses.unexplained).toBe(10 * MINUTE);
    const [stop] = openAndRecentDowntimes(drive.state, drive.config, LINE, at('07:00'));
    expect(stop).toMatchObject({ equipment: LABELLER, asked: true });
  });

  it('OE17: a changeover lasts from the last good part of the one to the first of the other', () => {
    const { state, config } = carried();
    expect(
      lineChangeovers(state, config, LINE).map(({ fromProduct, measured }) => [fromProduct, measured]),
    ).toEqual([
      ['A', expect.objectContaining({ lastGoodAt: at('06:59'), firstGoodAt: at('07:30') })],
      ['B', expect.anything()],
    ]);
  });

  it('OE17: the order of arrival changes nothing', () => {
    const said: readonly Omit<Observation, 'receivedAt'>[] = [
      { equipment: FILLER, at: at('06:00'), state: 'running', product: 'A' },
      { equipment: LABELLER, at: at('06:00'), state: 'running' },
      { equipment: LABELLER, at: at('06:40'), state: 'stopped' },
      { equipment: FILLER, at: at('07:00'), product: 'B' },
      { equipment: FILLER, at: at('07:10'), state: 'stopped' },
      { equipment: LABELLER, at: at('07:15'), state: 'running' },
      { equipment: FILLER, at: at('07:30'), product: 'A' },
      { equipment: LABELLER, at: at('07:40'), state: 'stopped' },
      { equipment: FILLER, at: at('07:45'), state: 'running' },
      { equipment: FILLER, at: at('07:50'), product: 'B' },
      { equipment: LABELLER, at: at('08:00'), state: 'running' },
    ];
    const stopsAfter = (order: readonly Omit<Observation, 'receivedAt'>[]): unknown => {
      const drive = createDrive(withLine(samplePlant(), { constraintByProduct: { B: LABELLER } }));
      drive.tick(at('06:00'));
      for (const each of order) drive.observe(each, at('08:05'));
      drive.tick(at('08:06'));
      return drive.state.lines[LINE]?.downtimes;
    };
    const inOrder = stopsAfter(said);
    expect(inOrder).toHaveLength(3);
    fc.assert(
      fc.property(fc.shuffledSubarray([...said], { minLength: said.length }), (order) => {
        expect(stopsAfter(order)).toEqual(inOrder);
      }),
      { numRuns: 50 },
    );
  });
});
