import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';
import type { ShdrItem } from './shdr-line.ts';
import { BLOCK_LIMITS, createShdrParser } from './shdr-parser.ts';

const OKUMA = new URL('../../../../../../recordings/okuma_shdr_2022-08-08.txt', import.meta.url);

function parseAll(text: string): readonly ShdrItem[] {
  const parser = createShdrParser();
  return [...text.split('\n').flatMap((line) => parser.line(line)), ...parser.end()];
}

function tally(items: readonly ShdrItem[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of items) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const T = '2022-08-08T13:51:34Z';

describe('a multi-line asset', () => {
  it('is one item, whatever its lines hold', () => {
    const text = `${T}|@ASSET@|1|Tool|--multiline--AB\n<a>\n* PING\n|x|1\n\n</a>\n--multiline--AB\n${T}|x|1`;
    expect(parseAll(text).map(({ kind }) => kind)).toEqual(['asset', 'data']);
  });

  it('that is never ended is reported, and the data after it is kept', () => {
    const text = `${T}|@ASSET@|1|Tool|--multiline--AB\n<a>\n${T}|x|1\n${T}|x|2`;
    expect(parseAll(text)).toMatchObject([
      { kind: 'rejected', code: 'unterminated' },
      { kind: 'data' },
      { kind: 'data' },
    ]);
    expect(parseAll(`${T}|@ASSET@|1|Tool|--multiline--AB\n<a>`)).toMatchObject([
      { kind: 'rejected', code: 'unterminated' },
    ]);
  });

  it('has bounds', () => {
    const body = 'x\n'.repeat(BLOCK_LIMITS.lines + 1);
    const items = parseAll(`${T}|@ASSET@|1|Tool|--multiline--AB\n${body}${T}|x|1`);
    expect(items).toMatchObject([{ kind: 'rejected', code: 'unterminated' }, { kind: 'data' }]);
  });
});

it('a recorded machine is read without a bad line', () => {
  const items = parseAll(readFileSync(OKUMA, 'utf8'));
  expect(tally(items)).toEqual({ data: 10_333, condition: 40, comment: 9, asset: 152 });
});

describe('the splitter', () => {
  it('finds the same lines whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll(/[\r\n]/g, ' '))),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (lines, sizes) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
          const splitter = createLineSplitter();
          const found: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % Math.max(sizes.length, 1)] ?? 3;
            found.push(...splitter.push(bytes.subarray(at, at + size)).lines);
            at += size;
          }
          expect(found).toEqual(lines.map((line) => Buffer.from(line).toString()));
          expect(splitter.rest()).toBe('');
        },
      ),
    );
  });

  it('stops at a line that is too long', () => {
    const splitter = createLineSplitter(10);
    expect(splitter.push(Buffer.from('123\n1234567890\n'))).toEqual({
      lines: ['123', '1234567890'],
      overflow: false,
    });
    expect(splitter.push(Buffer.from('123456'))).toEqual({ lines: [], overflow: false });
    expect(splitter.push(Buffer.from('78901'))).toEqual({ lines: [], overflow: true });
  });
});

it('garbage is rejected line by line, and harms nothing after it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', ''))),
      (garbage) => {
        const parser = createShdrParser();
        for (const line of garbage) parser.line(line);
        expect(parser.line(`${T}|x|1`).at(-1)).toMatchObject({ kind: 'data', pairs: [['x', '1']] });
      },
    ),
  );
});
