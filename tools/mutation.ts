// Mutation testing of the domain: one small mistake at a time is planted in a copy of the sources, and a test has to
// notice it. Those that none noticed are printed, then the scores; docs/guides/mutation.md tells what is left, and why.
//   npm run mutation [-- [--force] [--concurrency 2] oee shift/calendar.ts …]   folders or files of packages/domain/src
// What was found before is kept and holds as long as mutant and tests are the same; `--force` begins anew.
// Exit status 0 only when every score is at least that of `LEAST_SCORE`.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const FOLDERS = ['oee', 'shift', 'time', 'escalation'];
const LEAST_SCORE = 85;
const SOURCES = 'packages/domain/src';
const RESULTS = 'node_modules/.cache/mutation';
const CONFIG = 'tools/mutation/vitest.config.ts';
const COPIED = [
  'package.json',
  'tsconfig.base.json',
  'packages',
  'packages/domain',
  'packages/domain/**',
  'tools',
  'tools/mutation',
  'tools/mutation/**',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    force: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
  },
});

/** Percent of the mutants of a folder or file that its tests notice. */
async function scoreOf(path: string, sandbox: string): Promise<number> {
  // The tests to run: read by the configuration of vitest in the processes that run them.
  process.env['MS5_MUTATED'] = path;
  const results = await new Stryker({
    mutate: [
      path.endsWith('.ts') ? `${SOURCES}/${path}` : `${SOURCES}/${path}/*.ts`,
      `!${SOURCES}/**/*.test.ts`,
    ],
    // Copied to where mutants are planted: the domain and how it is tested, with all folders above them.
    ignorePatterns: ['**', ...COPIED.map((pattern) => `!${pattern}`)],
    tempDirName: sandbox,
    testRunner: 'vitest',
    plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
    vitest: { configFile: CONFIG, related: false },
    // Node and vite strip the types; there is nothing to type-check.
    disableTypeChecks: false,
    concurrency: Number(values.concurrency),
    // Endless loops are told by their count. This is for those that are not, on a machine with much else to do.
    timeoutMS: 20_000,
    incremental: true,
    incrementalFile: `${RESULTS}/${path.replaceAll('/', '-')}.json`,
    force: values.force,
    reporters: ['clear-text', process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    clearTextReporter: { allowColor: process.stdout.isTTY, logTests: false, reportTests: false },
  }).runMutationTest();
  const counted = results.filter(({ status }) => status !== 'Ignored' && !status.endsWith('Error'));
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  return (100 * noticed.length) / counted.length;
}

const sandbox = await mkdtemp(join(tmpdir(), 'ms5-mutation-'));
const scores: [path: string, score: number][] = [];
for (const path of positionals.length > 0 ? positionals : FOLDERS) {
  console.log(`\n${SOURCES}/${path}`);
  scores.push([path, await scoreOf(path, sandbox)]);
}
await rm(sandbox, { recursive: true, force: true });
console.log();
for (const [path, score] of scores) console.log(`${path.padEnd(24)} ${score.toFixed(1).padStart(5)} %`);
process.exit(scores.every(([, score]) => score >= LEAST_SCORE) ? 0 : 1);
