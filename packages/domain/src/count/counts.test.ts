import { describe, expect, it } from 'vitest';

import type { LineFigures } from '../oee/line-figures.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import { lineProduction } from '../query/line-production.ts';
import { equipmentTimeline } from '../query/timelines.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';

function figuresOf({ state, config }: Drive, now: string): LineFigures {
  return lineFigures(state, config, LINE, at(now));
}

/** A filler that runs from 06:00 on. */
function running(changes: Parameters<typeof samplePlant>[0] = {}): Drive {
  const drive = createDrive(samplePlant(changes));
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
  return drive;
}

describe('counts', () => {
  it('CN1: increments add up; a sibling that is missing is 0', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('06:30'), good: 10 });
    drive.observe({ equipment: FILLER, at: at('06:30'), good: 5, scrap: 2 });
    drive.observe({ equipment: FILLER, at: at('06:20'), rework: 1 }, at('06:40'));
    const { counts, quality } = figuresOf(drive, '07:00');
    expect(counts).toMatchObject({ produced: 18, good: 15, scrap: 2, rework: 1 });
    expect(quality.value).toBeCloseTo(15 / 18, 12);
  });

  it('CN2: totals count by neighbours in event time; the first is the baseline', () => {
    const drive = running({ unitsPerCount: 6 });
    drive.observe({ equipment: FILLER, at: at('06:10'), counter: 1000, rejectCounter: 3 });
    drive.observe({ equipment: FILLER, at: at('06:40'), counter: 1100, rejectCounter: 4 });
    expect(figuresOf(drive, '07:00').counts.produced).toBe(600);
    drive.observe({ equipment: FILLER, at: at('06:20'), counter: 1030 }, at('06:50'));
    expect(figuresOf(drive, '07:00').counts).toMatchObject({ produced: 600, good: 594, scrap: 6 });
    const view = equipmentTimeline(drive.state, drive.config, FILLER, at('06:00'), at('07:00'), at('07:00'));
    expect('unknown' in view ? [] : view.parts).toEqual([
      { since: at('06:10'), at: at('06:20'), produced: 180, observed: true },
      { since: at('06:20'), at: at('06:40'), produced: 420, observed: true },
    ]);
  });

  it('CN2: of two totals at one instant the greater is the baseline, in either order', () => {
    for (const totals of [
      [1000, 1002],
      [1002, 1000],
    ]) {
      const drive = running();
      for (const counter of totals) drive.observe({ equipment: FILLER, at: at('06:10'), counter });
      drive.observe({ equipment: FILLER, at: at('06:40'), counter: 1010 });
      expect(figuresOf(drive, '07:00').counts.produced).toBe(8);
    }
  });

  it('CN3: a lower total is a reset, and counts from 0', () => {
    const drive = running();
    for (const [time, counter] of [
      ['06:10', 90],
      ['06:20', 100],
      ['06:30', 0],
      ['06:40', 7],
      ['06:50', 3],
    ] as const)
      drive.observe({ equipment: FILLER, at: at(time), counter });
    expect(figuresOf(drive, '07:00').counts.produced).toBe(10 + 0 + 7 + 3);
  });

  it('CN4: a count belongs to the time up to its instant, and to the product just before it', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('06:00'), good: 1 });
    drive.observe({ equipment: FILLER, at: at('07:00'), product: 'B', good: 100 });
    drive.observe({ equipment: FILLER, at: at('08:00'), good: 50, scrap: 0 });
    const { counts, performance } = figuresOf(drive, '08:00');
    expect(counts.produced).toBe(150);
    expect(performance.value).toBeCloseTo((100 * 1000 + 50 * 500) / (120 * MINUTE), 12);
  });

  it('CN5: parts made while nobody listened are known, shown, and no measure of speed', () => {
    const drive = running({ silentAfterMs: 5 * MINUTE });
    drive.observe({ equipment: FILLER, at: at('06:00'), counter: 0 });
    drive.observe({ equipment: FILLER, at: at('06:30'), counter: 900, heard: [[at('06:00'), at('06:30')]] });
    drive.observe({ equipment: FILLER, at: at('07:30'), counter: 4500 });
    const { counts, performance, flags, oee } = figuresOf(drive, '07:30');
    expect(counts).toMatchObject({ produced: 4500, unobserved: 3600 });
    expect(performance.value).toBeCloseTo(0.5, 12);
    expect(flags.codes).toEqual(['madeUnobserved', 'unknownTime']);
    expect(oee.value).toEqual({ unknown: 'noRejectSource' });
    const production = lineProduction(drive.state, drive.config, LINE, at('07:30'));
    expect(production).toMatchObject({ unobserved: { produced: 3600 }, counts: { produced: 4500 } });
    const view = equipmentTimeline(drive.state, drive.config, FILLER, at('06:00'), at('08:00'), at('07:30'));
    expect(view).toMatchObject({
      parts: [{ observed: true }, { at: at('07:30'), since: at('06:30'), produced: 3600, observed: false }],
      unobserved: [{ from: at('06:30'), to: at('07:30') }],
    });
  });

  it('CN6: with a counter, good is what is left after rejects; told good parts are ignored and flagged', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('06:00'), counter: 0 });
    drive.observe({ equipment: FILLER, at: at('06:30'), counter: 100, scrap: 4, rework: 1, good: 77 });
    const { counts, flags } = figuresOf(drive, '07:00');
    expect(counts).toMatchObject({ produced: 100, good: 95, scrap: 4, rework: 1 });
    expect(flags.codes).toContain('goodIgnored');
  });

  it('CN7: what is counted in breaks counts; outside the plan it is kept apart', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('10:15'), good: 5 });
    drive.observe({ equipment: FILLER, at: at('14:00'), good: 7 });
    expect(figuresOf(drive, '13:59').counts.produced).toBe(5);
    drive.observe({ equipment: FILLER, at: at('14:30'), good: 9 });
    const { counts } = shiftFigures(
      drive.state,
      drive.config,
      LINE,
      { from: at('06:00'), to: at('22:00') },
      at('22:00'),
    );
    expect(counts).toMatchObject({ produced: 12, unplanned: { produced: 9 } });
  });

  it("CN8: rejects at or after the constraint come out of the line's good parts", () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('06:30'), good: 98, scrap: 2 });
    drive.observe({ equipment: LABELLER, at: at('06:40'), good: 80, scrap: 6, rework: 2 });
    const { counts, quality } = figuresOf(drive, '07:00');
    expect(counts).toMatchObject({ produced: 100, good: 90, scrap: 8, rework: 2 });
    expect(quality.value).toBeCloseTo(0.9, 12);
  });

  it('CN9: a product holds until changed; none is no order; before the first it is the configured one', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('07:00'), state: 'idle', product: null });
    drive.observe({ equipment: FILLER, at: at('08:00'), product: 'B' });
    const { losses, times } = figuresOf(drive, '09:00');
    expect(losses.noOrder).toBe(60 * MINUTE);
    expect(times).toMatchObject({ ADOT: 60 * MINUTE, ADET: 60 * MINUTE, APT: 60 * MINUTE });
  });

  it('CN10: target and pace follow the plan, frozen in breaks', () => {
    const drive = running();
    drive.observe({ equipment: FILLER, at: at('06:30'), good: 1000, scrap: 10 });
    const production = lineProduction(drive.state, drive.config, LINE, at('10:20'));
    expect(production).toMatchObject({
      window: { from: at('06:00'), to: at('14:00') },
      counts: { produced: 1010, good: 1000, scrap: 10, rework: 0 },
      target: { count: 450 * 60, expectedByNow: 240 * 60 },
      ratePerHour: 250,
    });
    const unknownShift = lineProduction(drive.state, drive.config, LINE, at('15:00'));
    expect(unknownShift.counts).toEqual({ unknown: 'noShift' });
  });
});
