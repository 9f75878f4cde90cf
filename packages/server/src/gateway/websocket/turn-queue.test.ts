import { expect, test } from 'vitest';
import { createTurnQueue } from './turn-queue.ts';

function createTurns() {
  let now = 0;
  const planned: (() => void)[] = [];
  return {
    clock: { now: () => now, soon: (task: () => void) => void planned.push(task) },
    pass: (ms: number) => {
      now += ms;
    },
    /** One turn of the event loop; false: nothing was planned for it. */
    turn: () => {
      const tasks = planned.splice(0);
      for (const task of tasks) task();
      return tasks.length > 0;
    },
  };
}

test('of much that comes at once each turn does a part, in its order, until nothing waits', () => {
  const { clock, pass, turn } = createTurns();
  const queue = createTurnQueue(clock, 1_000);
  const taken: number[] = [];
  for (let index = 0; index < 100; index += 1)
    queue.push(() => {
      taken.push(index);
      pass(0.1);
    });
  expect(taken).toEqual([]);
  const perTurn: number[] = [];
  for (let before = 0; turn(); before = taken.length) perTurn.push(taken.length - before);
  expect(taken).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(21);
  expect(perTurn.length).toBeLessThan(7);
});

test('what takes longer than a turn may is done all the same, alone', () => {
  const { clock, pass, turn } = createTurns();
  const queue = createTurnQueue(clock, 10);
  let taken = 0;
  const slow = (): void => {
    taken += 1;
    pass(50);
  };
  queue.push(slow);
  queue.push(slow);
  turn();
  expect(taken).toBe(1);
  turn();
  expect(taken).toBe(2);
  expect(turn()).toBe(false);
});

test('more than may wait is refused, and room is made by what is done', () => {
  const { clock, turn } = createTurns();
  const queue = createTurnQueue(clock, 2);
  const takeUp = (): void => undefined;
  expect([queue.push(takeUp), queue.push(takeUp), queue.push(takeUp)]).toEqual([true, true, false]);
  turn();
  expect(queue.push(takeUp)).toBe(true);
});

test('once closed nothing is done', () => {
  const { clock, turn } = createTurns();
  const queue = createTurnQueue(clock, 2);
  let taken = 0;
  queue.push(() => {
    taken += 1;
  });
  queue.close();
  turn();
  expect(taken).toBe(0);
  expect(queue.push(() => undefined)).toBe(false);
});
