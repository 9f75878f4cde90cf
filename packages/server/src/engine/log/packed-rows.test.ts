import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRows, unpackRows, type PackedRows } from './packed-rows.ts';

const NAMES = ['type', 'equipment', 'at', 'receivedAt', 'good', 'heard', 'length'];

const value = fc.oneof(
  fc.string(),
  fc.constantFrom('counted', 'hall/press'),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  fc.constantFrom(null, true, undefined),
  fc.array(fc.array(fc.maxSafeInteger(), { maxLength: 2 }), { maxLength: 2 }),
);

test('any objects come back as JSON would bring them back, members in their order', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name });
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 20 }), (objects) => {
      const items = objects.map((members) => Object.fromEntries(members));
      const packed = JSON.parse(JSON.stringify(packRows(items))) as PackedRows;
      expect(JSON.stringify(unpackRows(packed))).toBe(JSON.stringify(items));
    }),
    { numRuns: 1000 },
  );
});

test('rows of a shape that is not there are an error', () => {
  expect(() => unpackRows({ shapes: [], texts: [], rows: [0] })).toThrow('no shape 0');
});
