import type { Figure } from './figure.ts';
import { product, ratio, unknown } from './figure.ts';
import type { FailureDivisor, Ratios } from './ratios.ts';
import { ratiosOf } from './ratios.ts';
import type { Weights } from './weights.ts';

export interface RollUp {
  readonly availability: Figure;
  readonly performance: Figure;
  readonly quality: Figure;
  readonly oee: Figure;
  readonly ratios: Ratios;
  readonly weights: Weights;
  /** Share of running time and of parts whose speed and quality are known, 0–1. */
  readonly coverage: { readonly performance: number; readonly quality: number };
}

/**
 * Rolls up equipment, products or stretches of time by adding times and counts, never by averaging ratios:
 * availability by planned time, performance by running time against each product's own ideal, quality by count.
 * `minCoverage`: below this share of known parts a figure is withheld.
 */
export function rollUp(pieces: readonly Weights[], minCoverage = 1, divisor?: FailureDivisor): RollUp {
  const weights = summed(pieces);
  const ran = (is: (piece: Weights) => boolean): number => sumOf(pieces.filter(is), ({ runMs }) => runMs);
  const judged = sumOf(
    pieces.filter(({ good }) => good !== null),
    ({ produced }) => produced ?? 0,
  );
  const produced = weights.produced ?? 0;
  const coverage = {
    performance: share(weights.countedRunMs, weights.runMs),
    // What nobody counted cannot be weighed by count, so it is by the time it ran.
    quality:
      share(judged, produced) *
      share(
        ran((piece) => piece.produced !== null),
        weights.runMs,
      ),
  };
  const availability = ratio(weights.runMs, weights.plannedMs, 'noPlannedTime');
  const performance = pieces.some(hasUnweighableParts)
    ? unknown('noIdealCycle')
    : coverage.performance < minCoverage
      ? unknown('insufficientCoverage')
      : ratio(weights.idealMs ?? 0, weights.countedRunMs, 'noRunningTime');
  const quality =
    coverage.quality < minCoverage
      ? unknown('insufficientCoverage')
      : ratio(weights.good ?? 0, judged, 'noParts');
  const oee = product(availability, performance, quality);
  const ratios = ratiosOf(weights, { performance, quality, oee }, divisor);
  return { availability, performance, quality, oee, ratios, weights, coverage };
}

/** Parts without an ideal that took no running time cannot be weighed by it. */
function hasUnweighableParts({ idealMs, produced, runMs }: Weights): boolean {
  return idealMs === null && runMs === 0 && (produced ?? 0) > 0;
}

/**
 * Times and counts of all the pieces; a quantity that no piece knows stays `null`, rejects also where some piece does
 * not.
 */
function summed(pieces: readonly Weights[]): Weights {
  const sum = (of: (piece: Weights) => number): number => sumOf(pieces, of);
  const known = (of: (piece: Weights) => number | null): number | null =>
    pieces.every((piece) => of(piece) === null) ? null : sum((piece) => of(piece) ?? 0);
  const every = (of: (piece: Weights) => number | null): number | null =>
    pieces.some((piece) => of(piece) === null) ? null : sum((piece) => of(piece) ?? 0);
  return {
    calendarMs: sum(({ calendarMs }) => calendarMs),
    plannedMs: sum(({ plannedMs }) => plannedMs),
    unknownMs: sum(({ unknownMs }) => unknownMs),
    runMs: sum(({ runMs }) => runMs),
    setupMs: sum(({ setupMs }) => setupMs),
    delayMs: sum(({ delayMs }) => delayMs),
    downMs: sum(({ downMs }) => downMs),
    orderMs: sum(({ orderMs }) => orderMs),
    idealMs: known(({ idealMs }) => idealMs),
    countedRunMs: sum(({ idealMs, countedRunMs }) => (idealMs === null ? 0 : countedRunMs)),
    produced: known(({ produced }) => produced),
    good: known(({ good }) => good),
    scrap: every(({ scrap }) => scrap),
    rework: every(({ rework }) => rework),
    failures: {
      begun: sum(({ failures }) => failures.begun),
      repaired: sum(({ failures }) => failures.repaired),
      repairMs: sum(({ failures }) => failures.repairMs),
    },
  };
}

function sumOf(pieces: readonly Weights[], of: (piece: Weights) => number): number {
  return pieces.reduce((total, piece) => total + of(piece), 0);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 1;
}
