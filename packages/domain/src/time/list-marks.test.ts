import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { insertCountFact } from '../count/count-facts.ts';
import type { CountFact } from '../count/count-facts.ts';
import type { ProductFact } from '../count/product-facts.ts';
import { compactProductFacts, insertProductFact } from '../count/product-facts.ts';
import type { Reading } from '../count/reading-facts.ts';
import { compactReadings, insertReading, judgeReading } from '../count/reading-facts.ts';
import { changedFrom, markOf } from './list-marks.ts';
import { dropBefore } from './sorted.ts';

interface Change {
  readonly kind: 'add' | 'drop' | 'compact' | 'judge';
  readonly at: number;
  readonly value: number;
}

const change = fc.record({
  kind: fc.constantFrom('add' as const, 'add' as const, 'add' as const, 'drop', 'compact', 'judge'),
  at: fc.nat({ max: 30 }),
  value: fc.nat({ max: 5 }),
});
const changes = fc.array(change, { maxLength: 12 });
const LIMITS = { rollsOverAt: null, maxStepsPerMs: 0.1 };

function changeCounts(facts: CountFact[], { kind, at, value }: Change): void {
  if (kind === 'add') insertCountFact(facts, at, { good: value, scrap: 0, rework: 0 });
  else if (kind === 'drop') dropBefore(facts, at);
}

function changeProducts(facts: ProductFact[], { kind, at, value }: Change): void {
  if (kind === 'add') insertProductFact(facts, { at, product: `p${value % 3}` });
  else if (kind === 'drop') dropBefore(facts, at);
  else compactProductFacts(facts, at - value, at);
}

function changeReadings(readings: Reading[], { kind, at, value }: Change): void {
  if (kind === 'add') insertReading(readings, at, value * 7, LIMITS);
  else if (kind === 'drop') dropBefore(readings, at);
  else if (kind === 'compact') compactReadings(readings, at - value, at);
  else judgeReading(readings, at, value > 2 ? 'accepted' : 'discarded', LIMITS);
}

function holds<Item extends { readonly at: number }>(
  items: Item[],
  apply: (items: Item[], change: Change) => void,
  before: readonly Change[],
  after: readonly Change[],
): void {
  for (const each of before) apply(items, each);
  const mark = markOf(items);
  const held = structuredClone(items);
  for (const each of after) apply(items, each);
  const from = changedFrom(mark, items);
  const upTo = (list: readonly Item[]): readonly Item[] => list.filter(({ at }) => at < from);
  expect(upTo(items)).toEqual(upTo(held));
  if (from === Infinity) expect(items).toEqual(held);
  if (held.length === 0 && items.length > 0) expect(from).toBe(-Infinity);
}

describe('marks of lists', () => {
  it('EN3: a list is as it was marked before the instant from which on it is another', () => {
    fc.assert(
      fc.property(changes, changes, (before, after) => {
        holds<CountFact>([], changeCounts, before, after);
        holds<ProductFact>([], changeProducts, before, after);
        holds<Reading>([], changeReadings, before, after);
      }),
      { numRuns: 500 },
    );
  });

  it('EN3: what is added in order at the end leaves all before it as it was', () => {
    const readings: Reading[] = [];
    for (const at of [1, 2, 3]) insertReading(readings, at, at, LIMITS);
    const mark = markOf(readings);
    expect(changedFrom(mark, readings)).toBe(Infinity);
    insertReading(readings, 7, 4, LIMITS);
    insertReading(readings, 9, 5, LIMITS);
    expect(changedFrom(mark, readings)).toBe(7);
    insertReading(readings, 8, 5, LIMITS);
    expect(changedFrom(mark, readings)).toBe(-Infinity);
    expect(changedFrom(markOf([]), readings)).toBe(-Infinity);
  });
});
