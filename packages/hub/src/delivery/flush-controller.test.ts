import { LANE_BUDGET_MS, LANES } from '@ms5/wire';
import { expect, test } from 'vitest';
import { afterFlush, afterIdle, createFlushPace, dueAt, restMs, type FlushPace } from './flush-controller.ts';

const HIGH = 1;
const NORMAL = 2;
const LOW = 3;

interface Flush {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Flushes a lane as often as it may while changes keep coming. */
function flushFor(
  totalMs: number,
  lane: number,
  costMs: (now: number, sinceMs: number) => number,
  writes = 0,
) {
  let pace: FlushPace = createFlushPace();
  let now = 0;
  const flushes: Flush[] = [];
  while (now < totalMs) {
    const startedAt = dueAt(pace, lane, now);
    const busyMs = costMs(startedAt, startedAt - (flushes.at(-1)?.startedAt ?? startedAt));
    const endedAt = startedAt + busyMs;
    flushes.push({ startedAt, endedAt });
    pace = afterFlush(pace, { lanes: [lane], startedAt, endedAt, busyMs, writes, groups: 1 });
    now = endedAt + 0.1;
  }
  return flushes;
}

/** The longest a change can wait: it comes right after a flush began, and goes at the end of the next. */
function longestWaitMs(flushes: readonly Flush[]): number {
  return Math.max(
    ...flushes.slice(1).map(({ endedAt }, index) => endedAt - (flushes[index]?.startedAt ?? 0)),
  );
}

function gapsMs(flushes: readonly Flush[]): readonly number[] {
  return flushes.slice(1).map(({ startedAt }, index) => startedAt - (flushes[index]?.startedAt ?? 0));
}

test('an idle lane is flushed at once, whatever its last flush cost', () => {
  const done = { lanes: [NORMAL], startedAt: 980, endedAt: 1_000, busyMs: 20, writes: 0, groups: 1 };
  const pace = afterFlush(createFlushPace(), done);
  expect(dueAt(createFlushPace(), NORMAL, 5)).toBe(5);
  expect(dueAt(pace, NORMAL, 1_000)).toBe(1_043);
  expect(dueAt(pace, NORMAL, 2_000)).toBe(2_000);
  expect(dueAt(pace, HIGH, 1_000)).toBe(1_000);
});

test('what was not due for a while is rest taken in advance, up to the budget', () => {
  const flush = (before: FlushPace, startedAt: number, busyMs: number): FlushPace => {
    const times = { startedAt, endedAt: startedAt + busyMs, busyMs };
    return afterFlush(afterIdle(before, LOW, startedAt), { lanes: [LOW], ...times, writes: 1, groups: 1 });
  };
  let pace = createFlushPace();
  // One in so many takes far longer than the others.
  for (const [index, startedAt] of Array.from({ length: 40 }, (_, step) => step * 20).entries()) {
    expect(dueAt(pace, LOW, startedAt)).toBe(startedAt);
    pace = flush(pace, startedAt, index === 15 ? 4 : 0.3);
  }
  pace = flush(pace, 10_000, 10);
  for (let flushes = 1; flushes * 90 <= LANE_BUDGET_MS.low; flushes += 1) {
    const now = 10_000 + flushes * 10;
    expect(dueAt(pace, LOW, now)).toBe(now);
    pace = flush(pace, now, 10);
  }
  expect(dueAt(pace, LOW, 10_060)).toBeGreaterThan(10_080);
});

test('a least rest is not taken in advance', () => {
  const pace = afterIdle(createFlushPace(), LOW, 1_000);
  const done = { lanes: [LOW], startedAt: 1_000, endedAt: 1_001, busyMs: 1, writes: 1, groups: 1 };
  const stretch = LANES.map(() => ({ budgetFactor: 1, leastRestMs: 30 }));
  expect(dueAt(afterFlush(pace, done, stretch), LOW, 1_001)).toBe(1_031);
});

test('a load step is met at once, and forgotten gradually', () => {
  const flushes = flushFor(4_000, NORMAL, (now) => (now > 1_000 && now < 2_000 ? 8 : 0.2));
  const between = (from: number, to: number) =>
    flushes.filter(({ startedAt }) => startedAt >= from && startedAt < to).length;
  expect(between(0, 1_000)).toBeGreaterThan(400);
  expect(between(1_000, 2_000)).toBeLessThan(20);
  expect(between(3_000, 4_000)).toBeGreaterThan(400);
});

test('under steady load the share of time spent flushing is a tenth, and does not swing', () => {
  const gaps = gapsMs(flushFor(5_000, NORMAL, () => 5));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1);
  expect(5 / (gaps.at(-1) ?? 0)).toBeCloseTo(0.1, 2);
});

test('nobody waits longer than the budget: for the flush under way, the rest, and the flush that takes the change', () => {
  for (const costMs of [2, 5, 10, 20, 30, 35]) {
    const waitMs = longestWaitMs(flushFor(5_000, NORMAL, () => costMs, 1_000));
    expect(waitMs, `${costMs} ms`).toBeLessThan(LANE_BUDGET_MS.normal);
  }
});

test('the more groups of sessions have turns of their own, the longer the rest', () => {
  const restAfter = (groups: number): number => {
    const done = { lanes: [NORMAL], startedAt: 0, endedAt: 20, busyMs: 20, writes: 0, groups };
    return dueAt(afterFlush(createFlushPace(), done), NORMAL, 20) - 20;
  };
  expect([1, 2, 4].map(restAfter)).toEqual([43, 53, 58]);
});

test('others that had turns between make a flush longer, and the rest shorter', () => {
  const done = { lanes: [NORMAL], startedAt: 0, endedAt: 30, busyMs: 12, writes: 0, groups: 1 };
  expect(dueAt(afterFlush(createFlushPace(), done), NORMAL, 30)).toBe(52);
});

test('flushes that cost what came since the one before settle, and leave the thread a share', () => {
  for (const share of [0.3, 0.5, 0.65]) {
    const flushes = flushFor(5_000, NORMAL, (_, sinceMs) => 5 + share * sinceMs, 1_000);
    const settled = gapsMs(flushes).slice(-10);
    expect(Math.max(...settled) - Math.min(...settled), `${share}`).toBeLessThan(1);
    expect(longestWaitMs(flushes.slice(-10)), `${share}`).toBeLessThan(LANE_BUDGET_MS.normal);
  }
  const busy = flushFor(20_000, NORMAL, () => 90).reduce((sum, one) => sum + one.endedAt - one.startedAt, 0);
  expect(busy / 20_000).toBeLessThan(0.85);
});

test('a lane with a small budget does not spend the thread on writes', () => {
  const flushes = flushFor(5_000, HIGH, () => 12, 1_000);
  expect(12 / (gapsMs(flushes).at(-1) ?? 0)).toBeLessThan(0.4);
});

test('no lane rests longer than its budget, critical never, and short rests are none', () => {
  const budgets = LANES.map((lane) => LANE_BUDGET_MS[lane]);
  const flush = (costMs: number) => ({ costMs, lengthMs: costMs, groupMs: costMs, writes: 0 });
  for (const costMs of [0.1, 1, 10, 100, 10_000])
    for (const [lane, budget] of budgets.entries())
      expect(restMs(lane, flush(costMs))).toBeLessThanOrEqual(budget);
  expect(LANES.map((_, lane) => restMs(lane, flush(10_000)))).toEqual(budgets);
  expect(restMs(0, flush(1_000))).toBe(0);
  expect(restMs(HIGH, flush(0.1))).toBe(0);
  expect(restMs(LOW, flush(1))).toBe(9);
});

test('the larger a flush, the more is left of the budget to those who read it', () => {
  const leftAfter = (costMs: number): number =>
    LANE_BUDGET_MS.normal - longestWaitMs(flushFor(5_000, NORMAL, () => costMs, 1_000));
  const left = [10, 20, 35].map(leftAfter);
  expect(left.every((ms, index) => ms > (left[index - 1] ?? 0))).toBe(true);
  expect(left.at(-1)).toBeGreaterThan(18);
  // Here the least rest takes of it.
  expect(leftAfter(40)).toBeGreaterThan(8);
});
