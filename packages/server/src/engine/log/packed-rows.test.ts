import { expect, test } from 'vitest';
import { unpackRows } from './packed-rows.ts';

test('rows of entry version 2 come back as the objects they were, members in their order', () => {
  const at = 1_700_000_001_000;
  const packed = {
    shapes: [
      ['$type', '$equipment', '@at', '#good', '#scrap', '#rework', '=rejectsGiven'],
      ['$type', '$equipment', '@at', '#good', '#scrap', '#rework'],
      ['$type', '@at', '$equipment', '=heard', '=reason'],
    ],
    texts: ['counted', 'hall/press-0', 'hall/press-1', 'contactLost'],
    rows: [
      [0, 0, 1, at, 0, 0, 0, true],
      [1, 0, 2, -1, 1.5, 0, 0],
      [2, 3, 1, 1, [[1, 2]], null],
    ].flat(),
  };
  const [press, other] = ['hall/press-0', 'hall/press-1'];
  const items = [
    { type: 'counted', equipment: press, at, good: 0, scrap: 0, rework: 0, rejectsGiven: true },
    { type: 'counted', equipment: other, at: at - 1, good: 1.5, scrap: 0, rework: 0 },
    { type: 'contactLost', at, equipment: press, heard: [[1, 2]], reason: null },
  ];
  expect(JSON.stringify(unpackRows(packed))).toBe(JSON.stringify(items));
});

test('rows of a shape that is not there are an error', () => {
  expect(() => unpackRows({ shapes: [], texts: [], rows: [0] })).toThrow('no shape 0');
});
