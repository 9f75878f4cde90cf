import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { packLists, unpackLists } from './packed-lists.ts';

function written(value: unknown): string {
  return JSON.stringify(packLists(value));
}

function readBack(value: unknown): unknown {
  return unpackLists(JSON.parse(written(value)));
}

const member = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, true, 'running', 0, -0, undefined),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const fact = fc.record(
  { at: fc.integer({ min: 0 }), good: member, raw: member, pulse: fc.constant(true) },
  { requiredKeys: ['at'] },
);

describe('lists of facts', () => {
  test('are read back as JSON would have kept them, in the same order of members', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fact, { maxLength: 40 }), { maxLength: 4 }), (lists) => {
        const state = {
          lists,
          byName: Object.fromEntries(lists.map((list, name) => [`m${name}`, { list }])),
        };
        expect(JSON.stringify(readBack(state))).toBe(JSON.stringify(state));
      }),
    );
  });

  it('EN10: take a small part of the room', () => {
    const facts = Array.from({ length: 10_000 }, (_, index) => ({
      at: 1_700_000_000_000 + index * 1000 + (index % 7),
      good: 1 + (index % 2),
      scrap: 0,
      goodSum: Math.ceil(index * 1.5),
    }));
    expect(written(facts).length).toBeLessThan(JSON.stringify(facts).length / 5);
    expect(readBack(facts)).toEqual(facts);
    const regular = facts.map(({ at }, index) => ({ at: at - (index % 7), good: 1, goodSum: index }));
    expect(written(regular).length).toBeLessThan(300);
    expect(readBack(regular)).toEqual(regular);
  });

  it('EN10: of many shapes, and short ones, stay as they are', () => {
    const empty = Array.from({ length: 20 }, () => ({}));
    expect(readBack(empty)).toEqual(empty);
    const mixed = Array.from({ length: 40 }, (_, index) => ({ [`m${index % 20}`]: index }));
    expect(packLists(mixed)).toEqual(mixed);
    expect(packLists([{ at: 1 }, { at: 2 }])).toEqual([{ at: 1 }, { at: 2 }]);
    expect(packLists([...mixed.slice(0, 3), 'text', null, [1]])).toEqual([
      ...mixed.slice(0, 3),
      'text',
      null,
      [1],
    ]);
  });
});
