import { expect, test } from 'vitest';
import type { Log } from './log.ts';
import { createToldNumbers, createTopicNumbers } from './topic-numbers.ts';
import { createSignalTopic, type Topic } from './topic.ts';

const log: Log = {
  id: 's',
  index: 0,
  epoch: 'e1',
  head: 0,
  removalHorizon: 0,
  isResumable: true,
  limits: { entries: 1, ageMs: 1, tombstones: 1, bytes: 1 },
};
const topic = (name: string): Topic =>
  createSignalTopic({ log, name, introducedAt: 1, isSuccessor: false }, new Set());

test('M2: a number of a topic long gone is given anew, and is then to be told anew', () => {
  const numbers = createTopicNumbers();
  const told = createToldNumbers(numbers);
  const old = topic('old');
  expect([numbers.of(old), numbers.of(old)]).toEqual([0, 0]);
  expect(told.isNew(old)).toBe(true);
  told.add(old);
  expect(told.isNew(old)).toBe(false);
  numbers.release(old);
  let highest = 0;
  for (let index = 0; index < 20_000; index += 1) {
    const next = topic(`t${index}`);
    highest = Math.max(highest, numbers.of(next));
    expect(told.isNew(next)).toBe(true);
    told.add(next);
    expect(told.isNew(next)).toBe(false);
    numbers.release(next);
  }
  // So many rest, and no more are ever needed for one that is held.
  expect(highest).toBeLessThan(2_000);
});

test('M2: what one session was told is not what another was', () => {
  const numbers = createTopicNumbers();
  const [one, other] = [createToldNumbers(numbers), createToldNumbers(numbers)];
  const topics = Array.from({ length: 3_000 }, (_, index) => topic(`t${index}`));
  for (const each of topics) one.add(each);
  expect(topics.filter((each) => one.isNew(each))).toEqual([]);
  expect(topics.filter((each) => other.isNew(each))).toHaveLength(3_000);
});
