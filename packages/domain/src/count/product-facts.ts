import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { dropSettled, insertAtInstant, isNewAtInstant, lastAtOrBefore } from '../time/sorted.ts';

/** Which product is on the equipment from an instant on; `null`: no order. */
export interface ProductFact {
  at: EpochMs;
  product: string | null;
}

/** Two products at one instant: the greater id wins, any product over none, whatever the order of arrival. */
function wins(a: ProductFact, b: ProductFact): boolean {
  return (a.product ?? '') > (b.product ?? '');
}

export function isNewProductFact(facts: readonly ProductFact[], fact: ProductFact): boolean {
  return isNewAtInstant(facts, fact, wins);
}

export function insertProductFact(facts: ProductFact[], fact: ProductFact): void {
  insertAtInstant(facts, fact, wins);
}

export function productAt(
  facts: readonly ProductFact[],
  defaultProduct: string | null,
  at: EpochMs,
): string | null {
  const fact = facts[lastAtOrBefore(facts, at)];
  return fact === undefined ? defaultProduct : fact.product;
}

export interface ProductSpan extends Interval {
  readonly product: string | null;
}

/** `[from, to)` by product, without gap or overlap. */
export function productSpans(
  facts: readonly ProductFact[],
  defaultProduct: string | null,
  from: EpochMs,
  to: EpochMs,
): readonly ProductSpan[] {
  const spans: { from: EpochMs; to: EpochMs; product: string | null }[] = [];
  let start = from;
  let product = productAt(facts, defaultProduct, from);
  for (let index = lastAtOrBefore(facts, from) + 1; index < facts.length; index += 1) {
    const fact = facts[index];
    if (fact === undefined || fact.at >= to) break;
    if (fact.product === product) continue;
    spans.push({ from: start, to: fact.at, product });
    start = fact.at;
    product = fact.product;
  }
  if (to > start) spans.push({ from: start, to, product });
  return spans;
}

/** Drops facts between `from` and `to` that repeat the one before: nothing can be placed among them any more. */
export function compactProductFacts(facts: ProductFact[], from: EpochMs, to: EpochMs): void {
  dropSettled(facts, from, to, (fact, before) => before.product === fact.product);
}
