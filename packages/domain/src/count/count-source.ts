import type { EquipmentState } from '../engine/engine-state.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { CountFact, Quantities } from './count-facts.ts';
import { countedBetween } from './count-facts.ts';
import type { Reading, ReadingStep } from './reading-facts.ts';
import { readBetween, readingSteps } from './reading-facts.ts';

/** ISO 22400 quantities of one stretch of time: produced (PQ), good (GQ), scrap (SQ), rework (RQ). */
export interface Counts extends Quantities {
  readonly produced: number;
}

export const NO_COUNTS: Counts = { produced: 0, good: 0, scrap: 0, rework: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    produced: a.produced + b.produced,
    good: a.good + b.good,
    scrap: a.scrap + b.scrap,
    rework: a.rework + b.rework,
  };
}

/** Where an equipment's parts come from. With a counter, PQ is its increase and rejects are taken out of it. */
export interface CountSource {
  readonly counts: readonly CountFact[];
  readonly produced: readonly Reading[];
  readonly rejected: readonly Reading[];
  readonly rejectsKnown: boolean;
  /** Parts per step of the running totals. */
  readonly unitsPerCount: number;
}

export type CountKind = 'none' | 'increments' | 'counter';

export function countKind(source: CountSource): CountKind {
  if (source.produced.length > 0) return 'counter';
  return source.counts.length > 0 ? 'increments' : 'none';
}

/** Whether scrap and rework can be known. Increments tell them: a missing sibling is 0. */
export function knowsRejects(source: CountSource): boolean {
  return countKind(source) === 'increments' || source.rejectsKnown || source.rejected.length > 0;
}

/** Parts counted in `(from, to]`. */
export function countsBetween(source: CountSource, from: EpochMs, to: EpochMs): Counts {
  const told = countedBetween(source.counts, from, to);
  const scrap = told.scrap + readBetween(source.rejected, from, to) * source.unitsPerCount;
  const { rework } = told;
  if (source.produced.length === 0)
    return { produced: told.good + scrap + rework, good: told.good, scrap, rework };
  const produced = readBetween(source.produced, from, to) * source.unitsPerCount;
  return { produced, good: produced - scrap - rework, scrap, rework };
}

/** One increase of the running total, in parts. */
export interface PartStep {
  /** The reading before. */
  readonly since: EpochMs;
  readonly at: EpochMs;
  readonly produced: number;
}

/** Increases read in `(from, to]`, oldest first. */
export function partSteps(source: CountSource, from: EpochMs, to: EpochMs): readonly PartStep[] {
  return inParts(source, readingSteps(source.produced, from, to));
}

/** Increases between two readings that enclose or share some of the stretch. */
export function partStepsAcross(source: CountSource, stretch: Interval): readonly PartStep[] {
  const { produced } = source;
  // The step that is still on its way at the stretch's end is read by the next reading.
  const next = produced[lastAtOrBefore(produced, stretch.to - 1) + 1];
  return inParts(source, readingSteps(produced, stretch.from, next?.at ?? stretch.to));
}

function inParts({ unitsPerCount }: CountSource, steps: readonly ReadingStep[]): readonly PartStep[] {
  return steps.map(({ since, at, steps: count }) => ({ since, at, produced: count * unitsPerCount }));
}

export function countSourceOf(facts: EquipmentState, unitsPerCount: number): CountSource {
  const { counts, produced, rejected, rejectsKnown } = facts;
  return { counts, produced, rejected, rejectsKnown, unitsPerCount };
}
