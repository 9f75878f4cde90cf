import { expect, test } from 'vitest';
import { createSharedFilters } from './shared-filters.ts';

test('the same texts give the same list, others another', () => {
  const filters = createSharedFilters();
  const all = filters.listOf(['s/#', 'app/+']);
  expect(filters.listOf(['s/#', 'app/+'])).toBe(all);
  expect(all.map(({ text }) => text)).toEqual(['s/#', 'app/+']);
  expect(filters.listOf(['s/#\napp/+'])).toEqual([]);
});

test('a subscription is shared by text, permissions and rate', () => {
  const filters = createSharedFilters();
  const all = filters.listOf(['#']);
  const one = filters.subscription('s/+', all, 0);
  expect(filters.subscription('s/+', all, 0)).toBe(one);
  expect(filters.subscription('s/+', all, 2)).toMatchObject({ rate: 2 });
  expect(filters.subscription('s/+', filters.listOf(['s/a']), 0)).toMatchObject({
    filters: [{ text: 's/a' }],
  });
  expect(filters.subscription('s/#/a', all, 0)).toMatch(/"#" must be/);
});

test('what is kept is bounded, and what was forgotten is parsed again', () => {
  const filters = createSharedFilters(3);
  const all = filters.listOf(['#']);
  const one = filters.subscription('a', all, 0);
  for (const text of ['b', 'c', 'd']) filters.subscription(text, all, 0);
  expect(filters.subscription('a', all, 0)).not.toBe(one);
  expect(filters.subscription('a', all, 0)).toEqual(one);
});
