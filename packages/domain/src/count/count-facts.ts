import type { EpochMs } from '../plant/plant.ts';
import { restate } from '../time/list-marks.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

export interface Quantities {
  readonly good: number;
  readonly scrap: number;
  readonly rework: number;
}

/** Increments counted at an instant, with the sums up to and including it, so that a window is two look-ups. */
export interface CountFact {
  at: EpochMs;
  good: number;
  scrap: number;
  rework: number;
  goodSum: number;
  scrapSum: number;
  reworkSum: number;
  /** The machine itself counted parts at that instant; told of machines that give pulses only. */
  pulse?: true;
}

/** Notes that the machine itself counted at an instant at which increments were added. */
export function markPulse(facts: readonly CountFact[], at: EpochMs): void {
  const fact = facts[lastAtOrBefore(facts, at)];
  if (fact?.at === at) fact.pulse = true;
}

/** Adds increments; several at one instant add up. */
export function insertCountFact(facts: CountFact[], at: EpochMs, added: Quantities): void {
  const index = lastAtOrBefore(facts, at);
  const known = facts[index];
  let position = index;
  if (known !== undefined && known.at === at) {
    known.good += added.good;
    known.scrap += added.scrap;
    known.rework += added.rework;
    restate(facts);
  } else {
    position = index + 1;
    const { good, scrap, rework } = added;
    const fact = { at, good, scrap, rework, goodSum: 0, scrapSum: 0, reworkSum: 0 };
    if (position === facts.length) facts.push(fact);
    else {
      facts.splice(position, 0, fact);
      restate(facts);
    }
  }
  for (let later = position; later < facts.length; later += 1) restoreSums(facts, later);
}

function restoreSums(facts: readonly CountFact[], index: number): void {
  const fact = facts[index];
  if (fact === undefined) return;
  const before = facts[index - 1];
  // Sums matter only as differences: the oldest fact held may start from 0.
  const base = before ?? { goodSum: 0, scrapSum: 0, reworkSum: 0 };
  fact.goodSum = base.goodSum + fact.good;
  fact.scrapSum = base.scrapSum + fact.scrap;
  fact.reworkSum = base.reworkSum + fact.rework;
}

/** Sums over `(from, to]`: a count belongs to the time up to its instant. */
export function countedBetween(facts: readonly CountFact[], from: EpochMs, to: EpochMs): Quantities {
  const end = facts[lastAtOrBefore(facts, to)];
  if (end === undefined) return NOTHING;
  const start = facts[lastAtOrBefore(facts, from)];
  if (start === undefined) {
    const first = facts[0] ?? end;
    return {
      good: end.goodSum - first.goodSum + first.good,
      scrap: end.scrapSum - first.scrapSum + first.scrap,
      rework: end.reworkSum - first.reworkSum + first.rework,
    };
  }
  return {
    good: end.goodSum - start.goodSum,
    scrap: end.scrapSum - start.scrapSum,
    rework: end.reworkSum - start.reworkSum,
  };
}

const NOTHING: Quantities = { good: 0, scrap: 0, rework: 0 };
