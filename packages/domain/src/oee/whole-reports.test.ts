import { describe, expect, it } from 'vitest';

import { HOUR, MINUTE, at } from '../testing/sample-plant.ts';
import { computeOee } from './compute-oee.ts';
import type { OeeInput, OeeObservation } from './oee-input.ts';
import type { OeeReport } from './report.ts';

const WINDOW = { from: at('06:00'), to: at('14:00') };

function reportOf(observations: readonly OeeObservation[], changes: Partial<OeeInput> = {}): OeeReport {
  const products = {
    A: { idealCycleMs: 60_000 },
    B: { idealCycleMs: 30_000 },
    N: { idealCycleMs: null },
    M: {},
  };
  const result = computeOee({ window: WINDOW, products, observations, ...changes });
  if (result.status === 'refused') throw new Error(result.refusal.message);
  return result;
}

const running = (time: string, product: string | null = 'A'): OeeObservation => ({
  at: at(time),
  state: 'running',
  product,
});

describe('flags', () => {
  const flagsOf = (observations: readonly OeeObservation[], changes?: Partial<OeeInput>): readonly string[] =>
    reportOf(observations, changes).flags;
  const all = { good: 480, scrap: 0 };

  it('OE4: a history in which nothing is doubtful has none, also at exactly the ideal speed', () => {
    expect(flagsOf([running('06:00'), { at: at('14:00'), ...all }])).toEqual([]);
    expect(flagsOf([running('06:00'), { at: at('14:00'), good: 481, scrap: 0 }])).toEqual([
      'performanceOver100',
    ]);
    expect(flagsOf([{ at: at('06:00'), state: 'stopped', product: 'A', good: 0 }])).toEqual([
      'provisionalStop',
    ]);
  });

  it('OE12: a stop is provisional as long as nothing ended it, and only in planned time', () => {
    const stop = [running('06:00'), { at: at('13:00'), state: 'stopped' }, { at: at('14:00'), good: 420 }];
    expect(flagsOf(stop)).toEqual(['provisionalStop']);
    expect(flagsOf(stop, { breaks: [{ from: at('13:00'), to: at('14:00') }] })).toEqual([]);
    expect(flagsOf([...stop, { at: at('14:00'), state: 'running' }])).toEqual([]);
  });

  it('OE9: running before the first total is, and only in the window', () => {
    const totals = (first: string): readonly OeeObservation[] => [
      running('05:00'),
      { at: at(first), counter: 0, rejectCounter: 0 },
      { at: at('14:00'), counter: 300, rejectCounter: 0 },
    ];
    expect(flagsOf(totals('05:30'))).toEqual([]);
    expect(flagsOf(totals('06:00'))).toEqual([]);
    expect(flagsOf(totals('06:01'))).toEqual(['countsIncomplete']);
    const late = reportOf([running('05:00'), { at: at('15:00'), counter: 0, rejectCounter: 0 }]);
    expect(late.flags).toEqual(['countsIncomplete']);
    expect(late.why['performance']).toBe('noRunningTime');
  });

  it('OE9: minor stops before the first total leave the denominator too', () => {
    const report = reportOf(
      [
        running('06:00'),
        { at: at('06:10'), state: 'stopped' },
        { at: at('06:14'), state: 'running' },
        { at: at('07:00'), counter: 0, rejectCounter: 0 },
        { at: at('14:00'), counter: 210, rejectCounter: 0 },
      ],
      { minorStopMs: 5 * MINUTE },
    );
    expect(report.times.APT).toBe(8 * HOUR);
    expect(report.performance).toBe(0.5);
  });

  it('CN6: more rejects than parts are inconsistent; good parts told beside a total are ignored', () => {
    const totals = (scrap: number, good?: number): readonly OeeObservation[] => [
      { ...running('06:00'), counter: 0 },
      { at: at('14:00'), counter: 300, scrap, ...(good === undefined ? {} : { good }) },
    ];
    expect(flagsOf(totals(300))).toEqual([]);
    expect(flagsOf(totals(301))).toEqual(['countsInconsistent']);
    expect(flagsOf(totals(3, 0))).toEqual([]);
    expect(flagsOf(totals(3, 1))).toEqual(['goodIgnored']);
    expect(flagsOf([running('06:00'), { at: at('14:00'), good: 5, scrap: 0 }])).toEqual([]);
  });

  it('CN11: a total that was wrong once is flagged, of parts and of rejects', () => {
    const totals = (counter: number, rejectCounter: number): readonly OeeObservation[] => [
      { ...running('06:00'), counter: 0, rejectCounter: 0 },
      { at: at('08:00'), counter, rejectCounter },
      { at: at('10:00'), counter: 100, rejectCounter: 2 },
    ];
    expect(flagsOf(totals(50, 1))).toEqual([]);
    expect(flagsOf(totals(900_000, 1))).toEqual(['counterGlitch']);
    expect(flagsOf(totals(50, 900_000))).toEqual(['counterGlitch']);
  });

  it('CN5: parts made while mostly nothing was known are, and are in no speed', () => {
    const report = reportOf([
      { ...running('06:00'), counter: 0, rejectCounter: 0 },
      { at: at('08:00'), counter: 60, rejectCounter: 0 },
      { at: at('08:10'), state: 'unknown' },
      { at: at('10:00'), state: 'running', counter: 100, rejectCounter: 0 },
      { at: at('14:00'), counter: 220, rejectCounter: 0 },
    ]);
    expect(report.flags).toEqual(['madeUnobserved', 'unknownTime']);
    expect(report.counts).toMatchObject({ produced: 220, unobserved: 40 });
    expect(report.performance).toBeCloseTo(180 / 370, 12);
    expect(report.interval.best).toBeCloseTo((180 + 110) / 480, 12);
    expect(report.interval.worst).toBeCloseTo(180 / 480, 12);
  });

  it('CN7: what is counted outside the plan is flagged, what is counted in breaks is not', () => {
    const planned = [{ from: at('06:00'), to: at('12:00') }];
    const breaks = [{ from: at('11:00'), to: at('12:00') }];
    const counted = (time: string): readonly OeeObservation[] => [
      running('06:00'),
      { at: at('11:00'), state: 'idle' },
      { at: at(time), good: 30 },
      { at: at('12:00'), state: 'notScheduled' },
    ];
    expect(flagsOf(counted('12:00'), { planned, breaks })).toEqual([]);
    expect(flagsOf(counted('12:01'), { planned, breaks })).toEqual(['countedUnplanned']);
    expect(reportOf(counted('12:01'), { planned, breaks }).counts).toMatchObject({
      produced: 0,
      unplanned: { produced: 30, good: 30, scrap: 0, rework: 0 },
    });
  });

  it('TI3: running outside planned time is flagged', () => {
    const breaks = [{ from: at('10:00'), to: at('11:00') }];
    const history = [running('06:00'), { at: at('14:00'), ...all }];
    expect(flagsOf(history, { breaks })).toEqual(['performanceOver100', 'ranUnplanned']);
  });

  it('OE7: a speed that is not known is flagged where the machine ran, and only there', () => {
    expect(flagsOf([running('06:00')])).toEqual(['speedUnknown']);
    expect(flagsOf([{ at: at('06:00'), state: 'setup', product: 'A' }])).toEqual([]);
    const half = [
      running('06:00'),
      { at: at('10:00'), product: 'N', good: 240 },
      { at: at('14:00'), good: 9 },
    ];
    expect(flagsOf(half)).toEqual(['speedUnknown']);
    expect(flagsOf(half, { minCoverage: 0.5 })).toEqual(['speedUnknown']);
  });
});

describe('what cannot be known', () => {
  const whyOf = (observations: readonly OeeObservation[], changes?: Partial<OeeInput>): OeeReport['why'] =>
    reportOf(observations, changes).why;

  it('OE3: without planned time, or none of it known, no share of it is', () => {
    expect(whyOf([running('06:00')], { planned: [] })).toMatchObject({
      availability: 'noPlannedTime',
      neeIndex: 'noPlannedTime',
      allocationEfficiency: 'noPlannedTime',
      utilizationEfficiency: 'noBusyTime',
    });
    expect(whyOf([])).toMatchObject({
      availability: 'noKnownTime',
      neeIndex: 'noKnownTime',
      allocationEfficiency: 'noKnownTime',
      throughputPerHour: 'noCounts',
      mttrMs: 'noRepair',
    });
    expect(
      Object.keys(whyOf([running('06:00'), { at: at('13:00'), state: 'unknown', good: 9, scrap: 1 }])),
    ).toEqual(['mtbfMs', 'mttrMs', 'mttfMs']);
  });

  it('OE16: unknown time is in no ratio', () => {
    const report = reportOf([
      running('06:00'),
      { at: at('07:00'), state: 'idle', product: null },
      { at: at('10:00'), state: 'unknown' },
    ]);
    expect(report).toMatchObject({
      availability: 0.25,
      allocationEfficiency: 0.25,
      utilizationEfficiency: 1,
    });
  });

  it('OE3: without parts there is no quality, and no share of rejects', () => {
    expect(whyOf([{ ...running('06:00'), good: 0, scrap: 0 }])).toMatchObject({
      quality: 'noParts',
      scrapRatio: 'noParts',
      reworkRatio: 'noParts',
    });
  });

  it('OE3: parts without running time, or without an order, have no speed', () => {
    expect(
      whyOf([
        { at: at('06:00'), state: 'stopped', product: 'A' },
        { at: at('07:00'), good: 5 },
      ]),
    ).toMatchObject({
      performance: 'noRunningTime',
      setupRatio: 'noRunningTime',
    });
    expect(whyOf([running('06:00', null), { at: at('07:00'), good: 5 }])).toMatchObject({
      performance: 'noIdealCycle',
      throughputPerHour: 'noOrder',
    });
  });

  it('OE3: running without an order that made nothing needs no ideal', () => {
    const report = reportOf([
      running('06:00'),
      { ...running('10:00', null), good: 120 },
      { at: at('12:00'), product: 'A' },
      { at: at('14:00'), good: 60 },
    ]);
    expect(report.why['performance']).toBeUndefined();
    expect(report.performance).toBe(180 / 480);
    expect(report.byProduct).toEqual([
      {
        product: 'A',
        runMs: 6 * HOUR,
        idealCycleMs: 60_000,
        counts: { produced: 180, good: 180, scrap: 0, rework: 0 },
      },
      {
        product: null,
        runMs: 2 * HOUR,
        idealCycleMs: null,
        counts: { produced: 0, good: 0, scrap: 0, rework: 0 },
      },
    ]);
  });

  it('OE3: parts of a product that did not run cannot be weighed by its time, whatever coverage is enough', () => {
    const parts = (product: string): readonly OeeObservation[] => [
      running('06:00'),
      { at: at('12:00'), state: 'stopped', product },
      { at: at('13:00'), good: 3 },
    ];
    expect(whyOf(parts('M'), { minCoverage: 0 })['performance']).toBe('noIdealCycle');
    expect(whyOf(parts('N'), { minCoverage: 0 })['performance']).toBe('noIdealCycle');
    expect(whyOf(parts('B'), { minCoverage: 0 })['performance']).toBeUndefined();
    const idle = [running('06:00'), { at: at('12:00'), state: 'stopped', product: 'M', good: 3 }];
    expect(reportOf(idle, { minCoverage: 0 }).performance).toBe(3 / 360);
  });

  it('OE10: a quality of 0 is an OEE of 0 also where nothing was planned', () => {
    const breaks = [WINDOW];
    const report = reportOf([running('06:00'), { at: at('07:00'), scrap: 5 }], { breaks });
    expect(report).toMatchObject({ quality: 0, oee: 0, interval: { worst: 0, best: 0 } });
    expect(report.why).toMatchObject({ availability: 'noPlannedTime' });
    expect(reportOf([]).why).toMatchObject({
      'interval.worst': 'noKnownTime',
      'interval.best': 'noKnownTime',
    });
  });
});

describe('products of a report', () => {
  it('OE2: those that ran or made parts are listed, and time without an order where it did', () => {
    const products = (
      observations: readonly OeeObservation[],
      changes?: Partial<OeeInput>,
    ): readonly string[] =>
      reportOf(observations, changes).byProduct.map(
        ({ product, runMs, idealCycleMs, counts }) =>
          `${product} ${runMs / HOUR} h ${idealCycleMs} ${counts.produced}`,
      );
    const waiting = { at: at('06:00'), state: 'idle', product: null };
    expect(products([waiting, running('08:00'), { at: at('09:00'), product: 'N', good: 4 }])).toEqual([
      'A 1 h 60000 4',
      'N 5 h null 0',
    ]);
    expect(products([waiting, { at: at('07:00'), good: 2 }, running('13:00', 'B')])).toEqual([
      'B 1 h 30000 0',
      'null 0 h null 2',
    ]);
    expect(products([waiting, { at: at('07:00'), product: 'B' }])).toEqual(['B 0 h 30000 0']);
    expect(products([running('06:00', null)])).toEqual(['null 8 h null 0']);
  });

  it('OE7: running time of products without an ideal is in no loss of speed', () => {
    const report = reportOf(
      [
        running('06:00'),
        { at: at('10:00'), product: 'N', good: 120, scrap: 12, rework: 8 },
        { at: at('14:00'), good: 50, scrap: 7 },
      ],
      { minCoverage: 0.5 },
    );
    expect(report.performance).toBeCloseTo(140 / 240, 12);
    expect(report.losses).toMatchObject({ reducedSpeed: 100 * MINUTE, defect: 20 * MINUTE, startup: 0 });
    expect(report.fullyProductiveMs).toBe((120 + 240) * MINUTE);
  });

  it('OE7: startup scrap is that of setup and of the startup time after it, by its instants', () => {
    const scrapped = (times: readonly string[], startupMs: number): number =>
      reportOf(
        [
          running('06:00'),
          { at: at('07:00'), state: 'setup' },
          { at: at('07:30'), state: 'running' },
          { at: at('07:50'), state: 'setup' },
          { at: at('08:00'), state: 'running' },
          ...times.map((time) => ({ at: at(time), scrap: 1 })),
        ],
        { startupMs },
      ).losses.startup / MINUTE;
    expect(scrapped(['07:00'], 0)).toBe(0);
    expect(scrapped(['07:01', '07:30'], 0)).toBe(2);
    expect(scrapped(['07:31'], 0)).toBe(0);
    expect(scrapped(['07:40', '07:41'], 10 * MINUTE)).toBe(1);
    expect(scrapped(['07:45', '08:05', '08:30', '08:31'], 30 * MINUTE)).toBe(3);
    expect(scrapped(['13:59'], 12 * HOUR)).toBe(1);
  });

  it('OE7: losses from cycle times are kept to 1/1024 ms', () => {
    const products = { A: { idealCycleMs: 1000 / 3 } };
    const report = reportOf([running('06:00'), { at: at('07:00'), good: 1, scrap: 1 }], { products });
    expect(report.losses.defect).toBe(Math.round((1000 / 3) * 1024) / 1024);
    const { fullyProductiveMs, losses } = report;
    expect(Object.values(losses).reduce((sum, ms) => sum + ms, fullyProductiveMs)).toBe(8 * HOUR);
  });
});

describe('stops of a report', () => {
  const lossesOf = (
    observations: readonly OeeObservation[],
    changes: Partial<OeeInput> = {},
  ): readonly string[] =>
    Object.entries(reportOf(observations, { minorStopMs: 5 * MINUTE, ...changes }).losses)
      .filter(([, ms]) => ms > 0)
      .map(([name, ms]) => `${name} ${ms / MINUTE}`);

  it('OE5: a stop is minor below the threshold, at it it is not; members make one stop', () => {
    const stop = (...members: readonly (readonly [string, string])[]): readonly OeeObservation[] => [
      running('06:00'),
      ...members.map(([time, state]) => ({ at: at(time), state })),
    ];
    expect(lossesOf(stop(['07:00', 'stopped'], ['07:04', 'running']))).toEqual(['minorStop 4']);
    expect(lossesOf(stop(['07:00', 'stopped'], ['07:05', 'running']))).toEqual(['unexplained 5']);
    expect(lossesOf(stop(['07:00', 'stopped'], ['07:03', 'starved'], ['07:05', 'running']))).toEqual([
      'external 2',
      'unexplained 3',
    ]);
    expect(
      lossesOf(stop(['07:00', 'idle'], ['07:02', 'setup'], ['07:12', 'blocked'], ['07:14', 'running'])),
    ).toEqual(['setup 10', 'minorStop 4']);
    expect(
      lossesOf(stop(['07:00', 'stopped'], ['07:04', 'unknown'], ['07:08', 'stopped'], ['07:10', 'running'])),
    ).toEqual(['unknown 4', 'minorStop 6']);
  });

  it('OE6: planned downtime comes before no order, no order before a minor stop, that before its reason', () => {
    const reasons = {
      service: { loss: 'plannedDowntime', failure: false },
      jam: { loss: 'breakdown', failure: false },
      material: { loss: 'external', failure: false },
    } as const;
    const stop = (minutes: number, reason: string, product: string | null): readonly OeeObservation[] => [
      { ...running('06:00', product) },
      { at: at('07:00'), state: 'stopped', reason },
      { at: at('07:00') + minutes * MINUTE, state: 'running' },
    ];
    expect(lossesOf(stop(4, 'service', null), { reasons })).toEqual(['plannedDowntime 4']);
    expect(lossesOf(stop(4, 'jam', null), { reasons })).toEqual(['noOrder 4']);
    expect(lossesOf(stop(4, 'jam', 'A'), { reasons })).toEqual(['minorStop 4']);
    expect(lossesOf(stop(6, 'jam', 'A'), { reasons })).toEqual(['breakdown 6']);
    expect(lossesOf(stop(6, 'material', 'A'), { reasons })).toEqual(['external 6']);
    expect(lossesOf(stop(6, 'breakdown', 'A'), { reasons })).toEqual(['breakdown 6']);
  });

  it('TI4: an order is busy through setup, stops and minor stops, not through what is not planned', () => {
    const report = reportOf(
      [
        running('06:00'),
        { at: at('07:00'), state: 'stopped' },
        { at: at('07:04'), state: 'setup' },
        { at: at('08:00'), state: 'stopped', reason: 'service' },
        { at: at('09:00'), state: 'notScheduled' },
        { at: at('10:00'), state: 'blocked' },
        { at: at('12:00'), state: 'running', product: null },
      ],
      {
        minorStopMs: 5 * MINUTE,
        minorStopsCount: 'availability',
        reasons: { service: { loss: 'plannedDowntime', failure: false } },
        breaks: [{ from: at('10:30'), to: at('11:00') }],
        plannedDowntime: [{ from: at('13:00'), to: at('14:00') }],
      },
    );
    expect(Object.fromEntries(Object.entries(report.times).map(([name, ms]) => [name, ms / MINUTE]))).toEqual(
      {
        POT: 60 + 4 + 56 + 60 + 90 + 120,
        PBT: 60 + 4 + 56 + 90 + 60,
        APT: 60 + 60,
        AUST: 56,
        AUPT: 176,
        ADET: 4 + 90,
        ADOT: 0,
        AUBT: 60 + 4 + 56 + 90 + 60,
        AOET: 60 + 4 + 56 + 90,
        unknown: 0,
        ranUnplanned: 60,
      },
    );
  });

  it('OE15: a failure begins in a window that holds its first instant and is repaired in one that holds its end', () => {
    const broken = [
      running('05:00'),
      { at: at('05:30'), state: 'stopped', reason: 'breakdown' },
      { at: at('06:30'), state: 'running' },
      { at: at('07:00'), state: 'idle' },
      { at: at('07:10'), state: 'stopped', reason: 'breakdown' },
      { at: at('07:30'), state: 'running' },
      { at: at('13:00'), state: 'stopped', reason: 'breakdown' },
      { at: at('14:00'), state: 'running' },
    ];
    const failures = (from: string, to: string): readonly (number | null)[] => {
      const { mtbfMs, mttrMs } = reportOf(broken, { window: { from: at(from), to: at(to) } });
      return [mtbfMs, mttrMs].map((ms) => ms && ms / MINUTE);
    };
    expect(failures('06:00', '14:00')).toEqual([(480 - 30 - 30 - 60) / 2, (60 + 30 + 60) / 3]);
    expect(failures('06:00', '13:59')).toEqual([(480 - 30 - 30 - 60) / 2, (60 + 30) / 2]);
    expect(failures('05:30', '06:30')).toEqual([0, 60]);
    expect(failures('06:30', '07:00')).toEqual([null, null]);
    expect(failures('07:00', '07:05')).toEqual([0, null]);
    expect(failures('13:00', '15:00')).toEqual([60, 60]);
  });
});
