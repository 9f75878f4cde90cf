import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp, shiftTimestamp } from './timestamp.ts';

describe('timestamps', () => {
  it.each([
    ['2022-08-08T13:51:34.7167146Z', 1_659_966_694_716, '7146'],
    ['2022-08-08T13:51:34.7Z', 1_659_966_694_700, ''],
    ['2022-08-08T13:51:34Z', 1_659_966_694_000, ''],
    ['2022-08-08T13:51:34.716', 1_659_966_694_716, ''],
  ])('reads %s', (text, ms, tail) => {
    expect(parseTimestamp(text)).toEqual({ ms, tail });
  });

  it.each(['', 'now', '2022-13-41T00:00:00Z', '2022-08-08 13:51:34', '@12.5'])('does not read %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('keeps every digit, and every duration, when moved by whole milliseconds', () => {
    const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });
    const tails = fc.stringMatching(/^\d{4}$/);
    fc.assert(
      fc.property(instants, tails, fc.integer({ min: 0, max: 100_000_000_000 }), (ms, tail, shiftMs) => {
        const moved = formatTimestamp(shiftTimestamp({ ms, tail }, shiftMs));
        expect(parseTimestamp(moved)).toEqual({ ms: ms + shiftMs, tail });
      }),
    );
  });
});
