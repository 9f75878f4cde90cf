import type { CountSource } from '../count/count-source.ts';
import { countsBetween } from '../count/count-source.ts';
import type { EpochMs } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

/** Instants at which parts were counted: readings of a counter where there is one. */
function countedAt({ counts, produced }: CountSource): readonly { readonly at: EpochMs }[] {
  return produced.length > 0 ? produced : counts;
}

/** When good parts were counted last up to `at`; `null`: nothing is known of it. */
export function lastGoodAt(source: CountSource, at: EpochMs): EpochMs | null {
  const facts = countedAt(source);
  for (let index = lastAtOrBefore(facts, at); index >= 0; index -= 1)
    if (isGood(source, index)) return facts[index]?.at ?? null;
  return null;
}

/** When good parts were counted first after `at`, up to `until`; `null`: not yet. */
export function firstGoodAfter(source: CountSource, at: EpochMs, until: EpochMs): EpochMs | null {
  const facts = countedAt(source);
  for (let index = lastAtOrBefore(facts, at) + 1; index < facts.length; index += 1) {
    const fact = facts[index];
    if (fact === undefined || fact.at > until) return null;
    if (isGood(source, index)) return fact.at;
  }
  return null;
}

function isGood(source: CountSource, index: number): boolean {
  if (source.produced.length === 0) return (source.counts[index]?.good ?? 0) > 0;
  const reading = source.produced[index];
  const before = source.produced[index - 1];
  if (reading === undefined || before === undefined || reading.sum <= before.sum) return false;
  return countsBetween(source, before.at, reading.at).good > 0;
}
