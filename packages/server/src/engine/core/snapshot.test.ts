import { zstdDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { configOf } from '../../../test-support/running-core.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';
import type { LogSnapshot } from '../log/event-log.ts';
import { recover } from './recover.ts';
import { decodeSnapshot, encodeSnapshot, imageOf } from './snapshot.ts';

const START = Date.UTC(2026, 0, 14, 8);

const config = configOf(`
site: { id: works, name: Works, timeZone: UTC }
areas: [{ id: a, name: A, lines: [{ id: l, name: L, equipment: [{ id: e, name: E, states: simple, product: p }] }] }]
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: day, name: Day, days: [wed], from: "06:00", to: "14:00" }]
`);
const { memory } = recover(createMemoryEventLog('log'), config, START);
const snapshot = encodeSnapshot(memory, 'log');

/** What a restart goes on with; `undefined`: it cannot be read. */
function readAs(change: Partial<LogSnapshot>) {
  const restored = decodeSnapshot({ ...snapshot, ...change }, 'log');
  if (restored === undefined) return undefined;
  const { state, config: plant, pendingLines, offset, at } = restored.memory;
  return {
    plant,
    state,
    pendingLines,
    offset,
    at,
    image: imageOf(restored.memory, 'works', 'log'),
    hasTopics: restored.hasTopics,
  };
}

const { state, pendingLines, offset, at } = memory;
const image = imageOf(memory, 'works', 'log');
const whole = { plant: config, state, pendingLines, offset, at, image, hasTopics: true };

it('is read as the memory it was made of', () => {
  expect(readAs({})).toEqual(whole);
});

it('is read also from before it was compressed', () => {
  expect(readAs({ version: 'snapshot-3', data: zstdDecompressSync(snapshot.data) })).toEqual(whole);
});

it('is left where it is damaged or of an unknown form', () => {
  expect(readAs({ data: snapshot.data.subarray(0, snapshot.data.length >> 1) })).toBe(undefined);
  expect(readAs({ data: new Uint8Array(0) })).toBe(undefined);
  expect(readAs({ version: 'snapshot-5' })).toBe(undefined);
});
