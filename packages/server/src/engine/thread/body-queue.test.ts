import { createFakeClock } from '@ms5/testkit';
import { expect, test } from 'vitest';
import type { ObserveReply } from '../../engine-port.ts';
import { createBodyQueue } from './body-queue.ts';

const MIB = 1024 * 1024;
const done: ObserveReply = { status: 'done', results: [] };

test('a bounded number of bytes is taken per turn, in order, and other work comes between', () => {
  const clock = createFakeClock();
  const queue = createBodyQueue(clock);
  const order: string[] = [];
  const take = (name: string) => () => {
    order.push(name);
    return Promise.resolve(done);
  };
  void queue.offer(10, take('a'));
  void queue.offer(MIB, take('b'));
  void queue.offer(10, take('c'));
  clock.soon(() => order.push('command'));
  expect(order).toEqual([]);
  clock.run();
  expect(order).toEqual(['a', 'b', 'command', 'c']);
});

test('what is too much is refused without being looked at; a large one alone is taken', async () => {
  const clock = createFakeClock();
  const queue = createBodyQueue(clock);
  const large = queue.offer(20 * MIB, () => Promise.resolve(done));
  expect(await queue.offer(1, () => Promise.reject(new Error('taken')))).toEqual({
    status: 'busy',
    retryAfterMs: 500,
  });
  queue.flush();
  expect(await large).toBe(done);
  const next = queue.offer(1, () => Promise.reject(new Error('broken')));
  clock.run();
  await expect(next).rejects.toThrow('broken');
});
