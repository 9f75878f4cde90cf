import { describe, expect, it } from 'vitest';

import { equipmentRefusal, lineRefusal, oeeInputRefusal } from './oee-input-refusal.ts';
import type { EquipmentInput, OeeInput } from './oee-input.ts';

const INPUT: OeeInput = { window: { from: 10, to: 20 }, products: {}, observations: [] };

describe('a file that cannot be meant', () => {
  const refused: readonly (readonly [changes: Partial<OeeInput>, message: string])[] = [
    [{ window: { from: 20, to: 10 } }, 'window: the window ends at 10, not after it starts at 20'],
    [{ window: { from: 10, to: 10 } }, 'window: the window ends at 10, not after it starts at 10'],
    [{ window: { from: NaN, to: 10 } }, 'window: the window ends at 10, not after it starts at NaN'],
    [
      { window: { from: 10, to: Infinity } },
      'window: the window ends at Infinity, not after it starts at 10',
    ],
    [
      {
        planned: [
          { from: 1, to: 2 },
          { from: 3, to: 2 },
        ],
      },
      'planned[1]: it ends at 2, before it starts at 3',
    ],
    [{ breaks: [{ from: 3, to: 2 }] }, 'breaks[0]: it ends at 2, before it starts at 3'],
    [
      { plannedDowntime: [{ from: -Infinity, to: 2 }] },
      'plannedDowntime[0]: it ends at 2, before it starts at -Infinity',
    ],
    [{ minorStopMs: -1 }, 'minorStopMs: -1 is not a duration of at least 0 ms'],
    [{ startupMs: Infinity }, 'startupMs: Infinity is not a duration of at least 0 ms'],
    [{ minCoverage: -0.1 }, 'minCoverage: -0.1 is not a share from 0 to 1'],
    [{ minCoverage: 1.1 }, 'minCoverage: 1.1 is not a share from 0 to 1'],
    [{ minCoverage: NaN }, 'minCoverage: NaN is not a share from 0 to 1'],
    [
      { products: { A: { idealCycleMs: 1 }, B: { idealCycleMs: 0 } } },
      'products.B.idealCycleMs: 0 is not a duration above 0 ms',
    ],
    [{ products: { B: { idealCycleMs: -1 } } }, 'products.B.idealCycleMs: -1 is not a duration above 0 ms'],
    [
      { products: { B: { idealCycleMs: Infinity } } },
      'products.B.idealCycleMs: Infinity is not a duration above 0 ms',
    ],
    [{ observations: [{ at: 1 }, { at: NaN }] }, 'observations[1].at: NaN is not an instant'],
    [{ observations: [{ at: 1, good: -1 }] }, 'observations[0].good: -1 is not a number of at least 0'],
    [{ observations: [{ at: 1, scrap: NaN }] }, 'observations[0].scrap: NaN is not a number of at least 0'],
    [{ observations: [{ at: 1, rework: -1 }] }, 'observations[0].rework: -1 is not a number of at least 0'],
    [{ observations: [{ at: 1, counter: -1 }] }, 'observations[0].counter: -1 is not a number of at least 0'],
    [
      { observations: [{ at: 1, rejectCounter: -1 }] },
      'observations[0].rejectCounter: -1 is not a number of at least 0',
    ],
  ];
  it.each(refused)('OE13: %j is refused with its path', (changes, message) => {
    expect(oeeInputRefusal({ ...INPUT, ...changes })).toEqual({
      status: 'rejected',
      code: 'invalidOeeInput',
      message,
      path: message.slice(0, message.indexOf(': ')),
    });
  });

  const meant: readonly Partial<OeeInput>[] = [
    {},
    { planned: [], breaks: [{ from: 2, to: 2 }], plannedDowntime: [{ from: 1, to: 2 }] },
    { minorStopMs: 0, startupMs: 0, minCoverage: 0 },
    { minorStopMs: 1, startupMs: 1, minCoverage: 1 },
    { products: { A: {}, B: { idealCycleMs: null }, C: { idealCycleMs: 0.5 } } },
    { observations: [{ at: -1, good: 0, scrap: 0, rework: 0, counter: 0, rejectCounter: 0.5 }] },
  ];
  it.each(meant)('OE13: %j can be meant', (changes) => {
    expect(oeeInputRefusal({ ...INPUT, ...changes })).toBeNull();
  });

  const piece = (equipment: string, changes: Partial<OeeInput> = {}): EquipmentInput => ({
    ...INPUT,
    equipment,
    ...changes,
  });

  it('OE13: several equipment are refused with the one that is meant', () => {
    expect(equipmentRefusal([])).toMatchObject({
      message: 'equipment: there is none; expected at least one',
    });
    expect(equipmentRefusal([piece('a'), piece('b'), piece('a')])).toMatchObject({
      message: '[2].equipment: "a" was given before',
    });
    expect(equipmentRefusal([piece('a'), piece('b', { minorStopMs: -1 })])).toMatchObject({
      message: '[1] b: minorStopMs: -1 is not a duration of at least 0 ms',
      path: 'minorStopMs',
    });
    expect(equipmentRefusal([piece('a'), piece('b')])).toBeNull();
  });

  it('OE13: a line needs its constraints and one window', () => {
    const equipment = [piece('a'), piece('b')];
    expect(lineRefusal({ line: { constraint: 'a' }, equipment: [] })).toMatchObject({ path: 'equipment' });
    expect(lineRefusal({ line: { constraint: 'c' }, equipment })).toMatchObject({
      message: 'line.constraint: there is no equipment "c"; there are a, b',
    });
    expect(
      lineRefusal({ line: { constraint: 'a', constraintByProduct: { A: 'b', B: 'd' } }, equipment }),
    ).toMatchObject({
      message: 'line.constraintByProduct.B: there is no equipment "d"; there are a, b',
    });
    for (const window of [
      { from: 10, to: 21 },
      { from: 9, to: 20 },
    ])
      expect(
        lineRefusal({ line: { constraint: 'a' }, equipment: [piece('a'), piece('b', { window })] }),
      ).toMatchObject({
        message: 'equipment: the windows differ; a line has one',
      });
    expect(lineRefusal({ line: { constraint: 'b', constraintByProduct: { A: 'a' } }, equipment })).toBeNull();
  });
});
