import { expect, test } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const numbers = (seed: number): readonly number[] => {
    const random = createSeededRandom(seed);
    return Array.from({ length: 100 }, () => random.next());
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  for (const number of numbers(1)) expect(number >= 0 && number < 1).toBe(true);
});

test('whole numbers cover their range evenly, picks their items', () => {
  const random = createSeededRandom(1);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 6_000; draw += 1) {
    const number = random.int(1, 6);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  expect(['a', 'b']).toContain(random.pick(['a', 'b']));
  expect(() => random.pick([])).toThrow('nothing to pick from');
  expect(random.shuffle([1, 2, 3, 4]).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
});
