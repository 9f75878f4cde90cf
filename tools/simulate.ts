// Runs simulated seeds, any number: faults of every kind against the hub (tier delivery) or the whole system.
//   npm run simulate -- --seeds 100000 --from 1 --tier delivery --workers 2 [--json] [--until-failure]
//   npm run simulate -- --tier system --from 42 --seeds 1 --trace       one seed, with everything that was said
//   npm run simulate -- --tier system --from 42 --seeds 1 --shrink      the fewest acts after which it still fails
// Exit status 0 only when no seed failed.
import { parseArgs } from 'node:util';
import { reproduction, runSeed, TIERS, type Tier } from '../test/simulation/run-seed.ts';
import { runSeeds } from '../test/simulation/seed-workers.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    tier: { type: 'string', default: 'delivery' },
    workers: { type: 'string', default: '2' },
    steps: { type: 'string' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'until-failure': { type: 'boolean', default: false },
  },
});
const tier: Tier | undefined = TIERS.find((name) => name === values.tier);
const from = Number(values.from);
const count = Number(values.seeds);
const steps = values.steps === undefined ? undefined : Number(values.steps);
if (tier === undefined || !Number.isInteger(from) || !Number.isInteger(count) || count < 1) {
  console.error(`simulate: expected --tier ${TIERS.join('|')} and whole numbers for --seeds and --from`);
  process.exit(2);
}

/** Acts before the faults cease decide whether a seed fails; fewer of them are easier to read. */
async function shrink(of: Tier, seed: number): Promise<number | null> {
  let failing: number | null = null;
  for (let low = 0, high = 300; low < high;) {
    const middle = (low + high) >>> 1;
    const { faults } = await runSeed(of, { seed, steps: middle });
    if (faults.length > 0) failing = high = middle;
    else low = middle + 1;
  }
  return failing;
}

if (values.shrink) {
  const least = await shrink(tier, from);
  console.log(least === null ? `seed ${from} does not fail` : reproduction(tier, from, least));
  process.exit(least === null ? 0 : 1);
}
if (values.trace || steps !== undefined) {
  const trace = values.trace ? (line: string): void => console.log(line) : undefined;
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const report = await runSeed(tier, { seed, steps, trace });
    console.log(JSON.stringify(report, null, 2));
    failed += report.faults.length > 0 ? 1 : 0;
  }
  process.exit(failed === 0 ? 0 : 1);
}

const startedAt = Date.now();
let shownAt = startedAt;
const perMinute = (run: number): number => Math.round((run * 60_000) / Math.max(1, Date.now() - startedAt));
const { run, failures, counts } = await runSeeds({
  tier,
  from,
  count,
  workers: Number(values.workers),
  stopsAtFailure: values['until-failure'],
  onProgress(done, failed) {
    if (values.json || Date.now() - shownAt < 5_000) return;
    shownAt = Date.now();
    console.error(`${done} of ${count} seeds, ${perMinute(done)} a minute, ${failed.length} failed`);
  },
});
const seconds = (Date.now() - startedAt) / 1000;
if (values.json) {
  console.log(JSON.stringify({ tier, from, run, seconds, perMinute: perMinute(run), failures, counts }));
} else {
  for (const { seed, faults } of failures)
    console.log(`seed ${seed}: ${faults.slice(0, 3).join('; ')}\n  ${reproduction(tier, seed)}`);
  console.log(
    `\ninjected: ${Object.entries(counts)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ')}`,
  );
  console.log(`${run} seeds of tier ${tier}, ${perMinute(run)} a minute, ${failures.length} failed`);
}
process.exit(failures.length === 0 ? 0 : 1);
