import { describe, expect, it } from 'vitest';

import type { FactoryEvent, Observation } from '../engine/engine-types.ts';
import type { EquipmentConfig, PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import {
  CNC_LINE,
  EARLY,
  FILLER,
  HOUR,
  LABELLER,
  LINE,
  MINUTE,
  at,
  samplePlant,
} from '../testing/sample-plant.ts';
import { computeOee } from './compute-oee.ts';
import type { CountInput } from './count-sums.ts';
import { sumCounts } from './count-sums.ts';
import { factsOf } from './file-facts.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';
import type { OeeObservation } from './oee-input.ts';
import { linePeriods } from './periods.ts';
import { figuresReach } from './reach.ts';

type Said = Omit<Observation, 'receivedAt' | 'equipment' | 'at'>;

function live(
  config: PlantConfig,
  ...said: readonly (readonly [time: string, said: Said, equipment?: string])[]
): Drive {
  const drive = createDrive(config);
  for (const [time, what, equipment = FILLER] of said) drive.observe({ equipment, at: at(time), ...what });
  return drive;
}

function figures({ state, config }: Drive, from: string, to: string, now = to): OeeFigures {
  const result = figuresBetween(state, config, LINE, { from: at(from), to: at(to) }, at(now));
  if ('unknown' in result) throw new Error(result.unknown);
  return result;
}

function withEquipment(
  path: string,
  changes: Partial<EquipmentConfig>,
  filler: Partial<EquipmentConfig> = {},
): PlantConfig {
  const config = samplePlant(filler);
  return {
    ...config,
    equipment: config.equipment.map((each) => (each.path === path ? Object.assign({}, each, changes) : each)),
  };
}

describe('live figures', () => {
  it('OE12: a stop is provisional until the machine says otherwise', () => {
    const drive = live(
      samplePlant(),
      ['06:00', { state: 'running', good: 0 }],
      ['06:30', { state: 'stopped' }],
    );
    expect(figures(drive, '06:00', '07:00').flags).toEqual(['provisionalStop']);
    expect(figures(drive, '06:00', '06:20', '07:00').flags).toEqual([]);
    drive.observe({ equipment: FILLER, at: at('06:50'), state: 'running' });
    expect(figures(drive, '06:00', '06:40', '07:00').flags).toEqual([]);
    expect(figures(drive, '06:00', '07:00').flags).toEqual([]);
  });

  it('CN12: a total that rose by more than it can is flagged, of parts and of rejects', () => {
    const config = samplePlant({ maxPartsPerMinute: 60 });
    const totals = (counter: number, rejectCounter: number): readonly string[] =>
      figures(
        live(
          config,
          ['06:00', { state: 'running', counter: 0, rejectCounter: 0 }],
          ['06:10', { counter, rejectCounter }],
        ),
        '06:00',
        '07:00',
      ).flags;
    expect(totals(100, 5)).toEqual([]);
    expect(totals(50_000, 0)).toEqual(['countsQuarantined']);
    expect(totals(100, 50_000)).toEqual(['countsQuarantined']);
  });

  it('CN8: rejects after the constraint count in its own units, those before it and its own do not come twice', () => {
    const config = withEquipment(LABELLER, { unitsPerCount: 3 }, { unitsPerCount: 2 });
    const drive = live(
      config,
      ['06:00', { state: 'running', counter: 0, rejectCounter: 0 }],
      ['06:00', { rejectCounter: 0 }, LABELLER],
      ['07:00', { counter: 100, rejectCounter: 5 }],
      ['07:00', { rejectCounter: 4, scrap: 1, rework: 2 }, LABELLER],
    );
    // 200 parts; 10 rejects of the filler, 12 + 1 of the labeller, 2 to rework.
    expect(figures(drive, '06:00', '07:00').counts).toMatchObject({
      produced: 200,
      good: 175,
      scrap: 23,
      rework: 2,
    });
  });

  it('OE17: a constraint at the end of its line has nothing after it', () => {
    const config = samplePlant();
    const lines = config.lines.map((line) => Object.assign({}, line, { constraint: LABELLER }));
    const drive = live(
      { ...config, lines },
      ['06:00', { state: 'running' }, LABELLER],
      ['07:00', { good: 100 }, LABELLER],
      ['07:00', { scrap: 30 }],
    );
    expect(figures(drive, '06:00', '07:00').counts).toMatchObject({ produced: 100, good: 100, scrap: 0 });
  });

  it('OE23: an ideal that ends within a window leaves what follows without one', () => {
    const products = [
      {
        id: 'A',
        name: 'A',
        idealCycleMs: 1000,
        laterCycles: [
          { from: at('07:00'), idealCycleMs: null },
          { from: at('08:00'), idealCycleMs: 500 },
        ],
      },
      { id: 'B', name: 'B', idealCycleMs: 1000, laterCycles: [{ from: at('06:30'), idealCycleMs: 1 }] },
    ];
    const config = samplePlant({}, { products });
    const drive = live(
      config,
      ['06:00', { state: 'running' }],
      ['07:00', { good: 3600 }],
      ['08:00', { good: 1800 }],
      ['09:00', { good: 3600 }],
    );
    const whole = figures(drive, '06:00', '09:00');
    expect(whole.performance).toEqual({ unknown: 'insufficientCoverage' });
    expect(
      whole.byProduct.map(({ idealCycleMs, runMs, counts }) => [idealCycleMs, runMs / HOUR, counts.good]),
    ).toEqual([
      [1000, 1, 3600],
      [null, 1, 1800],
      [500, 1, 3600],
    ]);
    expect(figures(drive, '08:00', '09:00').performance).toBe(0.5);
    expect(figures(drive, '06:00', '07:00').performance).toBe(1);
  });

  it('OE23: a new ideal holds for a product that comes after it', () => {
    const later = [{ from: at('06:30'), idealCycleMs: 500 }];
    const products = [
      { id: 'A', name: 'A', idealCycleMs: 1000 },
      { id: 'B', name: 'B', idealCycleMs: 1000, laterCycles: later },
    ];
    const drive = live(
      samplePlant({}, { products }),
      ['06:00', { state: 'running' }],
      ['07:00', { good: 3600, product: 'B' }],
      ['08:00', { good: 7200 }],
    );
    expect(figures(drive, '06:00', '08:00').performance).toBe(1);
  });
});

describe('facts of a file', () => {
  const window = { from: at('06:00'), to: at('14:00') };
  const qualityOf = (...observations: readonly OeeObservation[]): unknown => {
    const result = computeOee({ window, products: {}, observations });
    return result.status === 'computed' ? (result.quality ?? result.why['quality']) : result.refusal;
  };

  it('OE3: scrap or rework told beside a total is a source of rejects, good parts are none', () => {
    const total = [
      { at: at('06:00'), state: 'running', product: 'A', counter: 0 },
      { at: at('07:00'), counter: 100 },
    ];
    expect(qualityOf(...total)).toBe('noRejectSource');
    expect(qualityOf(...total, { at: at('07:00'), good: 3 })).toBe('noRejectSource');
    expect(qualityOf(...total, { at: at('07:00'), scrap: 3 })).toBe(0.97);
    expect(qualityOf(...total, { at: at('07:00'), rework: 4 })).toBe(0.96);
    expect(qualityOf(...total, { at: at('08:00'), rejectCounter: 0 })).toBe(1);
  });

  it('OE15: a breakdown in a break only is no failure, however short', () => {
    const result = computeOee({
      window,
      breaks: [{ from: at('07:00'), to: at('08:00') }],
      products: {},
      observations: [
        { at: at('06:00'), state: 'running', product: 'A' },
        { at: at('07:00'), state: 'stopped', reason: 'breakdown' },
        { at: at('08:00'), state: 'running' },
      ],
    });
    expect(result).toMatchObject({ status: 'computed', mtbfMs: null, mttrMs: null });
  });

  it('CN5: figures look back to the total that was read last before their window', () => {
    const { states, produced } = factsOf([
      { at: 10, state: 'stopped' },
      { at: 20, counter: 1 },
      { at: 30, state: 'running' },
      { at: 40, counter: 2 },
    ]);
    const reach = (from: number): number => figuresReach(states, produced, { from, to: 100 }, 200).from;
    expect([reach(15), reach(25), reach(35), reach(40), reach(45)]).toEqual([10, 10, 20, 40, 40]);
  });
});

describe('parts that nobody saw being made', () => {
  function counted(changes: Partial<CountInput> & { readonly observations: readonly OeeObservation[] }) {
    const { observations, ...rest } = changes;
    return sumCounts({
      window: { from: 0, to: 100 },
      states: [],
      plan: [{ from: 0, to: 100, kind: 'planned' }],
      products: [{ from: 0, to: 100, product: 'A' }],
      source: { ...factsOf(observations), unitsPerCount: 2 },
      downstream: [],
      startupMs: 0,
      ...rest,
    });
  }
  const state = (from: number, to: number, name: 'running' | 'unknown' | 'stopped') =>
    ({ from, to, state: name, raw: null, reason: null }) as const;
  const totals = (
    ...readings: readonly (readonly [at: number, counter: number])[]
  ): readonly OeeObservation[] => readings.map(([instant, counter]) => ({ at: instant, counter }));

  it('CN5: are those of steps that hold more unknown than running time', () => {
    const step = (unknownMs: number): number =>
      counted({
        observations: totals([0, 0], [20, 1], [60, 6], [100, 9]),
        states: [
          state(0, 20, 'running'),
          state(20, 20 + unknownMs, 'unknown'),
          state(20 + unknownMs, 50, 'running'),
          state(50, 60, 'stopped'),
          state(60, 100, 'running'),
        ],
      }).unobserved;
    expect([step(1), step(15), step(16), step(30)]).toEqual([0, 0, 10, 10]);
  });

  it('CN5: belong to the product and the window they are read in', () => {
    const unknown = [state(0, 100, 'unknown')];
    const observations = totals([-20, 0], [0, 1], [30, 3], [60, 6], [100, 10], [140, 20]);
    const products = [
      { from: 0, to: 30, product: 'A' },
      { from: 30, to: 60, product: 'B' },
      { from: 60, to: 100, product: 'C' },
    ];
    const { byProduct, unobserved } = counted({ observations, states: unknown, products });
    expect([...byProduct].map(([product, each]) => [product, each.unobserved, each.counts.produced])).toEqual(
      [
        ['A', 4, 4],
        ['B', 6, 6],
        ['C', 8, 8],
      ],
    );
    expect(unobserved).toBe(18);
    expect(counted({ observations, states: unknown, window: { from: 30, to: 60 } }).unobserved).toBe(6);
  });

  it('CN5: are known to a counter only', () => {
    const observations = [{ at: 50, good: 7 }];
    expect(counted({ observations, states: [state(0, 100, 'unknown')] })).toMatchObject({
      unobserved: 0,
      total: { produced: 7 },
    });
  });
});

describe('what is no longer held', () => {
  const running = (): Drive => {
    const drive = live(samplePlant(), ['06:00', { state: 'running', good: 0 }]);
    drive.tick(at('06:00'));
    drive.observe({ equipment: FILLER, at: at('09:00'), good: 60 });
    return drive;
  };
  const parts = (drive: Drive, now: string): readonly string[] =>
    linePeriods(drive.state, drive.config, LINE, at(now)).map(
      ({ kind, from, isPart, figures: { weights } }) =>
        `${kind} ${(from - at('06:00')) / HOUR} ${weights.calendarMs / MINUTE}${isPart ? ' part' : ''}`,
    );

  it('OE18: what is left of older periods is marked, and what is all gone is not shown', () => {
    const drive = running();
    const facts = drive.state.equipment[FILLER];
    if (facts === undefined) throw new Error('no facts');
    facts.heldFrom = at('07:00');
    expect(parts(drive, '08:30')).toEqual([
      'hour 1 60',
      'hour 2 30',
      'shift 0 90 part',
      'day 0 90 part',
      'product 0 90 part',
    ]);
    facts.heldFrom = at('06:00');
    expect(parts(drive, '06:30')).toEqual(['hour 0 30', 'shift 0 30', 'day 0 30', 'product 0 30']);
  });

  it('OE19: what is only part is not recorded', () => {
    const drive = running();
    const facts = drive.state.equipment[FILLER];
    if (facts === undefined) throw new Error('no facts');
    facts.heldFrom = at('06:30');
    const ended = (events: readonly FactoryEvent[]): readonly string[] =>
      events.flatMap((event) =>
        event.type === 'oeeCalculated' && event.line === LINE
          ? [`${event.period.kind} ${event.period.from}`]
          : [],
      );
    expect(ended(drive.tick(at('14:00')).events)).toEqual(
      [7, 8, 9, 10, 11, 12, 13].map((hour) => `hour ${at('00:00') + hour * HOUR}`),
    );
  });

  it('PL10: a closed period is shown as closed, and no other', () => {
    const drive = running();
    drive.tick(at('14:00'));
    drive.command({ name: 'closePeriod', line: LINE, shiftId: '2024-01-08.early' }, at('15:00'), 'lee');
    const shown = linePeriods(drive.state, drive.config, LINE, at('22:30'));
    expect(shown.flatMap(({ kind, id, closed }) => (closed === null ? [] : [[kind, id, closed.id]]))).toEqual(
      [['shift', '2024-01-08.early', 'shift.2024-01-08.early']],
    );
  });

  it('OE18: a job that was moved has on a line only what it ran there', () => {
    const drive = running();
    const job = { name: 'startJob', line: LINE, workOrder: 'w', product: 'A', targetCount: 100 } as const;
    drive.command(job, at('06:00'));
    const runs = (): readonly string[] =>
      linePeriods(drive.state, drive.config, LINE, at('06:50')).flatMap(({ kind, from, to }) =>
        kind === 'job' ? [`${(from - at('06:00')) / MINUTE} ${(to - at('06:00')) / MINUTE}`] : [],
      );
    expect(runs()).toEqual(['0 50']);
    const own = drive.state.lines[LINE]?.jobs;
    const first = own?.[0];
    if (own === undefined || first === undefined) throw new Error('no job');
    own[0] = {
      ...first,
      runs: [{ line: CNC_LINE, from: at('05:00'), to: at('05:30') }, ...first.runs],
    } as typeof first;
    expect(runs()).toEqual(['0 50']);
  });

  it('OE18: of a shift that overtime made very long the last 26 hours are shown', () => {
    const shifts = [{ ...EARLY, days: ['mon' as const] }];
    const drive = live(samplePlant({}, { shifts }), ['06:00', { state: 'running', good: 0 }]);
    const stretch = { from: at('14:00'), to: at('14:00') + 40 * HOUR };
    drive.command({ name: 'changePlan', line: LINE, change: 'overtime', ...stretch }, at('14:00'));
    const hours = (now: number): readonly number[] =>
      linePeriods(drive.state, drive.config, LINE, now).flatMap(({ kind, from }) =>
        kind === 'hour' ? [(from - at('06:00')) / HOUR] : [],
      );
    expect(hours(at('10:30') + 24 * HOUR)).toEqual(Array.from({ length: 26 }, (_, index) => index + 3));
    expect(hours(at('08:30'))).toEqual([0, 1, 2]);
  });
});

describe('a standard that is beaten in several shifts', () => {
  it('OE22: is proposed once 24 h of them have come together, and a slow shift begins anew', () => {
    const half = { ...EARLY, from: '06:00', to: '18:00', breaks: [] };
    const drive = createDrive(samplePlant({}, { shifts: [half] }));
    const day = (index: number, parts: number): readonly unknown[] => {
      const start = at('06:00') + index * 24 * HOUR;
      drive.tick(start);
      const before = drive.log.length;
      drive.observe({ equipment: FILLER, at: start, state: 'running' });
      for (let hour = 1; hour <= 12; hour += 1) {
        drive.observe({ equipment: FILLER, at: start + hour * HOUR - 1, good: parts });
        drive.tick(start + hour * HOUR);
      }
      return drive.log.slice(before).filter(({ type }) => type === 'standardReviewProposed');
    };
    expect(day(0, 4000)).toEqual([]);
    expect(day(1, 3000)).toEqual([]);
    expect(day(2, 4000)).toEqual([]);
    expect(day(3, 4000)).toMatchObject([
      { product: 'A', runMs: 24 * HOUR, meanCycleMs: 900, idealCycleMs: 1000 },
    ]);
    expect(day(4, 4000)).toEqual([]);
  });
});
