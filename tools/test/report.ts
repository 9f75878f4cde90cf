// What a run of vitest leaves for tools/test.ts: its counts, and everything that failed, by name.
// Vitest's own JSON report leaves out what no test caught (a rejection after a test ended, a worker that
// died), although that fails the run.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One entry for each failed test, file and uncaught error: where it was, and how its message begins. */
  readonly failures: readonly string[];
}

/** The variable that names the file to write. */
export const REPORT_FILE = 'MS5_TEST_REPORT';

const MESSAGE_LINES = 6;
/** Of an uncaught error the stack is the only trace to its cause. */
const STACK_LINES = 16;

/** An error as the worker sent it; vitest adds the test that ran when nobody caught it. */
interface UncaughtError extends SerializedError {
  readonly type?: string;
  readonly VITEST_TEST_NAME?: string;
  readonly VITEST_TEST_PATH?: string;
}

export default class TestReportWriter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    uncaught: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const path = process.env[REPORT_FILE];
    if (path === undefined)
      throw new Error(`${REPORT_FILE} must name the file that the report is written to`);
    writeFileSync(path, JSON.stringify(reportOf(modules, uncaught, reason)));
  }
}

function reportOf(
  modules: readonly TestModule[],
  uncaught: readonly SerializedError[],
  reason: TestRunEndReason,
): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  const failures: string[] = [];
  for (const module of modules) {
    const file = relative(process.cwd(), module.moduleId);
    for (const error of module.errors()) failures.push(`${file}: ${beginning(error.message, MESSAGE_LINES)}`);
    for (const test of module.children.allTests()) {
      const result = test.result();
      counts[result.state]++;
      if (result.state === 'failed') {
        const messages = result.errors.map((error) => error.message).join('\n');
        failures.push(`${file} > ${test.fullName}: ${beginning(messages, MESSAGE_LINES)}`);
      }
      // A test that the run ended before is one that nobody saw pass.
      if (result.state === 'pending') failures.push(`${file} > ${test.fullName}: did not run to its end`);
    }
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) {
        failures.push(`${file} > ${suite.fullName}: ${beginning(error.message, MESSAGE_LINES)}`);
      }
    }
  }
  failures.push(...uncaught.map(describeUncaught));
  if (reason !== 'passed' && failures.length === 0) failures.push(`the run ended as ${reason}`);
  return { passed: counts.passed, failed: failures.length, skipped: counts.skipped, failures };
}

function describeUncaught(error: UncaughtError): string {
  const where = error.VITEST_TEST_PATH ?? 'no test file';
  const during = error.VITEST_TEST_NAME === undefined ? '' : ` (while "${error.VITEST_TEST_NAME}" ran)`;
  const trace = error.stack ?? error.message;
  return `${relative(process.cwd(), where)}${during}: ${error.type ?? 'uncaught'}: ${beginning(trace, STACK_LINES)}`;
}

function beginning(text: string, lines: number): string {
  return text.split('\n').slice(0, lines).join('\n    ');
}
