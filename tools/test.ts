// Runs every check and test of the repository, fast ones first, and prints the counts.
//   node tools/test.ts [step …]     only the named steps
// Exit status 0 only when everything passed. `CI=true`: a missing browser is a failure, never a skip.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT_FILE, type TestReport } from './test/report.ts';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Where the step's test runner writes its counts; without it the step is one check. */
  readonly report?: string;
}

const reports = await mkdtemp(join(tmpdir(), 'ms5-test-'));

function vitest(project: string): Step {
  const report = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=./tools/test/report.ts'];
  return { name: `test:${project}`, command: ['vitest', 'run', '--project', project, ...reporters], report };
}

const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'unused', command: ['knip'] },
  vitest('unit'),
  { name: 'dashboard', command: ['npm', 'run', '--silent', 'build', '-w', 'apps/dashboard'] },
  vitest('system'),
];

function run(step: Step): Promise<number> {
  const [program = '', ...parameters] = step.command;
  const env = { ...process.env, [REPORT_FILE]: step.report };
  const child = spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

/** What a step came to. A report that is missing, or names no failure of a run that failed, is a failure. */
async function outcomeOf(step: Step, exitCode: number): Promise<TestReport> {
  if (step.report === undefined) {
    const failures = exitCode === 0 ? [] : [`${step.name}: exit status ${exitCode}, see its output above`];
    return { passed: exitCode === 0 ? 1 : 0, failed: failures.length, skipped: 0, failures };
  }
  try {
    const report = JSON.parse(await readFile(step.report, 'utf8')) as TestReport;
    if (exitCode === 0 || report.failed > 0) return report;
    const failures = [`${step.name}: exit status ${exitCode} without a failed test, see its output above`];
    return { ...report, failed: 1, failures };
  } catch (error) {
    const failures = [`${step.name}: exit status ${exitCode}, no readable report (${String(error)})`];
    return { passed: 0, failed: 1, skipped: 0, failures };
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No such step: ${unknown.join(', ')}. Steps are: ${steps.map((step) => step.name).join(', ')}`,
  );
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
const failures: string[] = [];
const chosen = steps.filter((step) => wanted.length === 0 || wanted.includes(step.name));
for (const [index, step] of chosen.entries()) {
  console.log(`\n[${index + 1}/${chosen.length}] ${step.name}: ${step.command.slice(0, 4).join(' ')}`);
  const startedAt = Date.now();
  const exitCode = await run(step);
  const counts = await outcomeOf(step, exitCode);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  failures.push(...counts.failures);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  lines.push(
    `${step.name.padEnd(12)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${seconds.padStart(7)} s`,
  );
}
await rm(reports, { recursive: true, force: true });

console.log(`\n${lines.join('\n')}\n`);
for (const failure of failures) console.log(`FAILED ${failure}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
