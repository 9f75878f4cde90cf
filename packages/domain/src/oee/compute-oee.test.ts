import { describe, expect, it } from 'vitest';

import { createDrive } from '../testing/drive.ts';
import { EARLY, FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { computeOee } from './compute-oee.ts';
import type { OeeReport } from './report.ts';
import { lineFigures, shiftFigures } from './line-figures.ts';
import type { OeeInput, OeeObservation } from './oee-input.ts';

function computed(input: OeeInput): OeeReport {
  const result = computeOee(input);
  if (result.status === 'refused') throw new Error(result.refusal.message);
  return result;
}

function figures({ availability, performance, quality, oee }: OeeReport): (string | undefined)[] {
  return [availability, performance, quality, oee].map((figure) => figure?.toFixed(6));
}

const SHIFT = { from: at('06:00'), to: at('14:00') };

/** 480 min, 60 min of breaks, 47 min of stops. `inBreaks`: what the machine says during the breaks. */
function bottling(inBreaks: string): OeeInput {
  return {
    window: SHIFT,
    breaks: [
      { from: at('09:00'), to: at('09:30') },
      { from: at('12:00'), to: at('12:30') },
    ],
    products: { A: { idealCycleMs: 1000 } },
    observations: [
      { at: at('06:00'), state: 'running', product: 'A' },
      { at: at('07:00'), state: 'stopped' },
      { at: at('07:30'), state: 'running' },
      { at: at('09:00'), state: inBreaks },
      { at: at('09:30'), state: 'running' },
      { at: at('11:00'), state: 'stopped' },
      { at: at('11:17'), state: 'running' },
      { at: at('12:00'), state: inBreaks },
      { at: at('12:30'), state: 'running' },
      { at: at('14:00'), good: 18_848, scrap: 423 },
    ],
  };
}

const COUNTER_HISTORY: readonly OeeObservation[] = [
  { at: at('00:00'), state: 'running', product: 'A', counter: 1200, rejectCounter: 10 },
  { at: at('01:00'), state: 'running' },
  { at: at('02:00'), state: 'stopped' },
  { at: at('03:00'), state: 'running' },
  { at: at('03:30'), state: 'running' },
  { at: at('04:00'), state: 'idle', counter: 1440, rejectCounter: 14 },
];
const COUNTER_INPUT: OeeInput = {
  window: { from: at('00:00'), to: at('08:00') },
  products: { A: { idealCycleMs: 30_000 } },
  observations: COUNTER_HISTORY,
};

describe('the worked examples', () => {
  it.each(['running', 'idle'])('OE1: a shift with 60 min of breaks, %s in them', (state) => {
    expect(figures(computed(bottling(state)))).toEqual(['0.888095', '0.861081', '0.978050', '0.747937']);
  });

  it('OE1: three stops of 20 min, none of them minor', () => {
    const report = computed({
      window: SHIFT,
      breaks: [{ from: at('10:00'), to: at('10:20') }],
      products: { A: { idealCycleMs: 30_000 } },
      observations: [
        { at: at('06:00'), state: 'running', product: 'A' },
        ...['07:00', '09:00', '12:00'].flatMap((time) => [
          { at: at(time), state: 'stopped' },
          { at: at(time) + 20 * MINUTE, state: 'running' },
        ]),
        { at: at('14:00'), good: 392, scrap: 8 },
      ],
    });
    expect(figures(report)).toEqual(['0.869565', '0.500000', '0.980000', '0.426087']);
  });

  it('OE1: a machine with running totals', () => {
    expect(figures(computed(COUNTER_INPUT))).toEqual(['0.375000', '0.666667', '0.983333', '0.245833']);
  });

  it('OE2: mixed products, each against its own ideal, two days alike', () => {
    const products = { slow: { idealCycleMs: 30_000 }, fast: { idealCycleMs: 7500 } };
    const day = (minutes: number, slow: number, fast: number): OeeInput => ({
      window: SHIFT,
      products,
      observations: [
        { at: at('06:00'), state: 'running', product: 'slow' },
        { at: at('06:00') + minutes * MINUTE, product: 'fast', good: slow },
        { at: at('14:00'), good: fast },
      ],
    });
    expect(computed(day(120, 180, 2160)).performance).toBeCloseTo(0.75, 9);
    expect(computed(day(360, 540, 720)).performance).toBeCloseTo(0.75, 9);
    expect(computed(day(120, 240, 1440)).performance).toBeCloseTo(0.625, 9);
  });
});

describe('what cannot be known', () => {
  it('OE3: without counts, ideal cycle or a source of rejects there is a reason, not a default', () => {
    const states = [{ at: at('06:00'), state: 'running', product: 'A' }];
    const nothing = computed({ window: SHIFT, products: {}, observations: [] });
    expect(nothing.oee).toBeNull();
    expect(nothing.why['availability']).toBe('noKnownTime');
    const uncounted = computed({
      window: SHIFT,
      products: { A: { idealCycleMs: 1000 } },
      observations: states,
    });
    expect(uncounted.availability).toBe(1);
    expect(uncounted.why).toMatchObject({ performance: 'noCounts', quality: 'noCounts', oee: 'noCounts' });
    const noIdeal = computed({
      window: SHIFT,
      products: { A: {} },
      observations: [...states, { at: at('07:00'), good: 5 }],
    });
    expect(noIdeal.why).toMatchObject({ performance: 'noIdealCycle' });
    expect(noIdeal.quality).toBe(1);
    const { rejectCounter: _first, ...started } = COUNTER_HISTORY[0] ?? { at: 0 };
    const { rejectCounter: _last, ...ended } = COUNTER_HISTORY[5] ?? { at: 0 };
    const observations = [started, ...COUNTER_HISTORY.slice(1, 5), ended];
    const noRejects = computed({ ...COUNTER_INPUT, observations });
    expect(noRejects.why).toMatchObject({ quality: 'noRejectSource', oee: 'noRejectSource' });
    expect(computed({ ...COUNTER_INPUT, observations, assumeQuality: true }).quality).toBe(1);
  });

  it('OE10: a known zero makes OEE zero whatever else is unknown', () => {
    const down = computed({
      window: SHIFT,
      products: {},
      observations: [{ at: at('05:00'), state: 'stopped', product: 'A', reason: 'breakdown' }],
    });
    expect(down).toMatchObject({ availability: 0, performance: null, quality: null, oee: 0 });
    expect(down.losses.breakdown).toBe(8 * HOUR);
  });

  it('TI5: unknown time is in no ratio and opens the interval', () => {
    const report = computed({
      window: SHIFT,
      products: { A: { idealCycleMs: 1000 } },
      observations: [
        { at: at('06:00'), state: 'running', product: 'A' },
        { at: at('10:00'), state: 'unknown' },
        { at: at('12:00'), state: 'running' },
        { at: at('14:00'), good: 10_800, scrap: 0 },
      ],
    });
    expect(figures(report)).toEqual(['1.000000', '0.500000', '1.000000', '0.500000']);
    expect(report.interval.worst).toBeCloseTo((0.5 * 6) / 8, 12);
    expect(report.interval.best).toBeCloseTo((0.5 * 6 + 2) / 8, 12);
    expect(report.times.unknown).toBe(2 * HOUR);
    expect(report.times.PBT).toBe(8 * HOUR);
    expect(report.flags).toContain('unknownTime');
  });
});

describe('time', () => {
  const products = { A: { idealCycleMs: 1000 } };

  it('TI1: what changes at an edge belongs to what follows it', () => {
    const report = computed({
      window: SHIFT,
      breaks: [{ from: at('10:00'), to: at('10:30') }],
      products,
      observations: [
        { at: at('05:00'), state: 'stopped', product: 'A' },
        { at: at('06:00'), state: 'running' },
        { at: at('10:00'), state: 'idle' },
        { at: at('10:30'), state: 'running' },
        { at: at('14:00'), state: 'stopped' },
      ],
    });
    expect(report.times).toMatchObject({ APT: 450 * MINUTE, PBT: 450 * MINUTE, ranUnplanned: 0 });
  });

  it('TI3: outside the plan, then break, then planned downtime, then the state', () => {
    const report = computed({
      window: SHIFT,
      planned: [{ from: at('07:00'), to: at('13:00') }],
      breaks: [{ from: at('06:30'), to: at('07:30') }],
      plannedDowntime: [{ from: at('07:15'), to: at('08:00') }],
      products,
      observations: [
        { at: at('05:00'), state: 'running', product: 'A' },
        { at: at('12:00'), state: 'notScheduled' },
        { at: at('12:30'), state: 'running' },
      ],
    });
    expect(report.losses).toMatchObject({
      notScheduled: 150 * MINUTE,
      break: 30 * MINUTE,
      plannedDowntime: 30 * MINUTE,
    });
    expect(report.times).toMatchObject({ APT: 270 * MINUTE, ranUnplanned: 180 * MINUTE });
    expect(report.flags).toContain('ranUnplanned');
  });

  it('TI4: the elements are what their names say', () => {
    const report = computed({
      window: SHIFT,
      plannedDowntime: [{ from: at('13:00'), to: at('14:00') }],
      products,
      observations: [
        { at: at('06:00'), state: 'running', product: 'A' },
        { at: at('08:00'), state: 'setup' },
        { at: at('09:00'), state: 'stopped' },
        { at: at('10:00'), state: 'idle', product: null },
        { at: at('11:00'), state: 'unknown' },
      ],
    });
    const hours = Object.entries(report.times).map(([name, ms]) => [name, ms / HOUR]);
    expect(Object.fromEntries(hours)).toEqual({
      POT: 8,
      PBT: 7,
      APT: 2,
      AUST: 1,
      AUPT: 3,
      ADET: 1,
      ADOT: 1,
      AUBT: 6,
      AOET: 4,
      unknown: 2,
      ranUnplanned: 0,
    });
    expect(report.availability).toBeCloseTo(2 / 5, 12);
  });
});

describe('losses', () => {
  const running = { at: at('06:00'), state: 'running', product: 'A' };
  const history = (...observations: readonly OeeObservation[]): OeeInput => ({
    window: SHIFT,
    minorStopMs: 5 * MINUTE,
    products: { A: { idealCycleMs: 1000 } },
    reasons: {
      jam: { loss: 'breakdown', failure: true },
      service: { loss: 'plannedDowntime', failure: false },
    },
    observations: [running, ...observations],
  });

  it('OE4: performance over 100 % is flagged, not capped', () => {
    const report = computed(history({ at: at('14:00'), good: 28_801, scrap: 0 }));
    expect(report.performance).toBeGreaterThan(1);
    expect(report.losses.reducedSpeed).toBe(-1000);
    expect(report.flags).toContain('performanceOver100');
  });

  it('OE5: a minor stop counts against performance, or against availability by choice', () => {
    const input = history(
      { at: at('07:00'), state: 'stopped' },
      { at: at('07:04'), state: 'running' },
      { at: at('14:00'), good: 14_400, scrap: 0 },
    );
    const slow = computed(input);
    expect(slow.availability).toBe(1);
    expect(slow.performance).toBeCloseTo(0.5, 12);
    const away = computed({ ...input, minorStopsCount: 'availability' });
    expect(away.availability).toBeCloseTo(476 / 480, 12);
    for (const { losses } of [slow, away]) expect(losses.minorStop).toBe(4 * MINUTE);
    expect(slow.oee).toBeCloseTo(away.oee ?? 0, 12);
  });

  it('OE5: a break inside a stop does not make it longer', () => {
    const input = history({ at: at('08:58'), state: 'stopped' }, { at: at('09:32'), state: 'running' });
    const report = computed({ ...input, breaks: [{ from: at('09:00'), to: at('09:30') }] });
    expect(report.losses).toMatchObject({ minorStop: 4 * MINUTE, break: 30 * MINUTE, unexplained: 0 });
  });

  it('OE6: a reason decides the loss; none is unexplained, blocked and starved are external', () => {
    const report = computed(
      history(
        { at: at('07:00'), state: 'stopped', reason: 'jam' },
        { at: at('07:10'), state: 'idle' },
        { at: at('07:30'), state: 'starved' },
        { at: at('08:00'), state: 'blocked', reason: 'never heard of' },
        { at: at('08:40'), state: 'stopped', reason: 'service' },
        { at: at('09:30'), state: 'setup' },
        { at: at('10:00'), state: 'running' },
      ),
    );
    expect(report.losses).toMatchObject({
      breakdown: 10 * MINUTE,
      unexplained: 20 * MINUTE,
      external: 70 * MINUTE,
      plannedDowntime: 50 * MINUTE,
      setup: 30 * MINUTE,
    });
    expect(report.times).toMatchObject({ ADET: 100 * MINUTE, AUST: 30 * MINUTE, PBT: 430 * MINUTE });
    expect(report.times.POT).toBe(480 * MINUTE);
  });

  it('OE7: speed, startup and defect losses are ideal time of parts', () => {
    const input = history(
      { at: at('06:10'), state: 'setup' },
      { at: at('06:20'), state: 'running', scrap: 30 },
      { at: at('06:25'), scrap: 20 },
      { at: at('14:00'), good: 20_000, scrap: 10, rework: 5 },
    );
    const report = computed({ ...input, startupMs: 5 * MINUTE });
    const run = 470 * MINUTE;
    expect(report.losses).toMatchObject({ startup: 50_000, defect: 15_000, reducedSpeed: run - 20_065_000 });
    expect(report.fullyProductiveMs).toBe(20_000_000);
  });

  it('OE9: running before the first total is in no speed', () => {
    const report = computed(
      history({ at: at('08:00'), counter: 7 }, { at: at('14:00'), counter: 10_807, scrap: 0 }),
    );
    expect(report.performance).toBeCloseTo(0.5, 12);
    expect(report.flags).toContain('countsIncomplete');
  });

  it('OE12: what happened outside the window sets state, product, counter and stop length at its edges', () => {
    const report = computed({
      window: SHIFT,
      minorStopMs: 10 * MINUTE,
      products: { A: { idealCycleMs: 1000 } },
      observations: [
        { at: at('05:00'), state: 'running', product: 'A', counter: 100 },
        { at: at('05:52'), state: 'stopped' },
        { at: at('06:04'), state: 'running' },
        { at: at('13:59'), state: 'stopped', counter: 300, rejectCounter: 0 },
        { at: at('14:20'), state: 'running' },
      ],
    });
    expect(report.losses).toMatchObject({ minorStop: 0, unexplained: 5 * MINUTE });
    expect(report.counts.produced).toBe(200);
    expect(report.flags).not.toContain('provisionalStop');
  });

  it('OE12: a stop that nothing ended yet is provisional', () => {
    const report = computed(history({ at: at('13:59'), state: 'stopped' }));
    expect(report.flags).toContain('provisionalStop');
    // The last state of a file holds for good, so this stop is a long one.
    expect(report.losses).toMatchObject({ minorStop: 0, unexplained: MINUTE });
  });

  it('OE14: standing still without an order is down time, not delay', () => {
    const report = computed(
      history({ at: at('07:00'), state: 'idle', product: null }, { at: at('08:00'), product: 'A' }),
    );
    expect(report.times).toMatchObject({ ADOT: HOUR, ADET: 6 * HOUR, AUBT: 7 * HOUR });
    expect(report.losses.noOrder).toBe(HOUR);
  });
});

describe('the file', () => {
  it('OE11: the live engine gives the same figures for the same history', () => {
    const always = { id: 'all', name: 'All', days: EARLY.days, from: '00:00', to: '08:00', breaks: [] };
    const products = [{ id: 'A', name: 'A', idealCycleMs: 30_000 }];
    const plant = samplePlant({ minorStopMs: 0, defaultProduct: null }, { shifts: [always], products });
    const drive = createDrive(plant);
    for (const observation of COUNTER_HISTORY) drive.observe({ equipment: FILLER, ...observation });
    const live = lineFigures(drive.state, plant, LINE, at('08:00') - 1);
    const shift = shiftFigures(drive.state, plant, LINE, COUNTER_INPUT.window, at('08:00'));
    const { availability, performance, quality, oee, times } = computed(COUNTER_INPUT);
    expect(shift).toMatchObject({
      availability: { value: availability },
      performance: { value: performance },
      quality: { value: quality },
      oee: { value: oee },
      times,
    });
    expect(live.oee.value).toBeCloseTo(oee ?? 0, 6);
  });

  it('OE11: the order of its observations never matters', () => {
    const reversed = { ...COUNTER_INPUT, observations: [...COUNTER_HISTORY].reverse() };
    expect(computed(reversed)).toEqual(computed(COUNTER_INPUT));
  });

  it('OE13: what cannot be meant is refused with its path', () => {
    const backwards = computeOee({ ...COUNTER_INPUT, window: { from: at('08:00'), to: at('08:00') } });
    expect(backwards).toMatchObject({ status: 'refused', refusal: { path: 'window' } });
    const negative = computeOee({ ...COUNTER_INPUT, observations: [{ at: at('01:00'), good: -1 }] });
    expect(negative).toMatchObject({ refusal: { code: 'invalidOeeInput', path: 'observations[0].good' } });
    const broken = computeOee({ ...COUNTER_INPUT, breaks: [{ from: at('03:00'), to: at('02:00') }] });
    expect(broken).toMatchObject({ refusal: { path: 'breaks[0]' } });
    const cycle = computeOee({ ...COUNTER_INPUT, products: { A: { idealCycleMs: 0 } } });
    expect(cycle).toMatchObject({ refusal: { path: 'products.A.idealCycleMs' } });
  });

  it('EQ1: a state nobody knows is unknown and flagged; PackML names are known', () => {
    const report = computed({
      window: SHIFT,
      products: {},
      observations: [
        { at: at('06:00'), state: 'Execute', product: 'A' },
        { at: at('07:00'), state: 'Aborted' },
        { at: at('08:00'), state: 'constructor' },
      ],
    });
    expect(report.times).toMatchObject({ APT: HOUR, ADET: HOUR, unknown: 6 * HOUR });
    expect(report.losses.breakdown).toBe(HOUR);
    expect(report.flags).toContain('unmappedState');
  });
});
