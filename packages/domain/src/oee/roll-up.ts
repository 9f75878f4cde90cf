import type { Figure } from './figure.ts';
import { product, unknown } from './figure.ts';
import type { Weights } from './oee-figures.ts';

export interface RollUp {
  readonly availability: Figure;
  readonly performance: Figure;
  readonly quality: Figure;
  readonly oee: Figure;
  /** Share of running time and of parts whose speed and quality are known, 0–1. */
  readonly coverage: { readonly performance: number; readonly quality: number };
}

/**
 * Rolls up equipment, products or stretches of time by adding times and counts, never by averaging ratios:
 * availability by planned time, performance by running time against each product's own ideal, quality by count.
 * `minCoverage`: below this share of known parts a figure is withheld.
 */
export function rollUp(pieces: readonly Weights[], minCoverage = 1): RollUp {
  const sum = (value: (piece: Weights) => number): number =>
    pieces.reduce((total, piece) => total + value(piece), 0);
  const plannedMs = sum((piece) => piece.plannedMs);
  const runMs = sum((piece) => piece.runMs);
  const produced = sum((piece) => piece.produced);
  const idealMs = sum((piece) => piece.idealMs ?? 0);
  const countedRunMs = sum((piece) => (piece.idealMs === null ? 0 : piece.countedRunMs));
  const good = sum((piece) => piece.good ?? 0);
  const judged = sum((piece) => (piece.good === null ? 0 : piece.produced));
  const coverage = { performance: share(countedRunMs, runMs), quality: share(judged, produced) };
  const availability = ratio(runMs, plannedMs, 'noPlannedTime');
  const performance =
    coverage.performance < minCoverage
      ? unknown('insufficientCoverage')
      : ratio(idealMs, countedRunMs, 'noRunningTime');
  const quality =
    coverage.quality < minCoverage ? unknown('insufficientCoverage') : ratio(good, judged, 'noParts');
  return { availability, performance, quality, oee: product(availability, performance, quality), coverage };
}

function ratio(part: number, whole: number, reason: string): Figure {
  return whole > 0 ? part / whole : unknown(reason);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 1;
}
