import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignalChange } from '@ms5/hub';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_HISTORY } from './settings.ts';
import { openTelemetryStore, type TelemetryStore } from './telemetry-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 14, 8);
const MILL = 'hall/mill/mill';

const directories: string[] = [];
const stores: TelemetryStore[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function open(): TelemetryStore {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-telemetry-'));
  directories.push(directory);
  const store = openTelemetryStore(directory);
  stores.push(store);
  return store;
}

function said(at: number, value: unknown, name = 'spindle'): SignalChange {
  const topic = `works/${MILL}/telemetry/${name}`;
  return { topic, at, value: new TextEncoder().encode(JSON.stringify(value)) };
}

test('values are kept as minimum, mean, maximum and last by minute, also when written in parts', () => {
  const store = open();
  store.take([said(START, 10), said(START + 1000, 40)]);
  store.flush();
  store.take([said(START + 2000, 25), said(START + MINUTE, 7)]);
  expect(store.names(MILL)).toEqual(['spindle']);
  expect(store.read(MILL, 'spindle', START, START + HOUR)).toEqual([
    {
      from: START,
      to: START + MINUTE,
      count: 3,
      min: 10,
      mean: 25,
      max: 40,
      last: 25,
      lastAt: START + 2000,
    },
    {
      from: START + MINUTE,
      to: START + 2 * MINUTE,
      count: 1,
      min: 7,
      mean: 7,
      max: 7,
      last: 7,
      lastAt: START + MINUTE,
    },
  ]);
});

test('texts have a last value only; what is no telemetry is left alone', () => {
  const store = open();
  store.take([said(START, 'O1234', 'program'), { ...said(START, 1), topic: 'works/hall/mill/oee' }]);
  expect(store.read(MILL, 'program', START, START + HOUR)).toMatchObject([
    { count: 1, min: null, mean: null, max: null, last: 'O1234' },
  ]);
  expect(store.names(MILL)).toEqual(['program']);
});

test('where minutes are no longer kept, hours are answered, without gap or overlap', () => {
  const store = open();
  for (let minute = 0; minute < 180; minute += 1) store.take([said(START + minute * MINUTE, minute)]);
  store.flush();
  store.prune(START + 3 * HOUR, { ...DEFAULT_HISTORY, minutesKeptMs: HOUR });
  const rows = store.read(MILL, 'spindle', START, START + 3 * HOUR);
  expect(rows).toHaveLength(2 + 60);
  for (const [index, row] of rows.entries()) expect(row.to).toBe(rows[index + 1]?.from ?? START + 3 * HOUR);
  expect(rows[1]).toMatchObject({ min: 60, max: 119, mean: 89.5, count: 60 });
});
