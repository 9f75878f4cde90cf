import { expect, it } from 'vitest';
import { withinPermission } from './observation-permission.ts';
import { parseObservations } from './observations.ts';

const config = {
  site: { id: 'works', name: 'Works', timeZone: 'UTC' },
  lines: [],
  equipment: [],
  products: [],
  shifts: [],
  reasons: [],
};

function parsed(...equipment: readonly string[]) {
  const body = new TextEncoder().encode(
    JSON.stringify(equipment.map((path) => ({ equipment: path, good: 1 }))),
  );
  const result = parseObservations(body, 'device', 1_800_000_000_000);
  if (result.status !== 'parsed') throw new Error(result.message);
  return result;
}

const all = ['a/l/e', 'a/l/f', 'a/m/e', 'nowhere'];

it.each([
  [['#'], all],
  [['works/#'], all],
  [['+/#'], all],
  [['other/#'], []],
  [['app/#'], []],
  [[], []],
  [['works/a/l/#'], ['a/l/e', 'a/l/f']],
  [['works/a/l'], ['a/l/e', 'a/l/f']],
  [['works/+/m/#'], ['a/m/e']],
  [
    ['works/a/l/e', 'works/a/m/#'],
    ['a/l/e', 'a/m/e'],
  ],
  [['not/#/valid'], []],
])('publish filters %j let through %j', (permitted, expected) => {
  const { items, rejected } = withinPermission(parsed(...all), config, permitted);
  expect(items.map(({ observation }) => observation.equipment)).toEqual(expected);
  expect(rejected.map(({ index }) => all[index])).toEqual(all.filter((path) => !expected.includes(path)));
  for (const { index, ...refusal } of rejected) {
    expect(refusal).toEqual({
      status: 'rejected',
      code: 'forbidden',
      path: 'equipment',
      message: `observations of works/${all[index]} are not permitted`,
    });
  }
});
