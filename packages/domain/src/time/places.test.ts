import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { rememberedPlace } from './places.ts';
import { dropBefore, lastAtOrBefore } from './sorted.ts';

const LENGTH = 400;
const instant = fc.nat({ max: 3 * LENGTH });

const change = fc.record({
  kind: fc.constantFrom('append', 'insert', 'replace', 'drop', 'compact'),
  at: instant,
});

it('EN3: what was found in a list before is found where it is now, whatever became of the list', () => {
  fc.assert(
    fc.property(
      fc.array(instant, { minLength: 1, maxLength: 40 }),
      fc.array(change, { maxLength: 60 }),
      (asked, changes) => {
        const items = Array.from({ length: LENGTH }, (_, index) => ({ at: 3 * index }));
        const askAll = (): void => {
          for (const at of asked)
            expect(lastAtOrBefore(items, at)).toBe(items.findLastIndex((item) => item.at <= at));
        };
        askAll();
        for (const { kind, at } of changes) {
          const index = items.findLastIndex((item) => item.at <= at);
          if (kind === 'append') items.push({ at: (items.at(-1)?.at ?? 0) + 1 });
          else if (kind === 'drop') dropBefore(items, at / 4);
          else if (kind === 'compact') items.splice(index + 1, 2);
          else if (items[index]?.at === at) items[index] = { at };
          else items.splice(index + 1, 0, { at });
          askAll();
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('EN3: only what lies far from the tail is remembered', () => {
  const items = Array.from({ length: LENGTH }, (_, at) => ({ at }));
  for (const at of [LENGTH - 10, 5]) lastAtOrBefore(items, at);
  expect(rememberedPlace(items, LENGTH - 10)).toBeNull();
  expect(rememberedPlace(items, 5)).toBe(5);
});
