import { describe, expect, it } from 'vitest';

import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { areaFigures } from './area-figures.ts';
import { combineFigures } from './combine-figures.ts';
import { computeEquipmentOee, computeLineOee } from './compute-oee.ts';
import { equipmentInputs, figuresBetween, lineFigures } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';
import type { EquipmentInput, LineInput, OeeObservation } from './oee-input.ts';
import { rollUp } from './roll-up.ts';
import type { Weights } from './weights.ts';

function weights(base: number, changes: Partial<Weights> = {}): Weights {
  return {
    calendarMs: base + 1,
    plannedMs: base + 2,
    unknownMs: base + 3,
    runMs: base + 4,
    setupMs: base + 5,
    delayMs: base + 6,
    downMs: base + 7,
    orderMs: base + 8,
    idealMs: base + 9,
    countedRunMs: base + 10,
    produced: base + 11,
    good: base + 12,
    scrap: base + 13,
    rework: base + 14,
    failures: { begun: base + 15, repaired: base + 16, repairMs: base + 17 },
    ...changes,
  };
}

describe('weights added up', () => {
  it('OE8: every time, count and failure is the sum of the pieces', () => {
    const sum = (index: number): number => 100 + 2000 + 2 * index;
    expect(rollUp([weights(100), weights(2000)]).weights).toEqual({
      calendarMs: sum(1),
      plannedMs: sum(2),
      unknownMs: sum(3),
      runMs: sum(4),
      setupMs: sum(5),
      delayMs: sum(6),
      downMs: sum(7),
      orderMs: sum(8),
      idealMs: sum(9),
      countedRunMs: sum(10),
      produced: sum(11),
      good: sum(12),
      scrap: sum(13),
      rework: sum(14),
      failures: { begun: sum(15), repaired: sum(16), repairMs: sum(17) },
    });
  });

  it('OE8: what one piece does not know is left out, of rejects it makes the sum unknown', () => {
    const nothing = { idealMs: null, produced: null, good: null, scrap: null, rework: null };
    expect(rollUp([weights(100), weights(2000, nothing)]).weights).toMatchObject({
      idealMs: 109,
      countedRunMs: 110,
      produced: 111,
      good: 112,
      scrap: null,
      rework: null,
    });
    expect(rollUp([weights(0, nothing), weights(100, nothing)]).weights).toMatchObject({
      ...nothing,
      countedRunMs: 0,
    });
  });

  it('OE8: parts without an ideal that took no running time cannot be weighed by it', () => {
    const unclear = { idealMs: null, runMs: 0, countedRunMs: 0 };
    const performance = (changes: Partial<Weights>): unknown =>
      rollUp([weights(100), weights(100, changes)], 0).performance;
    expect(performance({ ...unclear, produced: 1 })).toEqual({ unknown: 'noIdealCycle' });
    expect(performance({ ...unclear, produced: 0 })).toBe(109 / 110);
    expect(performance({ ...unclear, produced: null })).toBe(109 / 110);
    expect(performance({ ...unclear, runMs: 1, produced: 5 })).toBe(109 / 110);
    expect(performance({ runMs: 0, countedRunMs: 0, produced: 5 })).toBe((109 + 109) / 110);
  });

  it('OE8: a coverage at the stated one is enough; without any running or parts it is whole', () => {
    const known = weights(0, { runMs: 60, countedRunMs: 60, idealMs: 30, produced: 100, good: 90 });
    const unclear = weights(0, { runMs: 20, countedRunMs: 20, idealMs: null, produced: 25, good: null });
    const rolled = rollUp([known, unclear], 0.75);
    expect(rolled).toMatchObject({
      performance: 0.5,
      quality: 0.9,
      coverage: { performance: 0.75, quality: 0.8 },
    });
    expect(rollUp([known, unclear], 0.76).performance).toEqual({ unknown: 'insufficientCoverage' });
    expect(rollUp([known, unclear], 0.81).quality).toEqual({ unknown: 'insufficientCoverage' });
    expect(rollUp([weights(0, { runMs: 0, countedRunMs: 0, produced: 0, good: 0 })])).toMatchObject({
      coverage: { performance: 1, quality: 1 },
      performance: { unknown: 'noRunningTime' },
      quality: { unknown: 'noParts' },
    });
    expect(rollUp([]).quality).toEqual({ unknown: 'noParts' });
    const mtbf = (divisor?: 'failuresPlusOne'): unknown => rollUp([weights(0)], 1, divisor).ratios.mtbfMs;
    expect([mtbf(), mtbf('failuresPlusOne')]).toEqual([4 / 15, 4 / 16]);
  });
});

describe('figures added up', () => {
  const drive = createDrive(samplePlant());
  drive.observe({ equipment: FILLER, at: at('05:00'), state: 'running' });
  drive.observe({ equipment: FILLER, at: at('07:00'), good: 1800, scrap: 400, rework: 200 });
  drive.observe({ equipment: FILLER, at: at('07:30'), product: 'B', good: 900 });
  drive.observe({ equipment: FILLER, at: at('08:00'), state: 'unknown', good: 900 });
  const window = (from: string, to: string): OeeFigures => {
    const figures = figuresBetween(
      drive.state,
      drive.config,
      LINE,
      { from: at(from), to: at(to) },
      at('09:00'),
    );
    if ('unknown' in figures) throw new Error(figures.unknown);
    return figures;
  };

  it('OE8: those of the parts of a window are those of the window', () => {
    const { ratios, ...whole } = window('06:00', '09:00');
    const combined = combineFigures([window('06:00', '07:00'), window('07:00', '09:00')]);
    const { ratios: sum, coverage, ...rest } = combined;
    expect(rest).toEqual({ ...whole, byProduct: rest.byProduct, flags: rest.flags });
    expect(sum).toEqual(ratios);
    expect(coverage).toEqual({ performance: 1, quality: 1 });
    expect([...rest.flags].sort()).toEqual([...whole.flags].sort());
    expect(rest.byProduct).toEqual(whole.byProduct);
    expect(whole.byProduct).toEqual([
      {
        product: 'A',
        runMs: 1.5 * HOUR,
        idealCycleMs: 1000,
        counts: { produced: 3300, good: 2700, scrap: 400, rework: 200 },
      },
      {
        product: 'B',
        runMs: 0.5 * HOUR,
        idealCycleMs: 500,
        counts: { produced: 900, good: 900, scrap: 0, rework: 0 },
      },
    ]);
    expect(combined.interval.worst).toBeCloseTo(((combined.oee as number) * 2) / 3, 12);
  });

  it('OE8: an empty sum has no time and no parts', () => {
    const { times, counts, losses, byProduct, flags } = combineFigures([]);
    const zeros = (values: object): boolean => Object.values(values).every((value) => value === 0);
    const { unplanned, ...counted } = counts;
    expect([times, counted, unplanned, losses].map(zeros)).toEqual([true, true, true, true]);
    expect(Object.keys(losses)).toHaveLength(14);
    expect(Object.keys(times)).toHaveLength(11);
    expect([byProduct, flags]).toEqual([[], []]);
  });

  it('OE24: each area has its own lines, the site has all', () => {
    const now = at('08:00');
    const of = (areaId: string | null): unknown => {
      const { counted, left, asOf } = areaFigures(drive.state, drive.config, areaId, now);
      expect(asOf).toBe(now);
      return [counted, left.map(({ line }) => line)];
    };
    expect(of('pack')).toEqual([[LINE], []]);
    expect(of('cnc')).toEqual([[CNC_LINE], []]);
    expect(of(null)).toEqual([[LINE, CNC_LINE], []]);
    expect(of('store')).toEqual([[], []]);
    const evening = areaFigures(drive.state, drive.config, 'cnc', at('23:00'));
    expect([evening.counted, evening.left]).toEqual([[], [{ line: CNC_LINE, why: 'noShift' }]]);
  });

  it('OE24: below the least coverage, 0.8 unless configured, a figure is withheld', () => {
    const partly = (minutes: number, rollUpMinCoverage?: number): unknown => {
      const plant = samplePlant({}, rollUpMinCoverage === undefined ? {} : { rollUpMinCoverage });
      const other = createDrive(plant);
      other.observe({ equipment: FILLER, at: at('06:00'), state: 'running', good: 0 });
      other.observe({ equipment: FILLER, at: at('06:00') + minutes * MINUTE, good: 60 * minutes });
      const lathe = { equipment: 'cnc/two/lathe', state: 'ACTIVE', product: 'C' };
      for (let now = at('06:00'); now < at('06:00') + (100 - minutes) * MINUTE; now += MINUTE / 2)
        other.observe({ ...lathe, at: now, ...(now === at('06:00') ? { good: 1 } : {}) });
      other.observe({ ...lathe, at: at('06:00') + (100 - minutes) * MINUTE, state: 'STOPPED' });
      other.observe({ equipment: FILLER, at: at('06:00') + minutes * MINUTE, state: 'stopped' });
      return areaFigures(other.state, plant, null, at('06:00') + 100 * MINUTE).figures.performance;
    };
    expect(partly(80)).toBe(1);
    expect(partly(79)).toEqual({ unknown: 'insufficientCoverage' });
    expect(partly(79, 0.5)).toBe(1);
  });

  it('OE3: a line that is not there, or has no shift, has a reason instead of figures', () => {
    const { state, config } = drive;
    const nowhere = { from: at('06:00'), to: at('07:00') };
    expect(figuresBetween(state, config, 'pack/nine', nowhere, at('08:00'))).toEqual({
      unknown: 'unknownLine',
    });
    expect(equipmentInputs(state, config, 'pack/nine/x', nowhere, at('08:00'))).toEqual({
      unknown: 'unknownEquipment',
    });
    const none = { value: { unknown: 'noShift' } };
    const { losses, ...rest } = lineFigures(state, config, LINE, at('15:00'));
    const no = { produced: 0, good: 0, scrap: 0, rework: 0 };
    expect(rest).toEqual({
      window: none.value,
      asOf: { at: at('15:00') },
      availability: none,
      performance: none,
      quality: none,
      oee: { ...none, worst: none.value, best: none.value },
      times: {},
      counts: { ...no, unobserved: 0, unplanned: no },
      flags: { codes: [] },
    });
    expect(new Set(Object.values(losses))).toEqual(new Set([0]));
    expect(Object.keys(losses)).toHaveLength(14);
    expect(lineFigures(state, config, LINE, at('08:00'))).toMatchObject({
      window: { from: at('06:00'), to: at('14:00') },
      asOf: { at: at('08:00') },
      flags: { codes: [] },
    });
  });

  it('CN8: the figures of one equipment take no rejects of those after it', () => {
    const other = createDrive(samplePlant());
    other.observe({ equipment: FILLER, at: at('06:00'), state: 'running', counter: 0 });
    other.observe({ equipment: FILLER, at: at('07:00'), counter: 100 });
    other.observe({ equipment: LABELLER, at: at('07:00'), scrap: 10, rework: 5 });
    const hour = { from: at('06:00'), to: at('07:00') };
    const line = figuresBetween(other.state, other.config, LINE, hour, at('07:00'));
    expect(line).toMatchObject({ quality: 0.85, counts: { produced: 100, good: 85, scrap: 10, rework: 5 } });
    const own = equipmentInputs(other.state, other.config, FILLER, hour, at('07:00'));
    expect(own).toMatchObject({ downstream: [], startupMs: 0, minorStopsCount: 'performance', window: hour });
  });
});

describe('a line of a file', () => {
  const START = at('06:00');
  const machine = (
    equipment: string,
    observations: readonly OeeObservation[],
    changes: Partial<EquipmentInput> = {},
  ): EquipmentInput => ({
    equipment,
    window: { from: START, to: START + 4 * HOUR },
    products: { A: { idealCycleMs: 60_000 }, B: { idealCycleMs: 30_000 }, C: { idealCycleMs: 60_000 } },
    observations: [{ at: START, state: 'running', product: 'A' }, ...observations],
    ...changes,
  });
  const hour = (hours: number, what: Omit<OeeObservation, 'at'>): OeeObservation => ({
    at: START + hours * HOUR,
    ...what,
  });
  const line = (input: LineInput): Extract<ReturnType<typeof computeLineOee>, { status: 'computed' }> => {
    const result = computeLineOee(input);
    if (result.status === 'refused') throw new Error(result.refusal.message);
    return result;
  };

  it('OE17: is split where its product changes to one with another constraint, and only there', () => {
    const equipment = [
      machine('cutter', [hour(1, { scrap: 3 }), hour(2, { scrap: 5 }), hour(4, { scrap: 9 })]),
      machine('filler', [
        hour(1, { good: 60, product: 'C' }),
        hour(2, { good: 30, product: 'B' }),
        hour(3, { good: 30, scrap: 2, product: null }),
        hour(4, { good: 20 }),
      ]),
      machine('packer', [hour(2, { product: 'B', rework: 7 }), hour(3, { good: 60, product: 'A' })]),
    ];
    const { line: figures, equipment: own } = line({
      line: { constraint: 'filler', constraintByProduct: { B: 'packer' } },
      equipment,
    });
    expect(figures.constraints).toEqual([
      { equipment: 'filler', from: START, to: START + 2 * HOUR },
      { equipment: 'packer', from: START + 2 * HOUR, to: START + 3 * HOUR },
      { equipment: 'filler', from: START + 3 * HOUR, to: START + 4 * HOUR },
    ]);
    // Before the filler 3 + 5 and 9, before the packer 0 of the cutter and 2 of the filler.
    expect(figures.upstreamScrap).toBe(3 + 5 + 2 + 9);
    expect(figures.counts).toMatchObject({
      produced: 60 + 30 + 60 + 20,
      good: 60 + 30 - 7 + 60 + 20,
      rework: 7,
    });
    expect(Object.keys(own)).toEqual(['cutter', 'filler', 'packer']);
    expect(own['cutter']?.counts.scrap).toBe(17);
  });

  it('OE17: without other constraints its own carries all of the window', () => {
    const equipment = [machine('filler', [hour(2, { product: 'B' })]), machine('packer', [])];
    expect(line({ line: { constraint: 'packer' }, equipment }).line.constraints).toEqual([
      { equipment: 'packer', from: START, to: START + 4 * HOUR },
    ]);
  });

  it('OE8: the strictest coverage and the divisor of the first hold for all', () => {
    const stop = [
      hour(1, { state: 'stopped', reason: 'breakdown' }),
      hour(2, { state: 'running' }),
      hour(4, { good: 9 }),
    ];
    const half = machine('half', [...stop, hour(3, { product: 'N', good: 1 })], {
      minCoverage: 0.3,
      failureDivisor: 'failuresPlusOne',
    });
    const whole = machine('whole', stop, { minCoverage: 0.9 });
    const rolled = (inputs: readonly EquipmentInput[]): unknown => {
      const result = computeEquipmentOee(inputs);
      if (result.status === 'refused') throw new Error(result.refusal.message);
      const { performance, mtbfMs, why } = result.rollup;
      return [performance === null ? why['performance'] : 'known', mtbfMs && mtbfMs / HOUR];
    };
    expect(rolled([half])).toEqual(['known', 3 / 2]);
    expect(rolled([half, whole])).toEqual(['insufficientCoverage', 6 / 3]);
    expect(rolled([whole, half])).toEqual(['insufficientCoverage', 6 / 2]);
    const onLine = line({ line: { constraint: 'half' }, equipment: [half] }).line;
    expect(onLine.mtbfMs).toBe((3 / 2) * HOUR);
    expect(onLine.performance).not.toBeNull();
    expect(onLine.coverage.performance).toBeCloseTo(2 / 3, 12);
  });

  it('OE3: parts without a source of rejects leave the shares of rejects unknown, and assumed ones do not', () => {
    const counted = (assumeQuality: boolean): unknown => {
      const result = computeEquipmentOee([
        machine('a', [hour(0, { counter: 0 }), hour(4, { counter: 50 })], { assumeQuality }),
        machine('b', [], { assumeQuality }),
      ]);
      if (result.status === 'refused') throw new Error(result.refusal.message);
      const { quality, scrapRatio, why, coverage } = result.rollup;
      return [quality, scrapRatio, why['quality'], why['scrapRatio'], coverage.quality];
    };
    expect(counted(false)).toEqual([null, null, 'insufficientCoverage', 'noRejectSource', 0]);
    expect(counted(true)).toEqual([null, null, 'insufficientCoverage', 'noRejectSource', 0.5]);
  });
});
