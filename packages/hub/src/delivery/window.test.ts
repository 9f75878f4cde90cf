import { WINDOW } from '@ms5/wire';
import { expect, test } from 'vitest';
import {
  ackDelayMs,
  createWindow,
  noteAck,
  noteSent,
  oldestSentAt,
  outstandingBytes,
  outstandingMessages,
  resized,
  roomIn,
} from './window.ts';

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
  expect([outstandingBytes(window), outstandingMessages(window), window.ackLagMs]).toEqual([0, 0, 20]);
});

test('however many messages are outstanding, each is found again, and the room they took is given back', () => {
  const window = createWindow(0);
  let acked = 0;
  for (let round = 1; round <= 40; round += 1) {
    for (let sent = 0; sent < 37; sent += 1) noteSent(window, round, round);
    acked += round < 20 ? 20 : 60;
    noteAck(window, Math.min(acked, window.sent), round);
  }
  expect(outstandingBytes(window)).toBe(0);
  expect(window.bytesSent).toBe((37 * 40 * 41) / 2);
  noteSent(window, 7, 50);
  noteSent(window, 9, 60);
  noteAck(window, window.sent - 1, 70);
  expect([window.ackLagMs, oldestSentAt(window), outstandingBytes(window)]).toEqual([20, 60, 9]);
  expect(window.ring.length).toBeLessThanOrEqual(64);
});

test('a window that was not full is not made smaller, and grows by what has arrived since it was sent', () => {
  const window = createWindow(0);
  noteSent(window, BULK, 0);
  noteAck(window, 1, 5_000);
  expect(window.bulkBytes).toBe(BULK);
  noteSent(window, BULK, 6_000);
  noteSent(window, BULK, 6_050);
  noteAck(window, 3, 6_160);
  expect(window.bulkBytes).toBe(2.5 * BULK);
  noteSent(window, BULK, 7_000);
  noteSent(window, BULK, 7_900);
  noteAck(window, 5, 8_000);
  expect(window.bulkBytes).toBe(2.5 * BULK);
  noteSent(window, 2 * BULK, 9_000);
  window.wasFull = true;
  noteAck(window, 6, 9_800);
  expect(window.bulkBytes).toBeLessThan(2 * BULK);
});

test('however fast the link, it grows fourfold at most at a time: a megabyte takes four acknowledgements', () => {
  const sizes = [BULK];
  for (let size = BULK; size < WINDOW.maxBulkBytes; sizes.push(size)) size = resized(size, size, 1);
  expect(sizes).toEqual([BULK, 4 * BULK, 16 * BULK, 64 * BULK, WINDOW.maxBulkBytes]);
});

test('the size settles at what drains in 200 ms', () => {
  const linkBytesPerMs = 32;
  let size = BULK;
  for (let round = 0; round < 20; round += 1) size = resized(size, size, size / linkBytesPerMs);
  expect(size / linkBytesPerMs).toBeCloseTo(WINDOW.drainMs, -1);
  expect(resized(4_096, 4_096, 60_000)).toBeGreaterThanOrEqual(WINDOW.minBulkBytes);
  expect(resized(WINDOW.maxBulkBytes, WINDOW.maxBulkBytes, 1)).toBe(WINDOW.maxBulkBytes);
});

test('what a sender rested between is not taken for the slowness of the link', () => {
  const window = createWindow(0);
  const acknowledged = (sentAt: number, bytes: number, ackAt: number): number => {
    noteSent(window, bytes, sentAt);
    window.wasFull = true;
    noteAck(window, window.sent, ackAt);
    return window.bulkBytes;
  };
  // Half a window every 100 ms, each on its way for 20 ms.
  for (let round = 0; round < 10; round += 1)
    acknowledged(100 * round, window.bulkBytes / 2, 100 * round + 20);
  expect(window.bulkBytes).toBe(WINDOW.maxBulkBytes);
});

test('a link is never taken for faster than it is by what was sent behind something else', () => {
  const linkBytesPerMs = 32;
  const window = createWindow(0);
  let now = 0;
  let freeAt = 0;
  const arrivals: { readonly at: number; readonly bytes: number }[] = [];
  let unacknowledged = 0;
  let received = 0;
  for (let round = 0; round < 400; round += 1) {
    while (roomIn(window, false) >= 1_024) {
      noteSent(window, 1_024, now);
      freeAt = Math.max(freeAt, now) + 1_024 / linkBytesPerMs;
      arrivals.push({ at: freeAt, bytes: 1_024 });
    }
    window.wasFull = true;
    const next = arrivals.shift();
    if (next === undefined) break;
    now = next.at;
    received += 1;
    unacknowledged += next.bytes;
    if (unacknowledged < window.bulkBytes / 2) continue;
    unacknowledged = 0;
    noteAck(window, received, now);
  }
  expect(window.bulkBytes / linkBytesPerMs).toBeGreaterThan(100);
  expect(window.bulkBytes / linkBytesPerMs).toBeLessThanOrEqual(WINDOW.drainMs + 1);
});

test('F1: acknowledgements by time are two thousand a second, or more where that asked for too long a wait', () => {
  expect([1, 1_000, 1_001, 3_000, 4_000, 100_000].map(ackDelayMs)).toEqual([
    500, 500, 501, 1_500, 2_000, 2_000,
  ]);
});
