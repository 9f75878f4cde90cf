import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packByWords, unpackByWords } from './word-rows.ts';
import { createWordWriter } from './word-writer.ts';
import { createKnownWords, type KnownWords, type NumberedWord } from './words.ts';

const NAMES = ['type', 'equipment', 'at', 'receivedAt', 'good', 'heard', 'length'];
const AT = 1_700_000_000_000;

const value = fc.oneof(
  fc.string(),
  fc.constantFrom('counted', 'hall/press', '$', '0'),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer({ min: AT, max: AT + 100_000 }),
  fc.constantFrom(null, true, false, undefined),
  fc.array(fc.array(fc.maxSafeInteger(), { maxLength: 2 }), { maxLength: 2 }),
);
const object = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name })
  .map((members): object => Object.fromEntries(members));
const entries = fc.array(fc.array(object, { maxLength: 12 }), { maxLength: 6 });

/** A table of words. */
function createTable(words: readonly NumberedWord[] = []) {
  const rows = new Map(words.map((word) => [word.id, JSON.stringify(word)]));
  const from = (id: number): readonly NumberedWord[] =>
    [...rows.values()].map((row) => JSON.parse(row) as NumberedWord).filter((word) => word.id >= id);
  return {
    from,
    add: (fresh: readonly NumberedWord[]): void => {
      for (const word of fresh) {
        expect(rows.has(word.id)).toBe(false);
        rows.set(word.id, JSON.stringify(word));
      }
    },
  };
}

function read(text: string, words: KnownWords): readonly object[] {
  return unpackByWords(JSON.parse(text) as readonly unknown[], AT, words);
}

describe('rows by words', () => {
  it('any objects come back as JSON would bring them back, members in their order', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.constantFrom('kept', 'dropped', 'reopened')), (all, fates) => {
        const table = createTable();
        const known = createKnownWords(table.from);
        let writer = createWordWriter([]);
        const written: { readonly text: string; readonly items: readonly object[] }[] = [];
        for (const [index, items] of all.entries()) {
          const text = JSON.stringify(packByWords(items, AT, writer));
          if (fates[index] === 'dropped') {
            writer.drop();
            continue;
          }
          table.add(writer.fresh());
          writer.keep();
          written.push({ text, items });
          if (fates[index] === 'reopened') writer = createWordWriter(table.from(0));
          // Read as it comes by one reader, and from nothing by another.
          for (const words of [known, createKnownWords(table.from)])
            expect(JSON.stringify(read(text, words))).toBe(JSON.stringify(items));
        }
        for (const { text, items } of written)
          expect(JSON.stringify(read(text, known))).toBe(JSON.stringify(items));
      }),
      { numRuns: 1000 },
    );
  });

  it('a list of objects without words is read as it is', () => {
    const none = createKnownWords(() => []);
    fc.assert(
      fc.property(fc.array(object), (items) => {
        expect(JSON.stringify(read(JSON.stringify(items), none))).toBe(JSON.stringify(items));
      }),
    );
  });

  it('a text becomes a word once it was written often; of one object only numbers are left', () => {
    const writer = createWordWriter([]);
    const item = { type: 'counted', equipment: 'hall/press', at: AT + 7, good: 3, late: true };
    const rows = Array.from({ length: 8 }, () => packByWords([item], AT, writer));
    expect(rows[0]).toEqual([0, 'hall/press', 7, 3]);
    expect(rows[6]).toEqual(rows[0]);
    expect(rows[7]).toEqual([0, 1, 7, 3]);
    expect(writer.fresh()).toEqual([
      { id: 0, word: [['type', 'counted'], '$equipment', '@at', '#good', ['late', true]] },
      { id: 1, word: 'hall/press' },
    ]);
  });

  it('where there is no room for words texts and objects stand for themselves', () => {
    const press = { type: 'counted', equipment: 'hall/press', at: AT };
    const full = (count: number, last: NumberedWord['word']): readonly NumberedWord[] =>
      Array.from({ length: count }, (_, id) => ({ id, word: id === count - 1 ? last : `word ${id}` }));
    const texts = createWordWriter(full(16_000, 'last'));
    const rows = Array.from({ length: 20 }, () => packByWords([press], AT, texts)).at(-1);
    expect(rows).toEqual([16_000, 'hall/press', 0]);
    const words = full(20_000, [['type', 'counted'], '$equipment', '@at']);
    const writer = createWordWriter(words);
    const items = [press, { ...press, good: 1 }, { at: AT + 5, other: 'x' }, { ...press, at: AT + 1 }];
    const packed = packByWords(items, AT, writer);
    expect(packed).toEqual([19_999, 'hall/press', 0, items[1], items[2], 19_999, 'hall/press', 1]);
    expect(writer.fresh()).toEqual([]);
    const known = createKnownWords(createTable(words).from);
    expect(read(JSON.stringify(packed), known)).toEqual(items);
  });

  it('a word that is not there is an error', () => {
    const words = createKnownWords(() => [{ id: 0, word: ['$equipment'] }]);
    expect(() => unpackByWords([1], AT, words)).toThrow('no word 1');
    expect(() => unpackByWords([0, 7], AT, words)).toThrow('no word 7');
    expect(() => unpackByWords([0, 0], AT, words)).toThrow('no word 0');
  });
});
