import { simulatePolicy, type PolicyReport } from '@ms5/domain';
import { readPastCalls } from '../engine/log/past-calls.ts';
import { CliError } from './cli-error.ts';
import { describePolicyReport } from './escalation-report.ts';
import type { SimulateOptions } from './program.ts';
import { requirePlant } from './require-plant.ts';

/** Lets past calls happen again under the policies of a plant file, and prints what comes of it. */
export async function simulate(options: SimulateOptions): Promise<void> {
  const { config } = await requirePlant(options.plant);
  const past = readPastCalls(options.data);
  const from = instantOf('--from', options.from) ?? past[0]?.at ?? 0;
  const to = instantOf('--to', options.to) ?? (past.at(-1)?.at ?? from) + 1;
  if (to <= from) throw new CliError(`--to ${options.to ?? to} is not after --from ${options.from ?? from}.`);
  const report: PolicyReport = simulatePolicy(config, past, from, to);
  const text =
    options.json === true
      ? JSON.stringify(report, null, 2)
      : describePolicyReport(report, config.site.timeZone);
  process.stdout.write(`${text}\n`);
}

function instantOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new CliError(`${option} ${text} is no instant.`, ['Give one as 2026-03-01T06:00:00+01:00.']);
}
