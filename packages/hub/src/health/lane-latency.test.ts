import { expect, test } from 'vitest';
import { LATENCY_BOUNDS_MS } from './histogram.ts';
import {
  createLaneLatencies,
  createLatencyTrack,
  noteAcknowledged,
  noteDue,
  noteHanded,
} from './lane-latency.ts';

const HIGH = 1;
const bucketOf = (boundMs: number): number => LATENCY_BOUNDS_MS.findIndex((bound) => bound === boundMs);

test('a session that waited counts once, with the age of the oldest change', () => {
  const latencies = createLaneLatencies();
  const track = createLatencyTrack();
  noteDue(track, HIGH, 1_000);
  noteDue(track, HIGH, 1_400);
  noteHanded(latencies, track, HIGH, 7, 1_450);
  noteHanded(latencies, track, HIGH, 8, 1_500);
  expect(latencies.handed[HIGH]?.counts[bucketOf(500)]).toBe(1);
  expect(latencies.handed[HIGH]?.sumMs).toBe(450);
  noteAcknowledged(latencies, track, 6, 1_600);
  expect(latencies.acknowledged[HIGH]?.sumMs).toBe(0);
  noteAcknowledged(latencies, track, 9, 1_700);
  noteAcknowledged(latencies, track, 10, 1_800);
  expect(latencies.acknowledged[HIGH]?.sumMs).toBe(700);
});

test('nothing that was not sent is counted, and above the last bound there is one more bucket', () => {
  const latencies = createLaneLatencies();
  const track = createLatencyTrack();
  noteDue(track, HIGH, 1);
  noteHanded(latencies, track, HIGH, -1, 50);
  expect(latencies.handed[HIGH]?.sumMs).toBe(0);
  noteDue(track, HIGH, 1);
  noteHanded(latencies, track, HIGH, 1, 60_001);
  expect(latencies.handed[HIGH]?.counts.at(-1)).toBe(1);
});
