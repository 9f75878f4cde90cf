import { expect, test } from 'vitest';
import { REGRESSIONS } from './regressions.ts';
import { runSeed } from './run-seed.ts';

test.each(REGRESSIONS)('$tier seed $seed: $was', async ({ tier, seed }) => {
  expect((await runSeed(tier, { seed })).faults).toEqual([]);
});
