// Measures the product and its peers against the targets, row by row.
//   npm run bench [-- row …] [--short] [--json FILE]      `--list` names the rows
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine, packageVersion } from './measure/machine.ts';
import { printReport } from './measure/report.ts';
import type { RowResult } from './measure/result.ts';
import { installNpmPeers } from './peers/installed.ts';
import { ROWS } from './rows/all.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));
if (values.list || unknown.length > 0) {
  if (unknown.length > 0) console.error(`No such row: ${unknown.join(', ')}. There are:`);
  for (const { name, what } of ROWS) console.log(`${name.padEnd(16)} ${what}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const startedAt = performance.now();
const say = (text: string): void => {
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.error(`[${minutes} min] ${text}`);
};

const machine = describeMachine();
const version = packageVersion('@ms5/server');
const rows = ROWS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const results: RowResult[] = [];
let failures = 0;
if (rows.some(({ name }) => name === 'fan-out')) installNpmPeers(say);

function writeJson(): void {
  if (values.json === undefined) return;
  const measurements = results.flatMap((result) => result.measurements);
  const verdicts = results.flatMap((result) => result.verdicts);
  const document = { machine, version, isShort: values.short, verdicts, measurements };
  writeFileSync(values.json, `${JSON.stringify(document, null, 2)}\n`);
}

for (const row of rows) {
  say(`${row.name}: ${row.what}`);
  const context = { isShort: values.short, version, say: (text: string) => say(`  ${text}`) };
  try {
    results.push(await row.run(context));
  } catch (error) {
    // One row that fails does not take the others with it, and is not left out.
    failures += 1;
    const text = error instanceof Error ? error.message : String(error);
    say(`  failed: ${text}`);
    const notes = [`failed: ${text.split('\n')[0] ?? ''}`];
    results.push({
      measurements: [{ row: row.name, subject: 'MS5', condition: '', figures: [], notes }],
      verdicts: [{ row: row.name, target: row.what, measured: 'failed', status: 'not measured' }],
    });
  }
  writeJson();
}
printReport(machine, results);
process.exit(failures > 0 ? 1 : 0);
