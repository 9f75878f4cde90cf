import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { computeOee, type OeeInput } from '@ms5/domain';
import { CliError, systemCode } from './cli-error.ts';
import { parseOeeInput } from './oee-input.ts';
import { oeeTable } from './oee-table.ts';
import type { OeeOptions } from './program.ts';

export async function oee(file: string, options: OeeOptions): Promise<void> {
  const input = parseOeeInput(file, await readInput(file));
  const result = computeOee(input as OeeInput);
  if (result.status === 'refused') throw new CliError(`${file}: ${result.refusal.message}`);
  const { status: _status, ...report } = result;
  process.stdout.write(options.table === true ? oeeTable(report) : `${JSON.stringify(report, null, 2)}\n`);
}

async function readInput(file: string): Promise<string> {
  if (file === '-') return readText(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new CliError(`${file} cannot be read (${systemCode(error)}).`, [
      'Expected a JSON file, or - for standard input.',
    ]);
  }
}
