import { expect, test } from 'vitest';
import { failuresOf } from './run-seed.ts';

test('D8, R1, R4: whatever happens in the seeds of delivery-1, nothing is missing, repeated, out of order or wrongly shown', async () => {
  expect(await failuresOf('delivery', 1, 450)).toEqual([]);
}, 300_000);
