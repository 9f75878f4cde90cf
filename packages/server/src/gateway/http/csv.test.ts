import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('names nested members with dots, and leaves out what a row does not have', () => {
  expect(
    csvOf([
      { a: 1, b: { c: null, d: true } },
      { a: 2, e: [1, 2] },
    ]),
  ).toBe('a,b.c,b.d,e\r\n1,,true,\r\n2,,,"[1,2]"\r\n');
});

test('quotes commas, quotes and line breaks', () => {
  expect(csvOf([{ note: 'a, "b"\nc' }])).toBe('note\r\n"a, ""b""\nc"\r\n');
});

test('disarms texts that a spreadsheet would compute', () => {
  expect(csvOf([{ note: '=1+1', count: -5 }])).toBe("note,count\r\n'=1+1,-5\r\n");
});
