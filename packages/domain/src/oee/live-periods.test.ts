import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hourStretches } from '../hour/hour-edges.ts';
import type { PlantConfig, ShiftConfig } from '../plant/plant.ts';
import type { PlanChangeKind } from '../plan/plan-change.ts';
import { PLAN_CHANGE_KINDS } from '../plan/plan-change.ts';
import { lineShiftsBetween } from '../shift/line-shifts.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { EARLY, FILLER, HOUR, LINE, MINUTE, samplePlant } from '../testing/sample-plant.ts';
import type { Interval } from '../time/interval.ts';
import { addDays, instantOf } from '../time/zone.ts';
import { combineFigures } from './combine-figures.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';

const ZONES = [
  'Europe/Berlin',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Apia',
] as const;

const ALL_DAY: ShiftConfig = { ...EARLY, id: 'all', from: '00:00', to: '00:00' };
const NIGHT: ShiftConfig = {
  ...EARLY,
  id: 'night',
  from: '22:00',
  to: '06:00',
  breaks: [{ from: '02:15', to: '02:45' }],
};

/** No lateness window and no shifts dropped: facts of the whole test stay. */
function plantIn(timeZone: string, shift: ShiftConfig): PlantConfig {
  const config = samplePlant(
    { silentAfterMs: 2 * HOUR, latenessWindowMs: 60 * HOUR },
    { site: { id: 's', name: 'S', timeZone }, shifts: [shift] },
  );
  return { ...config, lines: config.lines.map((line) => Object.assign({}, line, { shifts: [shift.id] })) };
}

function figures({ state, config }: Drive, window: Interval): OeeFigures {
  const result = figuresBetween(state, config, LINE, window, window.to + 60 * HOUR);
  if ('unknown' in result) throw new Error(result.unknown);
  return result;
}

function total(losses: OeeFigures['losses']): number {
  return Object.values(losses).reduce((sum, ms) => sum + ms, 0);
}

const CHANGES = [
  ['Europe/Berlin', '2024-03-31', 23, 7],
  ['Europe/Berlin', '2024-10-27', 25, 9],
  ['America/Chicago', '2024-03-10', 23, 7],
  ['America/Chicago', '2024-11-03', 25, 9],
  ['Australia/Lord_Howe', '2024-10-06', 23.5, 7.5],
  ['Australia/Lord_Howe', '2024-04-07', 24.5, 8.5],
] as const;

/** Any day of fifteen years anywhere, and one in three a day on which the clock changes, or the one before. */
const PLACE: fc.Arbitrary<readonly [zone: string, date: string]> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(...ZONES),
      fc.nat({ max: 5475 }).map((days) => addDays('2012-01-01', days)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...CHANGES), fc.constantFrom(0, -1))
      .map(([[zone, date], days]) => [zone, addDays(date, days)] as const),
  },
);

const HISTORY = fc.record({
  place: PLACE,
  shift: fc.constantFrom(ALL_DAY, NIGHT),
  said: fc.array(
    fc.record({
      minutes: fc.integer({ min: -120, max: 27 * 60 }),
      ms: fc.nat({ max: 59_999 }),
      state: fc.constantFrom(
        'running',
        'running',
        'stopped',
        'idle',
        'setup',
        'blocked',
        'starved',
        undefined,
      ),
      product: fc.constantFrom('A', 'B', null, undefined, undefined),
      good: fc.constantFrom(undefined, 3, 50, 400),
      scrap: fc.constantFrom(undefined, 0, 7),
    }),
    { maxLength: 16 },
  ),
  changes: fc.array(
    fc.record({
      change: fc.constantFrom<PlanChangeKind>(...PLAN_CHANGE_KINDS),
      from: fc.integer({ min: -60, max: 26 * 60 }),
      minutes: fc.integer({ min: 1, max: 300 }),
    }),
    { maxLength: 3 },
  ),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
});

type History = typeof HISTORY extends fc.Arbitrary<infer Value> ? Value : never;

/** Whole days of every length, so that none is left to chance. */
const DAYS_OF_EVERY_LENGTH: readonly History[] = [...CHANGES, ['Europe/Berlin', '2024-01-08']].map(
  ([zone, date]) => ({
    place: [zone, date],
    shift: ALL_DAY,
    said: [
      {
        minutes: 30,
        ms: 1,
        state: 'running',
        product: 'A',
        good: undefined,
        scrap: undefined,
      },
      {
        minutes: 700,
        ms: 0,
        state: 'stopped',
        product: undefined,
        good: 400,
        scrap: 7,
      },
    ],
    changes: [],
    cut: 0.1,
  }),
);

describe('any live history', () => {
  it('TI6: losses sum to the shift on days of every length, its parts add up to it, whatever people changed', () => {
    const lengths = new Set<number>();
    fc.assert(
      fc.property(HISTORY, ({ place: [zone, date], shift, said, changes, cut }) => {
        const config = plantIn(zone, shift);
        const drive = createDrive(config);
        const start = instantOf(date, shift.from, zone);
        for (const { minutes, ms, ...what } of [...said].sort(
          (a, b) => a.minutes - b.minutes || a.ms - b.ms,
        )) {
          const told = Object.fromEntries(Object.entries(what).filter(([, value]) => value !== undefined));
          drive.observe({ equipment: FILLER, at: start + minutes * MINUTE + ms, ...told });
        }
        for (const { change, from, minutes } of changes) {
          const stretch = { from: start + from * MINUTE, to: start + (from + minutes) * MINUTE };
          drive.command({ name: 'changePlan', line: LINE, change, ...stretch }, start + 30 * HOUR);
        }
        const instances = lineShiftsBetween(drive.state, config, LINE, start, start + 30 * HOUR);
        const own = instances.find(({ id }) => id === `${date}.${shift.id}`);
        // Samoa left out a day.
        if (own === undefined) return;
        const whole = figures(drive, own);
        if (changes.length === 0 && shift.id === 'all') lengths.add((own.to - own.from) / HOUR);
        expect(total(whole.losses)).toBe(own.to - own.from);
        const middle = Math.floor(own.from + cut * (own.to - own.from));
        const cuts = [
          [
            { from: own.from, to: middle },
            { from: middle, to: own.to },
          ].filter(({ from, to }) => to > from),
          hourStretches(own, zone),
        ];
        for (const parts of cuts) {
          const sum = combineFigures(parts.map((part) => figures(drive, part)));
          expect(sum.times).toEqual(whole.times);
          expect(sum.counts).toEqual(whole.counts);
          expect(sum.weights.failures).toEqual(whole.weights.failures);
          const { reducedSpeed, startup, defect, fullyProductive, ...standing } = sum.losses;
          expect(whole.losses).toMatchObject(standing);
          expect(reducedSpeed + startup + defect + fullyProductive).toBeCloseTo(
            whole.losses.reducedSpeed +
              whole.losses.startup +
              whole.losses.defect +
              whole.losses.fullyProductive,
            6,
          );
        }
      }),
      { numRuns: 1000, examples: DAYS_OF_EVERY_LENGTH.map((history) => [history]) },
    );
    expect([...lengths].sort((a, b) => a - b)).toEqual(expect.arrayContaining([23, 23.5, 24, 24.5, 25]));
  }, 60_000);
});

describe('shifts over the changes of the clock', () => {
  it.each([...CHANGES])(
    'TI7: in %s the engine closes the day %s with %d h and its night with %d h',
    (zone, date, dayHours, nightHours) => {
      const close = (shift: ShiftConfig, on: string): Readonly<Record<string, unknown>> => {
        const drive = createDrive(plantIn(zone, { ...shift, breaks: [] }));
        const start = instantOf(on, shift.from, zone);
        drive.tick(start);
        for (let now = start; now < start + 27 * HOUR; now += HOUR / 2) {
          drive.observe({ equipment: FILLER, at: now, state: 'running', good: 1800 });
          drive.tick(now + 1);
        }
        const ended = drive.log.find((event) => event.type === 'shiftEnded' && event.line === LINE);
        if (ended?.type !== 'shiftEnded') throw new Error('no shift ended');
        expect(ended.shiftId).toBe(`${on}.${shift.id}`);
        const calculated = drive.log.flatMap((event) =>
          event.type === 'oeeCalculated' && event.line === LINE && event.at <= ended.at ? [event] : [],
        );
        const hours = calculated.filter(({ period }) => period.kind === 'hour');
        expect(hours.reduce((sum, { weights }) => sum + weights.plannedMs, 0)).toBe(ended.at - ended.from);
        expect(hours.reduce((sum, { weights }) => sum + (weights.produced ?? 0), 0)).toBe(
          calculated.find(({ period }) => period.kind === 'shift')?.weights.produced,
        );
        return ended.figures;
      };
      expect(close(ALL_DAY, date)).toMatchObject({ times: { PBT: dayHours * HOUR, APT: dayHours * HOUR } });
      expect(close(NIGHT, addDays(date, -1))).toMatchObject({
        times: { PBT: nightHours * HOUR, APT: nightHours * HOUR },
      });
    },
  );
});
