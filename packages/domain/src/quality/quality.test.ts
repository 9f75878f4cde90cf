import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hourBoard } from '../hour/hour-board.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import type { CharacteristicConfig, ScrapAlertConfig } from '../plant/work-config.ts';
import { lineProduction } from '../query/line-production.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { lineChecks, lineQuality } from './quality-view.ts';

const WEIGHT: CharacteristicConfig = {
  id: 'weight',
  name: 'Net weight',
  kind: 'numeric',
  unit: 'g',
  target: 500,
  lower: 495,
  upper: 510,
  sampleSize: 1,
  rules: [],
  products: [],
  intervalMs: HOUR,
};
const SEAL: CharacteristicConfig = {
  id: 'seal',
  name: 'Seal',
  kind: 'passFail',
  products: ['B'],
  intervalMs: HOUR,
};
const ALERT: ScrapAlertConfig = { above: 0.1, clearAt: 0.05, windowMs: 30 * MINUTE, minParts: 20 };

function drive(characteristics: readonly CharacteristicConfig[] = [WEIGHT, SEAL]): Drive {
  const plant = samplePlant();
  const lines = plant.lines.map((line) =>
    line.path === LINE ? { ...line, characteristics, scrapAlert: ALERT } : line,
  );
  const defects = [
    { code: 'dent', name: 'Dent', group: 'surface' },
    { code: 'short', name: 'Short fill' },
  ];
  return createDrive({ ...plant, lines, defects });
}

const countsAt = (on: Drive, time: string): unknown =>
  lineProduction(on.state, on.config, LINE, at(time)).counts;

function check(on: Drive, time: string, value: number, characteristic = 'weight'): string | undefined {
  const command = { name: 'recordCheck', line: LINE, characteristic, values: [value] } as const;
  return on.command(command, at(time)).refusal?.code;
}

const typesOf = (on: Drive, prefix: string): readonly string[] =>
  on.log.map(({ type }) => type).filter((type) => type.startsWith(prefix));

describe('defects', () => {
  it('QU1: scrap and rework carry a defect the plant knows, and where on the line they were found', () => {
    const on = drive();
    on.observe({ equipment: FILLER, at: at('06:30'), state: 'running', good: 100 });
    const enter = { name: 'enterCount', line: LINE } as const;
    on.command({ ...enter, scrap: 3, defect: 'dent' }, at('07:00'), 'bob');
    on.command({ ...enter, scrap: 1, rework: 1, defect: 'short', equipment: LABELLER }, at('07:10'));
    on.command({ ...enter, scrap: 4 }, at('07:20'));
    const code = (more: object): unknown =>
      on.command({ ...enter, scrap: 1, ...more }, at('07:30')).refusal?.code;
    expect(code({ defect: 'dint' })).toBe('unknownDefect');
    expect(code({ equipment: 'cnc/two/lathe' })).toBe('unknownEquipment');
    expect(code({ scrap: 0, good: 1, defect: 'dent' })).toBe('invalidCount');
    const { defects, entries } = lineQuality(on.state, on.config, LINE, at('08:00'));
    expect(defects.codes).toEqual([
      { code: 'dent', name: 'Dent', scrap: 3, rework: 0 },
      { code: 'short', name: 'Short fill', scrap: 1, rework: 1 },
    ]);
    expect(entries.list.map(({ id, by }) => [id, by])).toEqual([
      ['entry-1', 'bob'],
      ['entry-2', 'ann'],
      ['entry-3', 'ann'],
    ]);
    expect(lineFigures(on.state, on.config, LINE, at('08:00')).quality.value).toBe((107 - 9) / 107);
  });

  it('JB11: an entry is corrected by an event of its own, at its time, and never below zero', () => {
    const on = drive();
    on.command({ name: 'enterCount', line: LINE, good: 50, scrap: 10 }, at('07:00'));
    const correct = { name: 'correctCount', line: LINE, entryId: 'entry-1' } as const;
    const code = (more: object): unknown => on.command({ ...correct, ...more }, at('08:00')).refusal?.code;
    expect(code({ good: -1 })).toBe('invalidCount');
    expect(code({ good: 50 })).toBe('nothingChanged');
    expect(code({ entryId: 'entry-9' })).toBe('unknownEntry');
    on.command({ ...correct, good: 5, note: 'a slip' }, at('08:00'), 'eve');
    expect(on.log.at(-1)).toEqual({
      type: 'countCorrected',
      entryId: 'entry-1',
      line: LINE,
      equipment: FILLER,
      at: at('07:00'),
      saidAt: at('08:00'),
      author: 'eve',
      note: 'a slip',
      before: { good: 50, scrap: 10, rework: 0 },
      after: { good: 5, scrap: 10, rework: 0 },
      good: -45,
      scrap: 0,
      rework: 0,
    });
    expect(countsAt(on, '08:00')).toEqual({ produced: 15, good: 5, scrap: 10, rework: 0 });
    on.command({ ...correct, good: 0, scrap: 0 }, at('08:10'));
    expect(countsAt(on, '08:10')).toEqual({ produced: 0, good: 0, scrap: 0, rework: 0 });
  });

  it('JB11: whatever is corrected, counts are those of the last word, and none is below zero', () => {
    const quantity = fc.integer({ min: 0, max: 50 });
    const words = fc.array(fc.tuple(fc.nat({ max: 2 }), quantity, quantity), { maxLength: 20 });
    fc.assert(
      fc.property(words, (said) => {
        const on = drive();
        const stands = [1, 2, 3].map((count) => ({ good: count, scrap: 0 }));
        for (const { good } of stands)
          on.command({ name: 'enterCount', line: LINE, good }, at('07:00') + good * MINUTE);
        for (const [entry, good, scrap] of said) {
          const command = { name: 'correctCount', line: LINE, entryId: `entry-${entry + 1}` } as const;
          on.command({ ...command, good, scrap }, at('08:00'));
          stands[entry] = { good, scrap };
        }
        const sum = (of: 'good' | 'scrap'): number => stands.reduce((total, each) => total + each[of], 0);
        expect(countsAt(on, '09:00')).toMatchObject({ good: sum('good'), scrap: sum('scrap') });
        for (const fact of on.state.equipment[FILLER]?.counts ?? []) {
          expect(fact.good).toBeGreaterThanOrEqual(0);
          expect(fact.scrap).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('JB10: the product of a stretch may be put right afterwards; its parts move to it', () => {
    const on = drive();
    on.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'A' });
    on.observe({ equipment: FILLER, at: at('07:30'), good: 100 });
    const change = { name: 'changeProduct', line: LINE, product: 'B' } as const;
    expect(on.command({ ...change, since: at('02:00') }, at('08:00')).refusal?.code).toBe('tooLate');
    expect(on.command({ ...change, since: at('08:02') }, at('08:00')).refusal?.code).toBe('inFuture');
    const before = lineFigures(on.state, on.config, LINE, at('08:00')).performance.value;
    on.command({ ...change, since: at('07:00') }, at('08:00'));
    expect(on.command({ ...change, since: at('07:30') }, at('08:00')).refusal?.code).toBe('nothingChanged');
    // 100 parts at 0.5 s rather than 1 s.
    expect(lineFigures(on.state, on.config, LINE, at('08:00')).performance.value).toBe(Number(before) / 2);
  });
});

describe('held parts', () => {
  it.each([
    ['increments', { good: 100 }],
    ['a counter', { counter: 100 }],
  ])('QU2: are not good until they are judged, by %s', (_, made) => {
    const on = drive();
    on.observe({
      equipment: FILLER,
      at: at('06:00'),
      state: 'running',
      ...('counter' in made ? { counter: 0 } : {}),
    });
    on.observe({ equipment: FILLER, at: at('07:00'), ...made });
    const hold = { name: 'holdParts', line: LINE, madeAt: at('07:00'), defect: 'dent' } as const;
    expect(on.command({ ...hold, count: 101 }, at('08:00')).refusal?.code).toBe('moreThanMade');
    on.command({ ...hold, count: 30 }, at('08:00'));
    expect(countsAt(on, '08:00')).toEqual({ produced: 100, good: 70, scrap: 0, rework: 30 });
    const release = { name: 'releaseParts', line: LINE, holdId: 'hold-1' } as const;
    expect(on.command({ ...release, good: 31 }, at('08:30')).refusal?.code).toBe('invalidCount');
    on.command({ ...release, good: 20, scrap: 4 }, at('08:30'));
    expect(countsAt(on, '08:30')).toEqual({ produced: 100, good: 90, scrap: 4, rework: 6 });
    expect(lineQuality(on.state, on.config, LINE, at('08:30')).holds.list).toMatchObject([
      { id: 'hold-1', held: 30, left: 6, product: 'A', defect: 'dent' },
    ]);
    on.command({ ...release, rework: 6 }, at('08:40'));
    expect(on.command({ ...release, good: 1 }, at('08:50')).refusal?.code).toBe('notHeld');
    expect(lineQuality(on.state, on.config, LINE, at('08:50')).holds.list).toEqual([]);
  });

  it('QU3: released in a later shift they belong to the one that made them', () => {
    const on = drive();
    on.observe({ equipment: FILLER, at: at('07:00'), state: 'running', good: 100 });
    on.command({ name: 'holdParts', line: LINE, madeAt: at('07:00'), count: 40 }, at('13:00'));
    const early = lineShiftAt(on.state, on.config, LINE, at('07:00'));
    if (early === null) throw new Error('no shift');
    const late = at('23:00');
    on.observe({ equipment: FILLER, at: late, good: 10 });
    on.tick(late);
    const ofEarly = (): unknown => shiftFigures(on.state, on.config, LINE, early, late).counts;
    expect(ofEarly()).toMatchObject({ produced: 100, good: 60, rework: 40 });
    on.command({ name: 'releaseParts', line: LINE, holdId: 'hold-1', good: 40 }, late);
    expect(ofEarly()).toMatchObject({ produced: 100, good: 100, rework: 0 });
    expect(countsAt(on, '23:00')).toMatchObject({ produced: 10, good: 10 });
  });

  it.each(['increments', 'a counter'])(
    'QU13: belong to the hours that made them, so that no hour has fewer good ones than none, by %s',
    (by) => {
      const made = fc.array(fc.nat(60), { minLength: 6, maxLength: 6 });
      const holds = fc.array(
        fc.record({
          share: fc.double({ min: 0.05, max: 1, noNaN: true }),
          good: fc.double({ min: 0, max: 1, noNaN: true }),
          bits: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 1, maxLength: 4 },
      );
      fc.assert(
        fc.property(made, holds, (parts, asked) => {
          const on = drive([]);
          const start = at('06:00');
          const now = start + 6 * HOUR;
          let total = 0;
          on.observe({
            equipment: FILLER,
            at: start,
            state: 'running',
            ...(by === 'a counter' && { counter: 0 }),
          });
          for (const [hour, count] of parts.entries()) {
            const when = start + hour * HOUR + 20 * MINUTE;
            total += count;
            on.observe({
              equipment: FILLER,
              at: when,
              ...(by === 'a counter' ? { counter: total } : { good: count }),
            });
            if (hour === 2) on.observe({ equipment: FILLER, at: when + 10 * MINUTE, product: 'B' });
          }
          on.tick(now);
          const rows = () => hourBoard(on.state, on.config, LINE, now);
          const check = (): void => {
            const shown = rows();
            for (const { good } of shown) expect(good).toBeGreaterThanOrEqual(0);
            expect(shown.map(({ good, scrap, rework }) => good + scrap + rework).slice(0, 6)).toEqual(parts);
          };
          for (const [index, { share, good, bits }] of asked.entries()) {
            const free = rows().reduce((sum, row) => sum + row.good, 0);
            const count = Math.ceil(free * share);
            if (count === 0) continue;
            on.command({ name: 'holdParts', line: LINE, count }, now);
            check();
            const holdId = `hold-${index + 1}`;
            for (let bit = 0; bit < bits; bit += 1) {
              const hold = lineQuality(on.state, on.config, LINE, now).holds.list.find(
                ({ id }) => id === holdId,
              );
              const judged = Math.min(hold?.left ?? 0, Math.ceil(count / bits));
              const ok = Math.floor(judged * good);
              if (judged > 0)
                on.command({ name: 'releaseParts', line: LINE, holdId, good: ok, scrap: judged - ok }, now);
              check();
            }
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  it('QU3: a job that carries the parts of that time carries the correction too', () => {
    const on = drive();
    on.command(
      { name: 'startJob', line: LINE, workOrder: 'W', product: 'A', targetCount: 9999 },
      at('06:00'),
    );
    on.observe({ equipment: FILLER, at: at('07:00'), state: 'running', good: 100 });
    on.command({ name: 'holdParts', line: LINE, madeAt: at('07:00'), count: 40 }, at('07:10'));
    for (let hour = 1; hour < 60; hour += 1) {
      on.observe({ equipment: FILLER, at: at('07:00') + hour * HOUR, good: 1 });
      on.tick(at('07:00') + hour * HOUR + 1);
    }
    const job = on.state.lines[LINE]?.jobs[0];
    expect(job?.runs[0]?.carriedTo).toBeGreaterThan(at('07:00'));
    const carried = job?.runs[0]?.carriedGood ?? 0;
    on.command({ name: 'releaseParts', line: LINE, holdId: 'hold-1', good: 40 }, at('07:00') + 60 * HOUR);
    expect(on.state.lines[LINE]?.jobs[0]?.runs[0]?.carriedGood).toBe(carried + 40);
  });
});

describe('checks', () => {
  it('QU4: a value on a limit is in it, one beyond is not; a check may just pass or fail', () => {
    const on = drive();
    on.tick(at('06:00'));
    check(on, '07:00', 495);
    check(on, '07:10', 510.01);
    const verdicts = (): unknown =>
      on.log.flatMap((event) => (event.type === 'qualityCheckRecorded' ? [event.verdict] : []));
    expect(verdicts()).toEqual(['inLimits', 'outOfLimits']);
    on.observe({ equipment: FILLER, at: at('07:20'), state: 'running', product: 'B' });
    on.command({ name: 'recordCheck', line: LINE, characteristic: 'seal', passed: false }, at('07:30'));
    expect(verdicts()).toEqual(['inLimits', 'outOfLimits', 'failed']);
    const [weight, seal] = lineChecks(on.state, on.config, LINE, at('07:30'));
    expect(weight).toMatchObject({ last: { id: 'check-2', values: [510.01] }, unit: 'g', target: 500 });
    expect(seal).toMatchObject({ last: { verdict: 'failed', by: 'ann', product: 'B' } });
    expect(weight?.chart?.points.map(({ mean }) => mean)).toEqual([495, 510.01]);
  });

  it('QU5: what does not fit the characteristic is refused', () => {
    const on = drive();
    const code = (more: object): unknown =>
      on.command({ name: 'recordCheck', line: LINE, characteristic: 'weight', ...more }, at('07:00')).refusal
        ?.code;
    expect(code({ characteristic: 'wait', values: [1] })).toBe('unknownCharacteristic');
    expect(code({ values: [1, 2] })).toBe('wrongSampleSize');
    expect(code({ values: [Number.NaN] })).toBe('wrongSampleSize');
    expect(code({ passed: true })).toBe('wrongCheck');
    expect(code({ characteristic: 'seal', passed: true })).toBe('otherProduct');
  });

  it('QU6: it falls overdue after its interval of planned time, once, until it is made', () => {
    const on = drive([WEIGHT]);
    on.tick(at('09:30'));
    check(on, '09:30', 500);
    // The break from 10:00 to 10:30 does not count.
    on.tick(at('10:59'));
    expect(typesOf(on, 'qualityCheckOverdue')).toEqual([]);
    expect(lineChecks(on.state, on.config, LINE, at('10:59'))).toMatchObject([
      { dueAt: at('11:00'), overdue: false },
    ]);
    on.tick(at('11:00'));
    on.tick(at('11:30'));
    expect(typesOf(on, 'qualityCheckOverdue')).toHaveLength(1);
    expect(lineChecks(on.state, on.config, LINE, at('11:30'))).toMatchObject([{ overdue: true }]);
    check(on, '11:40', 500);
    expect(lineChecks(on.state, on.config, LINE, at('11:41'))).toMatchObject([
      { dueAt: at('12:40'), overdue: false },
    ]);
  });

  it('QU6: one of another product is not due', () => {
    const on = drive([SEAL]);
    on.tick(at('06:00'));
    on.tick(at('09:00'));
    expect(typesOf(on, 'qualityCheckOverdue')).toEqual([]);
    on.observe({ equipment: FILLER, at: at('09:00'), state: 'running', product: 'B' });
    on.tick(at('09:59'));
    expect(typesOf(on, 'qualityCheckOverdue')).toEqual([]);
    on.tick(at('10:31'));
    expect(lineChecks(on.state, on.config, LINE, at('10:31'))).toMatchObject([{ dueAt: at('10:00') }]);
    expect(typesOf(on, 'qualityCheckOverdue')).toHaveLength(1);
  });

  it('QU7: an alert is raised by the newest check that is out of limits, once, and cleared by one that is in', () => {
    const on = drive();
    check(on, '07:00', 500);
    check(on, '07:30', 520);
    check(on, '07:40', 521);
    // One that came late changes nothing.
    check(on, '07:10', 500);
    expect(lineChecks(on.state, on.config, LINE, at('08:00'))[0]?.alert).toEqual({
      kind: 'outOfLimits',
      since: at('07:30'),
      checkId: 'check-2',
      rules: [],
    });
    check(on, '08:00', 500);
    expect(typesOf(on, 'qualityAlert')).toEqual(['qualityAlertRaised', 'qualityAlertCleared']);
    expect(lineChecks(on.state, on.config, LINE, at('08:00'))[0]?.alert).toBeUndefined();
  });

  it('QU12: rules of the control chart raise alerts only where they are asked for', () => {
    const process = { center: 500, sigma: 1 };
    const off = drive([{ ...WEIGHT, process }]);
    const on = drive([{ ...WEIGHT, process, rules: [1, 2] }]);
    for (const each of [off, on]) {
      check(each, '07:00', 500);
      check(each, '07:10', 504);
    }
    expect(typesOf(off, 'qualityAlert')).toEqual([]);
    expect(on.log.at(-1)).toMatchObject({ type: 'qualityAlertRaised', kind: 'controlRule', rules: [1] });
    check(on, '07:20', 502.5);
    expect(on.log.at(-1)).toMatchObject({ type: 'qualityAlertRaised', kind: 'controlRule', rules: [2] });
    check(on, '07:30', 500);
    expect(on.log.at(-1)).toMatchObject({ type: 'qualityAlertCleared' });
  });
});

describe('the scrap rate', () => {
  it('QU8: crosses its limit once, and back only at the lower one', () => {
    const on = drive();
    const make = (time: string, good: number, scrap: number): void => {
      on.observe({ equipment: FILLER, at: at(time), state: 'running', good, scrap });
      on.tick(at(time));
    };
    make('07:00', 5, 5);
    expect(lineQuality(on.state, on.config, LINE, at('07:00')).scrapRate).toEqual({ unknown: 'tooFewParts' });
    make('07:10', 15, 1);
    make('07:11', 5, 0);
    expect(lineQuality(on.state, on.config, LINE, at('07:11')).scrapRate).toMatchObject({ high: true });
    make('07:41', 93, 7);
    make('08:12', 96, 4);
    expect(
      on.log.flatMap((event) =>
        event.type === 'qualityThresholdCrossed' ? [[event.at, event.direction, event.scrapRate]] : [],
      ),
    ).toEqual([
      [at('07:10'), 'above', 6 / 26],
      [at('08:12'), 'below', 0.04],
    ]);
  });
});
