import type { HealthSample } from '@ms5/wire/factory';
import { expect, test } from 'vitest';
import { createHistory } from './history.ts';

const sampleAt = (at: number, figures: Partial<HealthSample> = {}): HealthSample => ({
  at,
  score: 1,
  degradationMax: 0,
  sessions: 0,
  sessionsCritical: 0,
  messagesPerS: 0,
  bytesPerS: 0,
  writesPerS: 0,
  entriesPerS: 0,
  commandsPerS: 0,
  receivedPerS: 0,
  flushShareMax: 0,
  eventLoopDelayP99MaxMs: 0,
  criticalHandedP99MaxMs: 0,
  highHandedP99MaxMs: 0,
  normalHandedP99MaxMs: 0,
  lowHandedP99MaxMs: 0,
  commitP99MaxMs: 0,
  queuedObservationsMax: 0,
  pendingMaxMs: 0,
  rssMaxBytes: 0,
  memoryShareMax: 0,
  alertsMax: 0,
  ...figures,
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test('samples of 10 s for an hour, of a minute for a day, bounded', () => {
  const history = createHistory();
  const end = 2 * DAY_MS;
  for (let at = 10_000; at <= end; at += 10_000) history.push(sampleAt(at));
  expect(history.read(end - HOUR_MS, end, 10_000)).toMatchObject({ stepMs: 10_000 });
  expect(history.read(end - HOUR_MS, end, 10_000).samples).toHaveLength(360);
  const day = history.read(end - DAY_MS, end, 60_000);
  expect(day.samples).toHaveLength(1_440);
  expect(history.read(0, end, 10_000).samples).toHaveLength(1_440);
  expect(history.read(end - 2 * HOUR_MS, end, 10_000).stepMs).toBe(60_000);
});

test('merged samples are means, and the highest of what is named so', () => {
  const history = createHistory();
  history.push(sampleAt(10_000, { sessions: 10, pendingMaxMs: 5 }));
  history.push(sampleAt(20_000, { sessions: 20, pendingMaxMs: 1 }));
  const { samples } = history.read(0, 30_000, 30_000);
  expect(samples).toMatchObject([{ at: 20_000, sessions: 15, pendingMaxMs: 5 }]);
});

test('nothing outside of the range asked for', () => {
  const history = createHistory();
  for (let at = 10_000; at <= 60_000; at += 10_000) history.push(sampleAt(at));
  expect(history.read(20_000, 40_000, 10_000).samples.map(({ at }) => at)).toEqual([30_000, 40_000]);
  expect(history.read(100_000, 200_000, 10_000).samples).toEqual([]);
});
