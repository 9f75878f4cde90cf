import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { equipmentStatus } from '../equipment/equipment-status.ts';
import { lineFigures } from '../oee/line-figures.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { CounterLimits } from './counter-step.ts';
import { NO_LIMITS } from './counter-step.ts';
import type { Reading } from './reading-facts.ts';
import { counterAnomalies, insertReading, readBetween } from './reading-facts.ts';

const SECOND = 1000;
/** 60 steps a minute at most. */
const LIMITED: CounterLimits = { rollsOverAt: 65_536, maxStepsPerMs: 1 / SECOND };

function read(
  totals: readonly (readonly [second: number, total: number])[],
  limits: CounterLimits,
): Reading[] {
  const readings: Reading[] = [];
  for (const [second, total] of totals) insertReading(readings, second * SECOND, total, limits);
  return readings;
}

function countedIn(readings: readonly Reading[]): number {
  return readBetween(readings, -1, Infinity);
}

const kinds = (readings: readonly Reading[]): readonly string[] =>
  counterAnomalies(readings, -1, Infinity).map(({ kind }) => kind);

describe('a counter', () => {
  it('CN11: that passes its largest value rolls over', () => {
    const readings = read(
      [
        [0, 65_530],
        [10, 65_535],
        [20, 3],
      ],
      LIMITED,
    );
    expect(countedIn(readings)).toBe(5 + 4);
    expect(counterAnomalies(readings, 0, Infinity)).toEqual([
      {
        at: 20_000,
        kind: 'rollover',
        before: 65_535,
        beforeAt: 10_000,
        total: 3,
        next: null,
        counted: 4,
        keptOut: 0,
      },
    ]);
  });

  it('CN11: that begins anew is reset and counts from 0', () => {
    const readings = read(
      [
        [0, 5000],
        [60, 5040],
        [120, 30],
        [180, 70],
      ],
      LIMITED,
    );
    expect(countedIn(readings)).toBe(40 + 30 + 40);
    expect(kinds(readings)).toEqual(['reset']);
  });

  it('CN11: that is wrong once is a glitch, up or down, with a known speed or without', () => {
    for (const limits of [LIMITED, NO_LIMITS]) {
      const up = read(
        [
          [0, 2000],
          [10, 599_999],
          [20, 2000],
          [30, 2005],
        ],
        limits,
      );
      expect([countedIn(up), kinds(up)]).toEqual([5, ['glitch']]);
      const down = read(
        [
          [0, 2000],
          [10, 0],
          [20, 2003],
        ],
        limits,
      );
      expect([countedIn(down), kinds(down)]).toEqual([3, ['glitch']]);
    }
  });

  it('CN11: that goes back counts again only beyond where it was', () => {
    const readings = read(
      [
        [0, 1000],
        [60, 1050],
        [61, 1020],
        [90, 1040],
        [120, 1060],
      ],
      LIMITED,
    );
    expect(countedIn(readings)).toBe(50 + 10);
    expect(kinds(readings)).toEqual(['replay']);
  });

  it('CN12: that rises more than it can is kept out until the next total shows that it was wrong', () => {
    const readings = read(
      [
        [0, 2000],
        [10, 9000],
      ],
      LIMITED,
    );
    expect([countedIn(readings), kinds(readings)]).toEqual([0, ['quarantined']]);
    insertReading(readings, 20_000, 2010, LIMITED);
    expect([countedIn(readings), kinds(readings)]).toEqual([10, ['glitch']]);
  });

  it('CN11: the order of arrival changes nothing', () => {
    const total = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(65_500, 65_530, 599_999));
    const totals = fc.uniqueArray(fc.tuple(fc.nat(100), total), {
      selector: ([second]) => second,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        totals,
        fc.constantFrom(LIMITED, NO_LIMITS),
        fc.infiniteStream(fc.nat()),
        (list, limits, keys) => {
          const shuffled = list
            .map((item) => [keys.next().value, item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
          const inOrder = list.toSorted(([a], [b]) => a - b);
          expect(read(shuffled, limits)).toEqual(read(inOrder, limits));
        },
      ),
    );
  });
});

describe('a jump that is kept out', () => {
  function jumped(): Drive {
    const drive = createDrive(samplePlant({ maxPartsPerMinute: 60, unitsPerCount: 2 }));
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', counter: 100 });
    drive.observe({ equipment: FILLER, at: at('06:10'), counter: 5000 });
    drive.observe({ equipment: FILLER, at: at('06:11'), counter: 5020 });
    return drive;
  }
  const judge = (drive: Drive, verdict: 'accepted' | 'discarded', readAt = at('06:10'), equipment = FILLER) =>
    drive.command(
      { name: 'judgeCount', line: LINE, equipment, counter: 'produced', readAt, verdict },
      at('06:30'),
    );
  const produced = ({ state, config }: Drive): number =>
    lineFigures(state, config, LINE, at('07:00')).counts.produced;

  it('CN12: is shown, flagged, and counts once a person accepts it', () => {
    const drive = jumped();
    const { state, config } = drive;
    expect(produced(drive)).toBe(40);
    expect(lineFigures(state, config, LINE, at('07:00')).flags.codes).toContain('countsQuarantined');
    expect(equipmentStatus(state, config, FILLER, at('07:00'))).toMatchObject({
      counter: { anomalies: [{ counter: 'produced', kind: 'quarantined', at: at('06:10'), keptOut: 4900 }] },
    });
    expect(judge(drive, 'accepted').events).toMatchObject([
      { type: 'countJudged', author: 'ann', steps: 4900 },
    ]);
    expect(produced(drive)).toBe(40 + 9800);
    expect(judge(drive, 'accepted').refusal).toMatchObject({ status: 'conflict', code: 'notQuarantined' });
  });

  it('CN12: counts nothing once a person discards it', () => {
    const drive = jumped();
    judge(drive, 'discarded');
    expect(produced(drive)).toBe(40);
    expect(lineFigures(drive.state, drive.config, LINE, at('07:00')).flags.codes).not.toContain(
      'countsQuarantined',
    );
  });

  it('CN12: is the only thing that can be judged', () => {
    const drive = jumped();
    expect(judge(drive, 'accepted', at('06:11')).refusal?.code).toBe('nothingToJudge');
    expect(judge(drive, 'accepted', at('06:10'), 'pack/one/robot').refusal?.code).toBe('unknownEquipment');
  });

  it('CN12: without a stated speed it is judged by 20 times the fastest ideal rate', () => {
    const drive = createDrive(samplePlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', counter: 0 });
    drive.observe({ equipment: FILLER, at: at('06:01'), counter: 2400 });
    drive.observe({ equipment: FILLER, at: at('06:01') + MINUTE, counter: 5000 });
    expect(produced(drive)).toBe(2400);
  });
});
