import { LANE_BUDGET_MS, LANES } from '@ms5/wire';
import { expect, test } from 'vitest';
import { afterFlush, createFlushPace, dueAt, restMs, type FlushPace } from './flush-controller.ts';

const HIGH = 1;
const NORMAL = 2;

/** Flushes a lane as often as it may while changes keep coming; returns when each flush began. */
function flushFor(totalMs: number, lane: number, costMs: (now: number) => number): readonly number[] {
  let pace: FlushPace = createFlushPace();
  let now = 0;
  const starts: number[] = [];
  while (now < totalMs) {
    now = dueAt(pace, lane, now);
    starts.push(now);
    const tookMs = costMs(now);
    now += tookMs;
    pace = afterFlush(pace, { lanes: [lane], endedAt: now, tookMs, writes: 0 });
    now += 0.1;
  }
  return starts;
}

test('an idle lane is flushed at once, whatever its last flush cost', () => {
  const pace = afterFlush(createFlushPace(), { lanes: [NORMAL], endedAt: 1_000, tookMs: 50, writes: 0 });
  expect(dueAt(createFlushPace(), NORMAL, 5)).toBe(5);
  expect(dueAt(pace, NORMAL, 1_000)).toBe(1_100);
  expect(dueAt(pace, NORMAL, 2_000)).toBe(2_000);
  expect(dueAt(pace, HIGH, 1_000)).toBe(1_000);
});

test('a load step is met at once, and forgotten gradually', () => {
  const starts = flushFor(4_000, NORMAL, (now) => (now > 1_000 && now < 2_000 ? 8 : 0.2));
  const between = (from: number, to: number) => starts.filter((at) => at >= from && at < to).length;
  const before = between(0, 1_000);
  const during = between(1_000, 2_000);
  const after = between(3_000, 4_000);
  expect(before).toBeGreaterThan(400);
  expect(during).toBeLessThan(20);
  expect(after).toBeGreaterThan(400);
});

test('under steady load the share of time spent flushing is a tenth, and does not swing', () => {
  const starts = flushFor(5_000, NORMAL, () => 5);
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1);
  expect(5 / (gaps.at(-1) ?? 0)).toBeCloseTo(0.1, 2);
});

test('no lane rests longer than its budget, critical never, and short rests are none', () => {
  const budgets = LANES.map((lane) => LANE_BUDGET_MS[lane]);
  expect(LANES.map((_, lane) => restMs(lane, 1_000))).toEqual(budgets);
  expect(restMs(0, 1_000)).toBe(0);
  expect(restMs(HIGH, 0.1)).toBe(0);
});
