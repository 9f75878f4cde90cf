import { describe, expect, it } from 'vitest';
import { parseShdrLine, parseTimestamp } from './shdr-line.ts';

const T = '2022-08-08T13:51:34.7167146Z';
const AT = Date.UTC(2022, 7, 8, 13, 51, 34, 716);

describe('a timestamp', () => {
  it.each([
    [T, AT],
    ['2022-08-08T13:51:34Z', AT - 716],
    ['2022-08-08T13:51:34.716', AT],
    ['2022-08-08T15:51:34.716+02:00', AT],
    [`${T}@100.25`, AT],
    ['', null],
    ['2022-13-08T13:51:34Z', undefined],
    ['yesterday', undefined],
    ['1659966694', undefined],
  ])('%s', (stamp, expected) => {
    expect(parseTimestamp(stamp)).toBe(expected);
  });
});

describe('a line', () => {
  it('of data holds pairs, with blanks around them dropped', () => {
    expect(parseShdrLine(`${T}|avail|AVAILABLE| pexecution | READY |p1block|`)).toEqual({
      kind: 'data',
      at: AT,
      pairs: [
        ['avail', 'AVAILABLE'],
        ['pexecution', 'READY'],
        ['p1block', ''],
      ],
    });
  });

  it('without a timestamp is stamped by whoever reads it', () => {
    expect(parseShdrLine('|pexecution|READY')).toMatchObject({ kind: 'data', at: null });
  });

  it('may carry an escaped pipe in a quoted value', () => {
    expect(parseShdrLine(String.raw`${T}|msg|"a\|b"|x|1`)).toMatchObject({
      pairs: [
        ['msg', 'a|b'],
        ['x', '1'],
      ],
    });
  });

  it('of a condition stands alone', () => {
    expect(parseShdrLine(`${T}|CoolantSystem1_cond|FAULT|123|2|HIGH|Too hot`)).toEqual({
      kind: 'condition',
      at: AT,
      key: 'CoolantSystem1_cond',
      level: 'FAULT',
      nativeCode: '123',
      severity: '2',
      qualifier: 'HIGH',
      text: 'Too hot',
    });
    expect(parseShdrLine(`${T}|system|NORMAL||||`)).toMatchObject({ kind: 'condition', level: 'NORMAL' });
  });

  it('of three values that are not available is no condition', () => {
    expect(parseShdrLine(`${T}|a|UNAVAILABLE|b|UNAVAILABLE|c|UNAVAILABLE`)).toMatchObject({ kind: 'data' });
  });

  it('with a star is a command or a comment', () => {
    expect(parseShdrLine('* PONG 10000')).toEqual({ kind: 'pong', intervalMs: 10_000 });
    expect(parseShdrLine('* PONG')).toEqual({ kind: 'pong', intervalMs: null });
    expect(parseShdrLine('*adapterVersion:UNAVAILABLE')).toMatchObject({ kind: 'comment' });
  });

  it('of an asset names it', () => {
    expect(parseShdrLine(`${T}|@ASSET@|1.2|CuttingTool|<xml/>`)).toEqual({
      kind: 'asset',
      change: 'updated',
      at: AT,
      asset: '1.2',
    });
    expect(parseShdrLine(`${T}|@REMOVE_ASSET@|1.2`)).toMatchObject({ change: 'removed' });
    expect(parseShdrLine(`${T}|@REMOVE_ALL_ASSETS@|CuttingTool`)).toMatchObject({ change: 'allRemoved' });
  });

  it.each([
    ['2022-08-08T13:51|', 'truncated'],
    [`${T}|pexecution`, 'truncated'],
    [`${T}|a|1|b`, 'truncated'],
    [`${T}||1`, 'noKey'],
    ['yesterday|a|1', 'timestamp'],
    ['\u0000\u0001\u0002', 'notSeparated'],
    [`${T}|@ASSET@`, 'asset'],
    [`${T}|@MOVE_ASSET@|1`, 'asset'],
  ])('that cannot be used says why: %j', (line, code) => {
    const item = parseShdrLine(line);
    expect(item).toMatchObject({ kind: 'rejected', code });
    expect(item.kind === 'rejected' && /^[\u0020-\u007e…]+$/.test(item.message)).toBe(true);
  });
});
