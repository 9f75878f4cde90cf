import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEventId, encodeEventId } from './event-id.ts';
import { LANES } from './lane.ts';
import type { Mark } from './position.ts';

const marks: readonly Mark[] = [
  { lane: 'critical', log: 'works', epoch: 'e1', offset: 12 },
  { lane: 'low', log: 'works', epoch: 'e1', offset: 0 },
  { lane: 'high', log: 'system', epoch: 'x,y;z', offset: 3 },
];

test('an event id gives the marks back, for the same filters in any order', () => {
  const id = encodeEventId(marks, ['a/#', 'b/+']);
  expect(id).toMatch(/^[\x21-\x7e]+$/);
  expect(decodeEventId(id, ['b/+', 'a/#', 'a/#'])).toEqual({ ok: true, marks });
  expect(decodeEventId(id, ['a/#'])).toEqual({ ok: false, error: 'otherFilters' });
});

test('whatever is not an id of this version is told', () => {
  const id = encodeEventId(marks, ['a/#']);
  expect(decodeEventId(`2${id.slice(1)}`, ['a/#'])).toEqual({ ok: false, error: 'otherVersion' });
  expect(decodeEventId('', ['a/#'])).toEqual({ ok: false, error: 'malformed' });
  fc.assert(
    fc.property(fc.nat(id.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
      const changed = id.slice(0, at) + text + id.slice(at + 1);
      fc.pre(changed !== id);
      expect(decodeEventId(changed, ['a/#']).ok).toBe(false);
    }),
  );
});

test('ids of any logs, epochs and offsets are read back', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const log = fc.record({ log: text, epoch: text, offsets: fc.array(fc.maxSafeNat(), { maxLength: 4 }) });
  fc.assert(
    fc.property(fc.uniqueArray(log, { selector: (item) => item.log }), (logs) => {
      const list = logs.flatMap((item) =>
        item.offsets.map((offset, index) => ({
          lane: LANES[index] ?? 'low',
          log: item.log,
          epoch: item.epoch,
          offset,
        })),
      );
      expect(decodeEventId(encodeEventId(list, []), [])).toEqual({ ok: true, marks: list });
    }),
  );
});
