import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HOUR, MINUTE, at } from '../testing/sample-plant.ts';
import { computeEquipmentOee, computeLineOee, computeOee } from './compute-oee.ts';
import type { EquipmentInput, OeeInput, OeeObservation } from './oee-input.ts';
import type { OeeReport } from './report.ts';

const START = at('06:00');

function computed(input: OeeInput): OeeReport {
  const result = computeOee(input);
  if (result.status === 'refused') throw new Error(result.refusal.message);
  return result;
}

/** 120 h planned, running but for three breakdowns repaired in 2, 4 and 3 h. */
const FAILURES: OeeInput = {
  window: { from: START, to: START + 120 * HOUR },
  products: { A: { idealCycleMs: 1000 } },
  observations: [
    { at: START, state: 'running', product: 'A' },
    ...[
      [10, 2],
      [40, 4],
      [90, 3],
    ].flatMap(([hour = 0, repair = 0]) => [
      { at: START + hour * HOUR, state: 'stopped', reason: 'breakdown' },
      { at: START + (hour + repair) * HOUR, state: 'running' },
    ]),
  ],
};

describe('failures', () => {
  it('OE15: three breakdowns in 120 h: MTBF 37 h, MTTR 3 h', () => {
    const { availability, mtbfMs, mttfMs, mttrMs } = computed(FAILURES);
    expect(availability).toBeCloseTo(0.925, 12);
    expect([mtbfMs, mttfMs, mttrMs]).toEqual([37 * HOUR, 37 * HOUR, 3 * HOUR]);
    expect(computed({ ...FAILURES, failureDivisor: 'failuresPlusOne' }).mtbfMs).toBe((111 / 4) * HOUR);
  });

  it('OE15: minor stops, reasons that are no failures and stops outside the plan are none', () => {
    const input: OeeInput = {
      window: { from: START, to: START + 8 * HOUR },
      breaks: [{ from: START + 4 * HOUR, to: START + 5 * HOUR }],
      minorStopMs: 5 * MINUTE,
      products: {},
      reasons: { jam: { loss: 'breakdown', failure: false } },
      observations: [
        { at: START, state: 'running', product: 'A' },
        { at: START + HOUR, state: 'stopped', reason: 'breakdown' },
        { at: START + HOUR + 4 * MINUTE, state: 'running' },
        { at: START + 2 * HOUR, state: 'stopped', reason: 'jam' },
        { at: START + 3 * HOUR, state: 'running' },
        { at: START + 4 * HOUR, state: 'stopped', reason: 'breakdown' },
        { at: START + 5 * HOUR, state: 'running' },
      ],
    };
    const { mtbfMs, mttrMs, why } = computed(input);
    expect([mtbfMs, mttrMs]).toEqual([null, null]);
    expect(why).toMatchObject({ mtbfMs: 'noFailure', mttrMs: 'noRepair' });
  });

  it('OE15: a failure counts where it begins, its repair where it ends', () => {
    const cut = START + 11 * HOUR;
    const first = computed({ ...FAILURES, window: { from: START, to: cut } });
    const second = computed({ ...FAILURES, window: { from: cut, to: START + 30 * HOUR } });
    expect(first).toMatchObject({ mtbfMs: 10 * HOUR, mttrMs: null });
    expect(second).toMatchObject({ mtbfMs: null, mttrMs: 2 * HOUR });
  });
});

describe('ratios', () => {
  const input: OeeInput = {
    window: { from: START, to: START + 10 * HOUR },
    planned: [{ from: START, to: START + 8 * HOUR }],
    products: { A: { idealCycleMs: 60_000 } },
    observations: [
      { at: START, state: 'running', product: 'A' },
      { at: START + 4 * HOUR, state: 'setup' },
      { at: START + 5 * HOUR, state: 'stopped' },
      { at: START + 6 * HOUR, product: null, good: 180, scrap: 12, rework: 8 },
    ],
  };

  it('OE16: each is its formula of times and counts', () => {
    const report = computed(input);
    expect(report.times).toMatchObject({ PBT: 8 * HOUR, APT: 4 * HOUR, AUST: HOUR, ADET: HOUR });
    expect(report.times).toMatchObject({ ADOT: 2 * HOUR, AOET: 6 * HOUR });
    const performance = 200 / 240;
    const expected = {
      availability: 0.5,
      performance,
      quality: 0.9,
      neeIndex: (5 / 8) * performance * 0.9,
      teep: (0.5 * performance * 0.9 * 8) / 10,
      allocationEfficiency: 6 / 8,
      utilizationEfficiency: 4 / 6,
      technicalEfficiency: 4 / 5,
      setupRatio: 1 / 5,
      throughputPerHour: 200 / 6,
      scrapRatio: 0.06,
      reworkRatio: 0.04,
      firstPassYield: 0.9,
    };
    for (const [name, value] of Object.entries(expected))
      expect(report[name as keyof typeof expected], name).toBeCloseTo(value, 12);
  });

  it('OE16: what cannot be known is null with its reason', () => {
    const { why } = computed({ ...input, observations: [{ at: START, state: 'idle', product: null }] });
    expect(why).toMatchObject({
      utilizationEfficiency: 'noBusyTime',
      technicalEfficiency: 'noBusyTime',
      setupRatio: 'noRunningTime',
      throughputPerHour: 'noCounts',
      scrapRatio: 'noCounts',
      firstPassYield: 'noCounts',
      mtbfMs: 'noFailure',
    });
  });

  it('OE3: with a stated coverage the products with an ideal stand for all, and it is flagged', () => {
    const half: OeeInput = {
      window: { from: START, to: START + 8 * HOUR },
      products: { A: { idealCycleMs: 60_000 }, B: {} },
      observations: [
        { at: START, state: 'running', product: 'A' },
        { at: START + 6 * HOUR, product: 'B', good: 180 },
        { at: START + 8 * HOUR, good: 500 },
      ],
    };
    expect(computed(half).why['performance']).toBe('noIdealCycle');
    const covered = computed({ ...half, minCoverage: 0.75 });
    expect(covered.performance).toBeCloseTo(0.5, 12);
    expect(covered.flags).toContain('speedUnknown');
    expect(computed({ ...half, minCoverage: 0.76 }).performance).toBeNull();
  });
});

describe('several equipment', () => {
  const piece = (
    equipment: string,
    plannedMin: number,
    runMin: number,
    good: number,
    scrap: number,
    ideal: number,
  ) => ({
    equipment,
    window: { from: START, to: START + plannedMin * MINUTE },
    products: { A: { idealCycleMs: ideal } },
    observations: [
      { at: START, state: 'running', product: 'A' },
      { at: START + runMin * MINUTE, state: 'stopped' },
      { at: START + plannedMin * MINUTE, good, scrap },
    ],
  });

  it('OE8: the worked roll-up of three pieces', () => {
    const result = computeEquipmentOee([
      piece('a', 60, 30, 47, 3, 21_600),
      piece('b', 30, 27, 39, 1, 32_400),
      piece('c', 90, 85.5, 208, 2, 22_474.286),
    ]);
    if (result.status === 'refused') throw new Error(result.refusal.message);
    const { rollup, equipment } = result;
    const figures = [rollup.availability, rollup.performance, rollup.quality, rollup.oee];
    expect(figures.map((figure) => figure?.toFixed(6))).toEqual([
      '0.791667',
      '0.829895',
      '0.980000',
      '0.643860',
    ]);
    expect(Object.keys(equipment)).toEqual(['a', 'b', 'c']);
    expect(rollup.counts.produced).toBe(300);
    expect(rollup.times.PBT).toBe(180 * MINUTE);
    const window = Object.values(rollup.losses).reduce((sum, ms) => sum + ms, rollup.fullyProductiveMs);
    expect(window).toBeCloseTo(180 * MINUTE, 3);
  });

  it('OE13: equipment that is named twice is refused', () => {
    const result = computeEquipmentOee([piece('a', 60, 30, 1, 0, 1), piece('a', 60, 30, 1, 0, 1)]);
    expect(result).toMatchObject({ status: 'refused', refusal: { path: '[1].equipment' } });
    expect(computeEquipmentOee([])).toMatchObject({ status: 'refused' });
  });
});

describe('a line', () => {
  const machine = (equipment: string, observations: readonly OeeObservation[]) => ({
    equipment,
    window: { from: START, to: START + 8 * HOUR },
    products: { A: { idealCycleMs: 60_000 }, B: { idealCycleMs: 60_000 } },
    observations: [{ at: START, state: 'running', product: 'A' }, ...observations],
  });
  const end = START + 8 * HOUR;
  const line = [
    machine('cutter', [{ at: end, good: 470, scrap: 10 }]),
    machine('filler', [
      { at: START + 6 * HOUR, state: 'stopped' },
      { at: end, good: 300, scrap: 20 },
    ]),
    machine('packer', [{ at: end, good: 280, scrap: 4, rework: 6 }]),
  ];

  it('OE17: its constraint carries time and speed; rejects at or after it come out of its parts', () => {
    const result = computeLineOee({ line: { constraint: 'filler' }, equipment: line });
    if (result.status === 'refused') throw new Error(result.refusal.message);
    expect(result.line.availability).toBeCloseTo(0.75, 12);
    expect(result.line.performance).toBeCloseTo(320 / 360, 12);
    expect(result.line.quality).toBeCloseTo((320 - 20 - 10) / 320, 12);
    expect(result.line.upstreamScrap).toBe(10);
    expect(result.equipment['cutter']?.availability).toBe(1);
  });

  it('OE17: another constraint for another product splits the window where the product changes', () => {
    const [cutter, filler, packer] = line;
    if (cutter === undefined || filler === undefined || packer === undefined) throw new Error('three');
    const change = { at: START + 4 * HOUR, product: 'B' };
    const changed = ({ equipment, observations }: EquipmentInput): EquipmentInput =>
      machine(equipment, [...observations, change]);
    const equipment = [cutter, filler, packer].map(changed);
    const result = computeLineOee({
      line: { constraint: 'filler', constraintByProduct: { B: 'packer' } },
      equipment,
    });
    if (result.status === 'refused') throw new Error(result.refusal.message);
    expect(result.line.constraints.map(({ equipment: id }) => id)).toEqual(['filler', 'packer']);
    expect(result.line.availability).toBe(1);
    expect(result.line.times.PBT).toBe(8 * HOUR);
  });

  it('OE13: a constraint that is not there, or windows that differ, are refused', () => {
    expect(computeLineOee({ line: { constraint: 'x' }, equipment: line })).toMatchObject({
      status: 'refused',
      refusal: { path: 'line.constraint' },
    });
    const ending = (item: EquipmentInput, index: number): EquipmentInput =>
      Object.assign(machine(item.equipment, []), { window: { from: START, to: end + index } });
    const later = line.map(ending);
    expect(computeLineOee({ line: { constraint: 'filler' }, equipment: later })).toMatchObject({
      status: 'refused',
    });
  });
});

const MINUTES = fc.integer({ min: 0, max: 480 });
const observation = fc.record(
  {
    at: MINUTES.map((minute) => START + minute * MINUTE),
    state: fc.constantFrom('running', 'stopped', 'idle', 'setup', 'blocked', 'unknown', 'Held'),
    reason: fc.constantFrom('breakdown', 'other'),
    product: fc.constantFrom('A', 'B', null),
    good: fc.nat(50),
    scrap: fc.nat(5),
  },
  { requiredKeys: ['at'] },
) as fc.Arbitrary<OeeObservation>;

describe('any history', () => {
  it('TI2: losses sum to the window, and cutting it in two changes no sum', () => {
    fc.assert(
      fc.property(
        fc.array(observation, { maxLength: 40 }),
        fc.integer({ min: 1, max: 479 }),
        (list, minute) => {
          const input: OeeInput = {
            window: { from: START, to: START + 480 * MINUTE },
            breaks: [{ from: START + 100 * MINUTE, to: START + 130 * MINUTE }],
            minorStopMs: 7 * MINUTE,
            startupMs: 3 * MINUTE,
            products: { A: { idealCycleMs: 1000 }, B: { idealCycleMs: 2500.5 } },
            observations: list,
          };
          const cut = START + minute * MINUTE;
          const whole = computed(input);
          const parts = [
            computed({ ...input, window: { from: START, to: cut } }),
            computed({ ...input, window: { from: cut, to: input.window.to } }),
          ];
          const { fullyProductiveMs, losses } = whole;
          expect(Object.values(losses).reduce((sum, ms) => sum + ms, fullyProductiveMs)).toBe(480 * MINUTE);
          for (const name of Object.keys(whole.times))
            expect(parts.reduce((sum, part) => sum + (part.times[name] ?? 0), 0)).toBe(whole.times[name]);
          for (const name of ['produced', 'good', 'scrap', 'rework'] as const)
            expect(parts.reduce((sum, part) => sum + part.counts[name], 0)).toBe(whole.counts[name]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
