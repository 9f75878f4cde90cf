import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBSERVATION_LIMITS, parseObservations } from './observations.ts';

const NOW = Date.UTC(2026, 0, 14, 8);

function parse(value: unknown) {
  return parseObservations(Buffer.from(JSON.stringify(value)), 'press-7', NOW);
}

/** What is wrong with one item. */
function fault(item: unknown): string {
  const parsed = parse([item]);
  if (parsed.status === 'malformed') return `malformed: ${parsed.message}`;
  const [rejected] = parsed.rejected;
  return rejected === undefined ? 'none' : `${rejected.path}: ${rejected.message}`;
}

describe('an item', () => {
  it('is read whole', () => {
    const parsed = parse([
      {
        equipment: 'a/l/e',
        at: '2026-01-14T08:59:30.250+01:00',
        source: 'plc',
        key: '17',
        state: 'RUN',
        reason: 'jam',
        product: null,
        good: 1,
        scrap: 2,
        rework: 3,
        counter: 400,
        rejectCounter: 5,
        telemetry: { speed: 1.5, mode: 'AUTO', door: false },
      },
    ]);
    expect(parsed).toEqual({
      status: 'parsed',
      rejected: [],
      items: [
        {
          index: 0,
          source: 'press-7/plc',
          key: '17',
          hasOwnTime: true,
          observation: {
            equipment: 'a/l/e',
            at: NOW - 29_750,
            receivedAt: NOW,
            state: 'RUN',
            reason: 'jam',
            product: null,
            good: 1,
            scrap: 2,
            rework: 3,
            counter: 400,
            rejectCounter: 5,
          },
          telemetry: [
            ['speed', 1.5],
            ['mode', 'AUTO'],
            ['door', false],
          ],
        },
      ],
    });
  });

  it('without a time is stamped on arrival; ms are taken as they are', () => {
    expect(parse([{ equipment: 'a/l/e', good: 1 }])).toMatchObject({
      items: [{ observation: { at: NOW }, hasOwnTime: false }],
    });
    expect(parse([{ equipment: 'a/l/e', good: 1, at: NOW - 5 }])).toMatchObject({
      items: [{ observation: { at: NOW - 5 }, hasOwnTime: true }],
    });
  });

  it.each([
    [7, ': expected an object, found 7'],
    [{ good: 1 }, 'equipment: expected the path of an equipment, "area/line/equipment", found nothing'],
    [{ equipment: 'a/l/e' }, ': expected at least one of state, '],
    [{ equipment: 'a/l/e', stat: 'RUN' }, 'stat: expected a known field, found "RUN"'],
    [{ equipment: 'a/l/e', good: -1 }, 'good: expected a number of at least 0, found -1'],
    [{ equipment: 'a/l/e', counter: '12' }, 'counter: expected a number of at least 0, found "12"'],
    [{ equipment: 'a/l/e', state: '' }, 'state: expected a state as the machine names it, found ""'],
    [{ equipment: 'a/l/e', product: 5 }, 'product: expected a product id, or null, found 5'],
    [{ equipment: 'a/l/e', good: 1, at: 'yesterday' }, 'at: expected an instant in ISO 8601'],
    [{ equipment: 'a/l/e', good: 1, at: '2026-01-14T08:00:00' }, 'at: expected an instant in ISO 8601'],
    [{ equipment: 'a/l/e', good: 1, at: 1_768_000_000 }, 'at: expected an instant in ISO 8601'],
    [{ equipment: 'a/l/e', good: 1, key: 5 }, 'key: expected a key, unique in its source, found 5'],
    [
      { equipment: 'a/l/e', telemetry: [] },
      'telemetry: expected an object of values by name, found an array',
    ],
    [{ equipment: 'a/l/e', telemetry: { x: null } }, 'telemetry.x: expected a number, a string or a boolean'],
  ])('that is wrong says where, what was expected and what was found: %j', (item, expected) => {
    expect(fault(item)).toContain(expected);
  });
});

describe('a body', () => {
  it('keeps its good items beside bad ones', () => {
    const parsed = parse([{ equipment: 'a/l/e', good: 1 }, {}, { equipment: 'a/l/e', good: 2 }, null]);
    expect(parsed).toMatchObject({
      items: [{ index: 0 }, { index: 2 }],
      rejected: [
        { index: 1, status: 'rejected' },
        { index: 3, status: 'rejected' },
      ],
    });
  });

  it('that is no array, no JSON, no UTF-8, or too much, is malformed as a whole', () => {
    expect(parse({})).toEqual({
      status: 'malformed',
      message: 'expected an array of observations, found an object',
    });
    const malformed = (body: Uint8Array) => parseObservations(body, 'u', NOW).status;
    expect(malformed(Buffer.from('[{'))).toBe('malformed');
    expect(malformed(Uint8Array.of(0xff, 0xfe))).toBe('malformed');
    expect(malformed(Buffer.from('['.repeat(100_000)))).toBe('malformed');
    expect(malformed(new Uint8Array(OBSERVATION_LIMITS.bytes + 1))).toBe('malformed');
    expect(parse(Array.from({ length: OBSERVATION_LIMITS.items + 1 }, () => 1)).status).toBe('malformed');
  });

  it('of any JSON is answered, never thrown at', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (items) => {
        const parsed = parse(items);
        expect(parsed.status === 'parsed' && parsed.items.length + parsed.rejected.length).toBe(items.length);
      }),
    );
  });
});

describe('an alarm in an item', () => {
  const withAlarm = (alarm: unknown): string => fault({ equipment: 'a/l/e', alarm });

  it('is read whole', () => {
    const alarm = { item: 'plc', code: '7', active: true, severity: 'warning', text: 'Hot', latched: true };
    const parsed = parse([{ equipment: 'a/l/e', alarm }]);
    expect(parsed).toMatchObject({ rejected: [], items: [{ observation: { alarm } }] });
    expect(withAlarm({ active: false })).toBe('none');
  });

  it.each([
    [7, 'alarm: expected an object'],
    [{ code: '7' }, 'alarm.active: expected true or false, found nothing'],
    [{ code: 7, active: true }, 'alarm.code: expected text of at most 256 characters'],
    [{ code: 'x'.repeat(257), active: true }, 'alarm.code: expected text of at most 256 characters'],
    [{ item: null, active: true }, 'alarm.item: expected text'],
    [{ active: true, text: 'x'.repeat(1001) }, 'alarm.text: expected text of at most 1000'],
    [{ active: true, severity: 'high' }, 'alarm.severity: expected "warning" or "fault", found "high"'],
    [{ active: true, latched: 1 }, 'alarm.latched: expected true or false'],
    [{ active: true, unavailable: true }, 'alarm.unavailable: expected a known field'],
  ])('%j is refused with what was expected', (alarm, message) => {
    expect(withAlarm(alarm)).toContain(message);
  });
});
