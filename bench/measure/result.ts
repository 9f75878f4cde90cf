/** One quantity over several runs. */
interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: readonly number[];
}

function spread(runs: readonly number[]): Spread {
  const sorted = runs.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return {
    median: sorted.length === 0 ? Number.NaN : (median ?? Number.NaN),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    runs,
  };
}

/** How a figure's value is to be read. */
export type Unit = 'ms' | 's' | '%' | '/s' | 'B' | 'KB' | 'MB' | 'Mbit/s' | '';

export interface Figure extends Spread {
  readonly name: string;
  readonly unit: Unit;
}

export function figure(name: string, unit: Unit, runs: number | readonly number[]): Figure {
  return { name, unit, ...spread(typeof runs === 'number' ? [runs] : runs) };
}

/** Latency over several runs. */
export function latencyFigures(
  runs: readonly { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }[],
): readonly Figure[] {
  const of = (name: string, key: 'p50Ms' | 'p99Ms' | 'maxMs'): Figure =>
    figure(
      name,
      'ms',
      runs.map((run) => run[key]),
    );
  return [of('p50', 'p50Ms'), of('p99', 'p99Ms'), of('max', 'maxMs')];
}

/** What was measured of one server under one condition. */
export interface Measurement {
  readonly row: string;
  readonly subject: string;
  readonly condition: string;
  readonly figures: readonly Figure[];
  /** What a reader must know: it fell behind, the load process was the limit, it is absent. */
  readonly notes: readonly string[];
}

export interface Verdict {
  readonly row: string;
  readonly target: string;
  readonly measured: string;
  readonly status: 'met' | 'missed' | 'not measured';
}

export interface RowResult {
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly Verdict[];
}

export function verdict(row: string, target: string, measured: string, isMet: boolean | undefined): Verdict {
  const status = isMet === undefined ? 'not measured' : isMet ? 'met' : 'missed';
  return { row, target, measured, status };
}

export function medianOf(measurement: Measurement | undefined, name: string): number {
  return measurement?.figures.find((one) => one.name === name)?.median ?? Number.NaN;
}
