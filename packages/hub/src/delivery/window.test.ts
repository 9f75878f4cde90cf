import { WINDOW } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createWindow, noteAck, noteSent, outstandingBytes, resized, roomIn } from './window.ts';

const BULK = WINDOW.startBytes - WINDOW.criticalReserveBytes;

test('acknowledgements are cumulative and free what they cover', () => {
  const window = createWindow(0);
  for (const bytes of [100, 200, 300]) noteSent(window, bytes, 10);
  expect(roomIn(window, false)).toBe(BULK - 600);
  expect(roomIn(window, true)).toBe(WINDOW.startBytes - 600);
  expect(noteAck(window, 2, 20)).toBe('applied');
  expect(outstandingBytes(window)).toBe(300);
  expect(noteAck(window, 1, 21)).toBe('stale');
  expect(noteAck(window, 4, 22)).toBe('impossible');
  expect(noteAck(window, 3, 30)).toBe('applied');
  expect([outstandingBytes(window), window.ends.length, window.ackLagMs]).toEqual([0, 0, 20]);
});

test('a window that was not full is not made smaller, and grows by what has arrived since it was sent', () => {
  const window = createWindow(0);
  noteSent(window, BULK, 0);
  noteAck(window, 1, 5_000);
  expect(window.bulkBytes).toBe(BULK);
  noteSent(window, BULK, 6_000);
  noteSent(window, BULK, 6_050);
  noteAck(window, 3, 6_160);
  expect(window.bulkBytes).toBe(2 * BULK);
  noteSent(window, BULK, 7_000);
  noteSent(window, BULK, 7_900);
  noteAck(window, 5, 8_000);
  expect(window.bulkBytes).toBe(2 * BULK);
  noteSent(window, 2 * BULK, 9_000);
  window.wasFull = true;
  noteAck(window, 6, 9_800);
  expect(window.bulkBytes).toBeLessThan(2 * BULK);
});

test('the size settles at what drains in 200 ms', () => {
  const linkBytesPerMs = 32;
  let size = BULK;
  for (let round = 0; round < 20; round += 1) size = resized(size, size, size / linkBytesPerMs);
  expect(size / linkBytesPerMs).toBeCloseTo(WINDOW.drainMs, -1);
  expect(resized(4_096, 4_096, 60_000)).toBeGreaterThanOrEqual(WINDOW.minBulkBytes);
  expect(resized(WINDOW.maxBulkBytes, WINDOW.maxBulkBytes, 1)).toBe(WINDOW.maxBulkBytes);
});
