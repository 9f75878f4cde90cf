import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { StateSegment } from '../equipment/timeline.ts';
import type { StateName } from '../plant/plant.ts';
import type { PlanKind } from '../shift/plan.ts';
import { stopsOf } from './stops.ts';
import type { TimeInput } from './time-buckets.ts';
import { sumTime, timePieces } from './time-buckets.ts';

const NO_TIME = {
  notScheduled: 0,
  break: 0,
  plannedDowntime: 0,
  unknown: 0,
  noOrder: 0,
  setup: 0,
  breakdown: 0,
  external: 0,
  unexplained: 0,
  minorStop: 0,
  running: 0,
};

function state(from: number, to: number, name: StateName, reason: string | null = null): StateSegment {
  return { from, to, state: name, raw: name, reason };
}

function plan(from: number, to: number, kind: PlanKind): TimeInput['plan'][number] {
  return { from, to, kind };
}

function input(changes: Partial<TimeInput>): TimeInput {
  return {
    window: { from: 0, to: 100 },
    states: [],
    plan: [plan(0, 100, 'planned')],
    products: [{ from: 0, to: 100, product: 'A' }],
    minorStopMs: 5,
    minorStopsCount: 'performance',
    reasons: new Map([['tools', { loss: 'setup', failure: false }]]),
    endsOpen: false,
    ...changes,
  };
}

describe('time in buckets', () => {
  it('PL6: without an order running and setup count as ever, and standing still is no order', () => {
    const result = sumTime(
      input({
        plan: [plan(0, 40, 'planned'), plan(40, 100, 'noOrder')],
        states: [
          state(0, 50, 'running'),
          state(50, 60, 'setup'),
          state(60, 63, 'stopped'),
          state(63, 70, 'unknown'),
          state(70, 100, 'idle'),
        ],
        endsOpen: true,
      }),
    );
    expect(result).toMatchObject({
      buckets: { ...NO_TIME, running: 50, setup: 10, unknown: 7, noOrder: 33 },
      setupMs: 10,
      delayMs: 0,
      minorInRunMs: 0,
      orderMs: 40,
      ranUnplannedMs: 0,
      provisional: false,
    });
    expect(result.runByProduct).toEqual(new Map([['A', 50]]));
  });

  it('OE6: a stop for a reason of setup is a loss of setup and a delay, not the machine’s own setup', () => {
    const stopped = {
      states: [state(0, 10, 'setup'), state(10, 30, 'stopped', 'tools'), state(30, 100, 'running')],
    };
    expect(sumTime(input(stopped))).toMatchObject({
      buckets: { ...NO_TIME, setup: 30, running: 70 },
      setupMs: 10,
      delayMs: 20,
      orderMs: 100,
    });
  });

  it('TI3: setup outside the plan is none', () => {
    const result = sumTime(
      input({ plan: [plan(0, 50, 'break'), plan(50, 100, 'planned')], states: [state(0, 60, 'setup')] }),
    );
    expect(result).toMatchObject({
      buckets: { ...NO_TIME, break: 50, setup: 10, unknown: 40 },
      setupMs: 10,
      ranUnplannedMs: 0,
    });
  });

  it('OE5: a minor stop counts as running of its product, or as a delay', () => {
    const stopped = { states: [state(0, 50, 'running'), state(50, 54, 'idle'), state(54, 100, 'running')] };
    const slow = sumTime(input(stopped));
    expect(slow).toMatchObject({ minorInRunMs: 4, delayMs: 0, orderMs: 100 });
    expect(slow.runByProduct).toEqual(new Map([['A', 100]]));
    const away = sumTime(input({ ...stopped, minorStopsCount: 'availability' }));
    expect(away).toMatchObject({ minorInRunMs: 0, delayMs: 4, orderMs: 100 });
    expect(away.runByProduct).toEqual(new Map([['A', 96]]));
  });

  it('TI2: where no plan, no product or no state is told, time is not scheduled, without order, or unknown', () => {
    expect(sumTime(input({ plan: [], states: [state(0, 100, 'running')] }))).toMatchObject({
      buckets: { ...NO_TIME, notScheduled: 100 },
      ranUnplannedMs: 100,
    });
    expect(sumTime(input({ products: [], states: [state(0, 100, 'stopped')] })).buckets).toEqual({
      ...NO_TIME,
      noOrder: 100,
    });
    expect(sumTime(input({})).buckets).toEqual({ ...NO_TIME, unknown: 100 });
    expect(sumTime(input({ states: [state(0, 30, 'running')] })).buckets).toEqual({
      ...NO_TIME,
      running: 30,
      unknown: 70,
    });
  });

  it('HI5: the pieces name their plan, product, state and stop, and follow each other', () => {
    const states = [state(0, 40, 'running'), state(40, 70, 'stopped'), state(70, 100, 'running')];
    const pieces = timePieces(
      input({
        states,
        plan: [plan(0, 60, 'planned'), plan(60, 100, 'break')],
        products: [{ from: 20, to: 100, product: 'B' }],
      }),
    );
    expect(
      pieces.map((piece) => [
        piece.from,
        piece.to,
        piece.bucket,
        piece.plan,
        piece.segment.state,
        piece.stop?.plannedMs,
      ]),
    ).toEqual([
      [0, 40, 'running', 'planned', 'running', undefined],
      [40, 60, 'unexplained', 'planned', 'stopped', 20],
      [60, 70, 'break', 'break', 'stopped', 20],
      [70, 100, 'break', 'break', 'running', undefined],
    ]);
    expect(pieces.map(({ product }) => product)).toEqual(['B', 'B', 'B', 'B']);
    expect(pieces[0]?.stop).toBeNull();
    expect(timePieces(input({})).map(({ segment }) => segment)).toEqual([
      { from: -Infinity, to: Infinity, state: 'unknown', raw: null, reason: null },
    ]);
  });
});

/** `[0, 100)` in stretches of different lengths. */
function stretches<Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<{ from: number; to: number; of: Value }[]> {
  return fc.array(fc.record({ ms: fc.integer({ min: 1, max: 40 }), of }), { minLength: 1 }).map((items) => {
    const found: { from: number; to: number; of: Value }[] = [];
    for (const item of items) {
      const from = found.at(-1)?.to ?? 0;
      if (from < 100) found.push({ from, to: Math.min(100, from + item.ms), of: item.of });
    }
    const last = found.at(-1);
    if (last !== undefined) last.to = 100;
    return found;
  });
}

describe('any window', () => {
  const names = fc.constantFrom<StateName>('running', 'stopped', 'idle', 'starved', 'setup', 'unknown');
  const kinds = fc.constantFrom<PlanKind>('planned', 'planned', 'break', 'notScheduled', 'noOrder');
  const any = fc.record({
    states: stretches(names),
    kinds: stretches(kinds),
    products: stretches(fc.constantFrom('A', 'B', null)),
    from: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 0, max: 50 }),
    minorStopMs: fc.integer({ min: 0, max: 30 }),
  });
  it('TI2: sums made at once are those of its pieces, and each piece is of the stop that holds its state', () => {
    fc.assert(
      fc.property(any, ({ states, kinds: planned, products, from, length, minorStopMs }) => {
        const given = input({
          window: { from, to: from + length },
          states: states.map((each) => state(each.from, each.to, each.of)),
          plan: planned.map((each) => plan(each.from, each.to, each.of)),
          products: products.map((each) => ({ from: each.from, to: each.to, product: each.of })),
          minorStopMs,
        });
        const pieces = timePieces(given);
        const stops = stopsOf(given);
        const buckets: Record<string, number> = { ...NO_TIME };
        let cursor = from;
        for (const piece of pieces) {
          expect(piece.from).toBe(cursor);
          cursor = piece.to;
          buckets[piece.bucket] = (buckets[piece.bucket] ?? 0) + piece.to - piece.from;
          expect(piece.stop).toEqual(stops.find(({ members }) => members.includes(piece.segment)) ?? null);
        }
        expect(cursor).toBe(from + length);
        expect(sumTime(given).buckets).toEqual(buckets);
      }),
    );
  });
});
