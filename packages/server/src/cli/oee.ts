import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import {
  computeEquipmentOee,
  computeLineOee,
  computeOee,
  type EquipmentInput,
  type LineInput,
  type OeeInput,
} from '@ms5/domain';
import { CliError, systemCode } from './cli-error.ts';
import { parseCsvSettings, parseOeeCsv, parseOeeInput, type CsvSettings, type OeeFile } from './oee-input.ts';
import { oeeTable } from './oee-table.ts';
import type { OeeOptions } from './program.ts';

export async function oee(file: string, options: OeeOptions): Promise<void> {
  const content = await readInput(file);
  const input =
    options.csv === true
      ? parseOeeCsv(file, content, await readSettings(options.settings))
      : parseOeeInput(file, content);
  const result = compute(input);
  if (result.status === 'refused') throw new CliError(`${file}: ${result.refusal.message}`);
  const { status: _status, ...report } = result;
  process.stdout.write(options.table === true ? oeeTable(report) : `${JSON.stringify(report, null, 2)}\n`);
}

/** The schema leaves omitted fields `undefined`, which the domain's types do not name. */
function compute(
  file: OeeFile,
): ReturnType<typeof computeOee | typeof computeEquipmentOee | typeof computeLineOee> {
  if (file.form === 'one') return computeOee(file.input as OeeInput);
  if (file.form === 'several') return computeEquipmentOee(file.input as readonly EquipmentInput[]);
  return computeLineOee(file.input as LineInput);
}

async function readSettings(file: string | undefined): Promise<CsvSettings> {
  return file === undefined ? { products: {} } : parseCsvSettings(file, await readInput(file));
}

async function readInput(file: string): Promise<string> {
  if (file === '-') return readText(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new CliError(`${file} cannot be read (${systemCode(error)}).`, [
      'Expected a file, or - for standard input.',
    ]);
  }
}
