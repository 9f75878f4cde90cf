import { expect, it } from 'vitest';

import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, LATHE, LINE, at, samplePlant } from '../testing/sample-plant.ts';
import { areaFigures } from './area-figures.ts';

it('OE24: an area and the site are their lines’ times and counts, without what is in commissioning', () => {
  const config = samplePlant({}, { rollUpMinCoverage: 0.5 });
  const drive = createDrive(config);
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
  drive.observe({ equipment: FILLER, at: at('07:00'), good: 1800 });
  drive.observe({ equipment: FILLER, at: at('08:00'), good: 1800 });
  drive.observe({ equipment: LATHE, at: at('06:00'), state: 'STOPPED', good: 0 });
  for (let now = at('06:00'); now <= at('08:00'); now += 30_000)
    drive.observe({ equipment: LATHE, at: now, ...(now === at('07:00') ? { state: 'ACTIVE' } : {}) });
  const site = areaFigures(drive.state, config, null, at('08:00'));
  expect(site.counted).toEqual([LINE, CNC_LINE]);
  expect(site.figures.availability).toBe(0.75);
  // One hour of the lathe's made nothing: 1 h of ideal time in 3 h of running.
  expect(site.figures.performance).toBeCloseTo(1 / 3, 12);
  expect(site.figures.coverage).toEqual({ performance: 1, quality: 1 });
  expect(areaFigures(drive.state, config, 'pack', at('08:00')).figures.performance).toBe(0.5);
  expect(areaFigures(drive.state, config, null, at('15:00')).left).toEqual([
    { line: LINE, why: 'noShift' },
    { line: CNC_LINE, why: 'noShift' },
  ]);
  const trying = samplePlant({ commissioning: true });
  expect(areaFigures(drive.state, trying, null, at('08:00'))).toMatchObject({
    counted: [CNC_LINE],
    left: [{ line: LINE, why: 'commissioning' }],
  });
});
