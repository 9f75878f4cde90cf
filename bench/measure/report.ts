import type { Figure, Measurement, RowResult, Unit, Verdict } from './result.ts';
import type { Machine } from './machine.ts';

const DECIMALS: Readonly<Record<Unit, number>> = {
  ms: 1,
  s: 2,
  '%': 0,
  '/s': 0,
  B: 0,
  KB: 1,
  MB: 0,
  'Mbit/s': 2,
  '': 2,
};

function number(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return '-';
  const digits = Math.abs(value) >= 1_000 ? 0 : DECIMALS[unit];
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/** The median, and the spread where there were several runs and it can be seen. */
function textOf({ name, unit, median, min, max, runs }: Figure): string {
  const space = unit === '/s' || unit === '' ? '' : ' ';
  const value = `${number(median, unit)}${space}${unit}`;
  const range = `${number(min, unit)}-${number(max, unit)}`;
  return runs.length > 1 && number(min, unit) !== number(max, unit)
    ? `${name} ${value} (${range})`
    : `${name} ${value}`;
}

function lineOf({ figures, notes }: Measurement): string {
  return [...figures.map(textOf), ...notes.map((note) => `[${note}]`)].join(' · ');
}

function pad(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

export function printReport(machine: Machine, results: readonly RowResult[]): void {
  const { processor, cores, memoryGb, kernel, node, commit, isPinned, loadBefore } = machine;
  console.log(
    `\n${processor}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Node ${node}, commit ${commit}; ` +
      `${isPinned ? 'server on core 0, load on core 1' : 'nothing pinned'}; load average before ${loadBefore}`,
  );
  const measurements = results.flatMap((result) => result.measurements);
  const subjectWidth = pad(measurements.map(({ subject }) => subject));
  const conditionWidth = pad(measurements.map(({ condition }) => condition));
  let row = '';
  for (const measurement of measurements) {
    if (measurement.row !== row) console.log(`\n${measurement.row}`);
    row = measurement.row;
    const { subject, condition } = measurement;
    console.log(
      `  ${subject.padEnd(subjectWidth)}  ${condition.padEnd(conditionWidth)}  ${lineOf(measurement)}`,
    );
  }
  printVerdicts(results.flatMap((result) => result.verdicts));
}

function printVerdicts(verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  console.log('\ntargets');
  const width = pad(verdicts.map(({ row, target }) => `${row}: ${target}`));
  for (const { row, target, measured, status } of verdicts)
    console.log(`  ${status.padEnd(12)}  ${`${row}: ${target}`.padEnd(width)}  ${measured}`);
}
