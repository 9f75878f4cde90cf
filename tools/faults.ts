// Runs seeds of faults against real processes and sockets: a server that is killed and drained, clients that are
// stopped, links that are slow, break, die half.
//   npm run faults -- --runs 300 --from 1 [--lanes 3] [--json] [--until-failure]
//   npm run faults -- --runs 1 --from 42 --trace       one seed, with everything that was done to it
// Exit status 0 only when no seed failed.
import { parseArgs } from 'node:util';
import { reproduction, runFaults } from '../test/faults/run-faults.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    trace: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'until-failure': { type: 'boolean', default: false },
  },
});
const [count, from, lanes] = [values.runs, values.from, values.lanes].map(Number) as [number, number, number];
if (![count, from, lanes].every((value) => Number.isInteger(value) && value > 0)) {
  console.error('faults: expected whole numbers above 0 for --runs, --from and --lanes');
  process.exit(2);
}

const startedAt = Date.now();
let shownAt = startedAt;
let done = 0;
const reports = await runFaults({
  from,
  count,
  lanes,
  stopsAtFailure: values['until-failure'],
  ...(values.trace ? { trace: (line: string): void => console.log(line) } : {}),
  onReport({ seed, faults }) {
    done += 1;
    if (values.json) return;
    if (faults.length > 0)
      console.log(`seed ${seed}: ${faults.slice(0, 3).join('; ')}\n  ${reproduction(seed)}`);
    if (Date.now() - shownAt < 10_000) return;
    shownAt = Date.now();
    console.error(`${done} of ${count} runs`);
  },
});

const failures = reports.filter(({ faults }) => faults.length > 0);
const injected = new Map<string, number>();
for (const { counts } of reports)
  for (const [what, times] of Object.entries(counts)) injected.set(what, (injected.get(what) ?? 0) + times);
const took = reports.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
const summary = {
  from,
  run: reports.length,
  seconds: (Date.now() - startedAt) / 1_000,
  medianRunMs: took[took.length >> 1] ?? 0,
  longestRunMs: took.at(-1) ?? 0,
  peakResidentMb: Math.round(Math.max(...reports.map((report) => report.peakResidentBytes)) / 1e6),
  injected: Object.fromEntries([...injected].sort(([a], [b]) => (a < b ? -1 : 1))),
};
if (values.json) {
  console.log(
    JSON.stringify({ ...summary, failures: failures.map(({ seed, faults }) => ({ seed, faults })) }),
  );
} else {
  const all = Object.entries(summary.injected).map(([what, times]) => `${what} ${times}`);
  console.log(`injected: ${all.join(', ')}`);
  console.log(
    `${summary.run} runs in ${summary.seconds.toFixed(0)} s, one ${summary.medianRunMs} ms (at most ${summary.longestRunMs}), server at most ${summary.peakResidentMb} MB, ${failures.length} failed`,
  );
}
process.exit(failures.length === 0 ? 0 : 1);
