import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.ts';
import { ENDPOINTS } from './messages.ts';

test('X4: hostile frames, messages and requests crash nothing, leave nothing, and harm nobody on any endpoint', async () => {
  const report = await runFuzz({ frames: 20_000, seed: 1 });
  expect(report.faults).toEqual([]);
  for (const endpoint of [...ENDPOINTS, 'http']) expect(report.sent[endpoint]).toBeGreaterThan(3_000);
  // Most of it is read, not only what ends a connection.
  expect(report.messagesTaken).toBeGreaterThan(5_000);
}, 300_000);
