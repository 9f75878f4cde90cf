import { describe, expect, it } from 'vitest';

import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, at, samplePlant } from '../testing/sample-plant.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';

function figures({ state, config }: Drive, from: string, to: string): OeeFigures {
  const result = figuresBetween(state, config, LINE, { from: at(from), to: at(to) }, at('20:00'));
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
});
