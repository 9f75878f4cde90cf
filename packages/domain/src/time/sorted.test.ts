import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dropBefore, dropSettled, insertAtInstant, isNewAtInstant, lastAtOrBefore } from './sorted.ts';

interface Fact {
  readonly at: number;
  readonly said: string;
}

const instant = fc.integer({ min: -2, max: 22 });
const facts = fc
  .array(fc.record({ at: fc.nat({ max: 20 }), said: fc.constantFrom('a', 'b') }), { maxLength: 14 })
  .map((some): readonly Fact[] => some.toSorted((a, b) => a.at - b.at));

function saidAt(some: readonly Fact[], at: number): string | undefined {
  return some.findLast((each) => each.at <= at)?.said;
}

describe('facts in the order of their instants', () => {
  it('EQ2: at an instant the last fact at or before it holds', () => {
    fc.assert(
      fc.property(facts, instant, (some, at) => {
        expect(lastAtOrBefore(some, at)).toBe(some.findLastIndex((each) => each.at <= at));
      }),
    );
  });

  it('EN3: of two at one instant the one that wins stays, whatever the order of arrival', () => {
    const wins = (fact: Fact, other: Fact): boolean => fact.said > other.said;
    fc.assert(
      fc.property(facts, instant, (some, at) => {
        for (const arrived of [some, some.toReversed()]) {
          const held: Fact[] = [];
          for (const fact of arrived) {
            const before = [...held];
            const isNew = isNewAtInstant(held, fact, wins);
            insertAtInstant(held, fact, wins);
            expect(held.length > before.length || held.some((each, place) => each !== before[place])).toBe(
              isNew,
            );
          }
          const expected = [...new Set(some.map((each) => each.at))].map((own) => ({
            at: own,
            said: some.some((each) => each.at === own && each.said === 'b') ? 'b' : 'a',
          }));
          expect(held).toEqual(expected);
          expect(isNewAtInstant(held, { at, said: 'c' }, wins)).toBe(true);
        }
      }),
    );
  });

  it('EN9: the fact that holds at the boundary stays, and all after it', () => {
    fc.assert(
      fc.property(facts, instant, (some, at) => {
        const kept = [...some];
        dropBefore(kept, at);
        expect(kept).toEqual(
          some.slice(
            Math.max(
              0,
              some.findLastIndex((each) => each.at <= at),
            ),
          ),
        );
      }),
    );
  });

  it('EN9: of repeated facts that are settled the first stays, and nothing that is shown changes', () => {
    const repeats = (fact: Fact, before: Fact): boolean => fact.said === before.said;
    fc.assert(
      fc.property(facts, instant, instant, (some, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const kept = [...some];
        dropSettled(kept, from, to, repeats);
        const first = Math.max(
          1,
          some.findLastIndex((each) => each.at <= from),
        );
        const last = some.findLastIndex((each) => each.at <= to);
        const expected = some.filter(
          (fact, index) => index < first || index >= last || fact.said !== some[index - 1]?.said,
        );
        expect(kept).toEqual(expected);
        for (let at = -3; at < 23; at += 1) expect(saidAt(kept, at)).toBe(saidAt(some, at));
        const again = [...kept];
        dropSettled(again, to, 22, repeats);
        const [firstKept, ...others] = again.slice(0, -1);
        const runs = others.filter(
          (fact, index) => fact.at > to && fact.said === (others[index - 1] ?? firstKept)?.said,
        );
        expect(runs).toEqual([]);
      }),
    );
  });

  it('EN9: whether a fact says nothing is asked beside what is kept before it and what comes after', () => {
    const some = [1, 2, 3, 4, 5].map((at) => ({ at, said: 'a' }));
    const asked: string[] = [];
    dropSettled(some, 2, 5, (fact, before, after) => {
      asked.push(`${before.at} ${fact.at} ${after.at}`);
      return fact.at === 3;
    });
    expect(asked).toEqual(['1 2 3', '2 3 4', '2 4 5']);
    expect(some.map(({ at }) => at)).toEqual([1, 2, 4, 5]);
  });
});
