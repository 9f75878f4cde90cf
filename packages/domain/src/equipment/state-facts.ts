import type { EpochMs, StateName } from '../plant/plant.ts';
import { dropBetween, dropSettled, lastAtOrBefore } from '../time/sorted.ts';

/** What a machine said its state was at an instant. Holds until the next fact. */
export interface StateFact {
  at: EpochMs;
  state: StateName;
  raw: string;
  reason: string | null;
  /** Instant of the first fact of the unbroken run of equal facts this one belongs to. */
  runFrom: EpochMs;
}

export type NewStateFact = Omit<StateFact, 'runFrom'>;

/**
 * Two states at one instant: the one that says more wins, whatever the order of arrival. Activity says more than
 * rest, anything more than unknown; raw name and reason break what is left.
 */
const RANK: Readonly<Record<StateName, number>> = {
  unknown: 0,
  notScheduled: 1,
  idle: 2,
  starved: 3,
  blocked: 4,
  stopped: 5,
  setup: 6,
  running: 7,
};

function wins(a: NewStateFact, b: NewStateFact): boolean {
  if (a.state !== b.state) return RANK[a.state] > RANK[b.state];
  if (a.raw !== b.raw) return a.raw > b.raw;
  return (a.reason ?? '') > (b.reason ?? '');
}

/** Whether the fact would change anything: a duplicate, or the loser at its instant, does not. */
export function isNewStateFact(facts: readonly StateFact[], fact: NewStateFact): boolean {
  const known = facts[lastAtOrBefore(facts, fact.at)];
  return known === undefined || known.at !== fact.at || wins(fact, known);
}

export function insertStateFact(facts: StateFact[], fact: NewStateFact): void {
  const index = lastAtOrBefore(facts, fact.at);
  const known = facts[index];
  const { at, state, raw, reason } = fact;
  const added: StateFact = { at, state, raw, reason, runFrom: at };
  let position = index + 1;
  if (known !== undefined && known.at === fact.at) {
    if (!wins(fact, known)) return;
    facts[index] = added;
    position = index;
  } else if (position === facts.length) facts.push(added);
  else facts.splice(position, 0, added);
  restoreRuns(facts, position);
}

/** Takes back what was held at an instant. */
export function removeStateFact(facts: StateFact[], at: EpochMs): void {
  const index = lastAtOrBefore(facts, at);
  if (facts[index]?.at !== at) return;
  facts.splice(index, 1);
  restoreRuns(facts, index);
}

function restoreRuns(facts: readonly StateFact[], from: number): void {
  for (let index = from; index < facts.length; index += 1) {
    const fact = facts[index];
    const before = facts[index - 1];
    if (fact === undefined) return;
    const runFrom = before !== undefined && continues(before, fact) ? before.runFrom : fact.at;
    // Beyond the changed fact the first run that was right already ends the repair.
    if (index > from && fact.runFrom === runFrom) return;
    fact.runFrom = runFrom;
  }
}

function continues(before: StateFact, fact: StateFact): boolean {
  return before.state === fact.state && before.raw === fact.raw && before.reason === fact.reason;
}

/** Drops repeated facts inside a run between `from` and `to`: nothing can be placed among them any more. */
export function compactStateFacts(facts: StateFact[], from: EpochMs, to: EpochMs): void {
  const first = Math.max(1, lastAtOrBefore(facts, from));
  const last = lastAtOrBefore(facts, to);
  const before = facts[first - 1];
  const newest = facts[last - 1];
  // Most of the time all of it is within one run, and nothing is looked through.
  if (last > first && before !== undefined && newest !== undefined && newest.runFrom <= before.at)
    return dropBetween(facts, first, last);
  dropSettled(facts, from, to, (fact) => fact.runFrom < fact.at);
}
