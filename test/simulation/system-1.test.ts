import { expect, test } from 'vitest';
import { failuresOf } from './run-seed.ts';

test('D8, R4, K2: whatever happens in the seeds of system-1, nothing is missing, repeated, out of order or wrongly shown', async () => {
  expect(await failuresOf('system', 1, 50)).toEqual([]);
}, 300_000);
