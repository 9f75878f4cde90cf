import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import type { WesternElectricRule } from '../plant/work-config.ts';

/** Of one sample: its mean, and its range or, of single values, how far it moved since the one before. */
export interface ChartPoint {
  readonly mean: number;
  /** `null`: the first single value. */
  readonly range: number | null;
}

export interface ChartLimits {
  readonly center: number;
  /** One standard deviation of a point. */
  readonly sigma: number;
  readonly lower: number;
  readonly upper: number;
  readonly rangeCenter: number;
  readonly rangeUpper: number;
}

export interface ControlChart {
  readonly points: readonly ChartPoint[];
  readonly limits: ChartLimits | Unknown;
}

/** Fewer points say too little to estimate limits from. */
const POINTS_FOR_LIMITS = 20;

/**
 * d2: mean range of n values over their standard deviation; d4: upper limit of the range over its mean
 * (Montgomery, Introduction to Statistical Quality Control, appendix VI; ISO 7870-2). By sample size from 2.
 */
const D2 = [1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078] as const;
const D4 = [3.267, 2.574, 2.282, 2.114, 2.004, 1.924, 1.864, 1.816, 1.777] as const;

/** A chart of individuals and moving ranges for samples of one value, of means and ranges for larger ones. */
export function controlChart(
  samples: readonly (readonly number[])[],
  process?: { readonly center: number; readonly sigma: number },
): ControlChart {
  const points = chartPoints(samples);
  const size = samples[0]?.length ?? 1;
  if (process !== undefined) return { points, limits: limitsFrom(process.center, process.sigma, size) };
  if (points.length < POINTS_FOR_LIMITS) return { points, limits: unknown('tooFewChecks') };
  const ranges = points.flatMap(({ range }) => (range === null ? [] : [range]));
  const center = meanOf(points.map(({ mean }) => mean));
  return { points, limits: limitsFrom(center, meanOf(ranges) / constantOf(D2, size), size) };
}

function chartPoints(samples: readonly (readonly number[])[]): readonly ChartPoint[] {
  return samples.map((values, index) => {
    const mean = meanOf(values);
    if (values.length > 1) return { mean, range: Math.max(...values) - Math.min(...values) };
    const before = samples[index - 1]?.[0];
    return { mean, range: before === undefined ? null : Math.abs(mean - before) };
  });
}

/** `sigma`: of single values. */
function limitsFrom(center: number, sigma: number, size: number): ChartLimits {
  const ofPoint = sigma / Math.sqrt(size);
  const rangeCenter = sigma * constantOf(D2, size);
  return {
    center,
    sigma: ofPoint,
    lower: center - 3 * ofPoint,
    upper: center + 3 * ofPoint,
    rangeCenter,
    rangeUpper: rangeCenter * constantOf(D4, size),
  };
}

/** Ranges of single values are those of two neighbours. */
function constantOf(constants: readonly number[], size: number): number {
  return constants[Math.max(size, 2) - 2] ?? Number.NaN;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Western Electric rules that the last point completes: 1, beyond 3 sigma; 2, two of three beyond 2 sigma on one
 * side; 3, four of five beyond 1 sigma on one side; 4, eight in a row on one side of the centre.
 */
export function brokenRules(
  means: readonly number[],
  { center, sigma }: Pick<ChartLimits, 'center' | 'sigma'>,
): readonly WesternElectricRule[] {
  if (means.length === 0 || !(sigma > 0)) return [];
  const scores = means.map((mean) => (mean - center) / sigma);
  return RULES.filter(({ holds }) => holds(scores) || holds(scores.map((score) => -score))).map(
    ({ rule }) => rule,
  );
}

const RULES: readonly {
  readonly rule: WesternElectricRule;
  /** Whether it holds above the centre at the last of the scores. */
  readonly holds: (scores: readonly number[]) => boolean;
}[] = [
  { rule: 1, holds: (scores) => completes(scores, 1, 1, 3) },
  { rule: 2, holds: (scores) => completes(scores, 2, 3, 2) },
  { rule: 3, holds: (scores) => completes(scores, 4, 5, 1) },
  { rule: 4, holds: (scores) => completes(scores, 8, 8, 0) },
];

/** Whether the last score and, with it, `count` of the last `among` are beyond `limit`. */
function completes(scores: readonly number[], count: number, among: number, limit: number): boolean {
  const last = scores.at(-1);
  if (last === undefined || last <= limit) return false;
  return scores.slice(-among).filter((score) => score > limit).length >= count;
}
