import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

test('tasks run in order of time, then of registration, each at its time', () => {
  const clock = createFakeClock(1_000);
  const ran: (readonly [string, number])[] = [];
  const note = (name: string) => () => void ran.push([name, clock.now()]);
  clock.after(20, note('late'));
  clock.after(10, note('first'));
  clock.after(10, note('second'));
  clock.soon(note('soon'));
  const cancel = clock.after(5, note('cancelled'));
  cancel();
  cancel();
  clock.after(10, () => clock.after(5, note('planned on the way')));
  expect(clock.nextAt()).toBe(1_000);
  clock.advance(15);
  expect(ran).toEqual([
    ['soon', 1_000],
    ['first', 1_010],
    ['second', 1_010],
    ['planned on the way', 1_015],
  ]);
  clock.elapse(10);
  expect(ran).toHaveLength(4);
  clock.run();
  expect(ran.at(-1)).toEqual(['late', 1_025]);
});

test('promises settle between the tasks of advanceSettled', async () => {
  const clock = createFakeClock();
  const ran: string[] = [];
  clock.after(
    10,
    () => void Promise.resolve().then(() => clock.after(10, () => ran.push('after the promise'))),
  );
  await clock.advanceSettled(20);
  expect(ran).toEqual(['after the promise']);
});

test('tasks that never end are an error', () => {
  const clock = createFakeClock();
  const again = (): void => clock.soon(again);
  again();
  expect(() => clock.run()).toThrow('same instant');
});
