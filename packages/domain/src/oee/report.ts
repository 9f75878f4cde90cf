import { UNMAPPED_STATE } from '../equipment/state-mapping.ts';
import type { FigureSums } from './combine-figures.ts';
import { combineFigures } from './combine-figures.ts';
import type { Figure } from './figure.ts';
import { isKnown } from './figure.ts';
import type { LossName, OeeFigures, OeeTimes, ProductFigures } from './oee-figures.ts';
import type { FailureDivisor, Ratios } from './ratios.ts';
import type { RollUp } from './roll-up.ts';

/** Figures as they are written down: `null` where a figure cannot be known, with its reason under `why`. */
export interface Report extends Readonly<Record<keyof Ratios, number | null>> {
  readonly availability: number | null;
  readonly performance: number | null;
  readonly quality: number | null;
  readonly oee: number | null;
  readonly interval: { readonly worst: number | null; readonly best: number | null };
  readonly times: OeeTimes;
  readonly counts: OeeFigures['counts'];
  /** ms; the window less their sum is `fullyProductiveMs`. */
  readonly losses: Readonly<Record<LossName, number>>;
  readonly fullyProductiveMs: number;
  readonly flags: readonly string[];
  /** Reason for each figure that is null. */
  readonly why: Readonly<Record<string, string>>;
}

export interface OeeReport extends Report {
  readonly byProduct: readonly ProductFigures[];
}

export interface RollUpReport extends Report {
  /** Share of running time and of parts whose speed and quality are known, 0–1. */
  readonly coverage: RollUp['coverage'];
}

type Ratioed = Pick<OeeFigures, 'availability' | 'performance' | 'quality' | 'oee' | 'interval' | 'ratios'>;

/** Ratios as numbers or null, and why they are null. */
function numbersOf({ availability, performance, quality, oee, interval, ratios }: Ratioed) {
  const why: Record<string, string> = {};
  const valueOf = (name: string, figure: Figure): number | null => {
    if (isKnown(figure)) return figure;
    why[name] = figure.unknown;
    return null;
  };
  const named = Object.entries(ratios).map(([name, figure]) => [name, valueOf(name, figure as Figure)]);
  return {
    availability: valueOf('availability', availability),
    performance: valueOf('performance', performance),
    quality: valueOf('quality', quality),
    oee: valueOf('oee', oee),
    ...(Object.fromEntries(named) as Record<keyof Ratios, number | null>),
    interval: {
      worst: valueOf('interval.worst', interval.worst),
      best: valueOf('interval.best', interval.best),
    },
    why,
  };
}

export function reportOf(figures: OeeFigures, hasUnmapped: boolean): OeeReport {
  const { fullyProductive, ...losses } = figures.losses;
  const { why, ...numbers } = numbersOf(figures);
  return {
    ...numbers,
    times: figures.times,
    counts: figures.counts,
    losses,
    fullyProductiveMs: fullyProductive,
    byProduct: figures.byProduct,
    flags: hasUnmapped ? [...figures.flags, UNMAPPED_STATE] : figures.flags,
    why,
  };
}

/** Several pieces as one: ratios of the sums, and the sums themselves. */
export function rollUpReport(
  pieces: readonly FigureSums[],
  minCoverage: number,
  divisor?: FailureDivisor,
): RollUpReport {
  const combined = combineFigures(pieces, minCoverage, divisor);
  const { why, ...numbers } = numbersOf(combined);
  const { fullyProductive, ...losses } = combined.losses;
  return {
    ...numbers,
    times: combined.times,
    counts: combined.counts,
    losses,
    fullyProductiveMs: fullyProductive,
    coverage: combined.coverage,
    flags: combined.flags,
    why,
  };
}
