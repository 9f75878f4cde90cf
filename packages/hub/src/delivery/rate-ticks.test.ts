import { createFakeClock } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createInterests } from '../topics/interests.ts';
import type { Log } from '../topics/log.ts';
import { createSignalTopic } from '../topics/topic.ts';
import { createRateTicks } from './rate-ticks.ts';

const log: Log = {
  id: 's',
  index: 0,
  epoch: 'e1',
  head: 0,
  removalHorizon: 0,
  isResumable: true,
  limits: { entries: 1, ageMs: 1, tombstones: 1, bytes: 1 },
};

test('P1: timers that come a little early make no ticks more than the rate', () => {
  const clock = createFakeClock();
  const early = { ...clock, after: (ms: number, task: () => void) => clock.after(Math.max(0, ms - 1), task) };
  const topic = createSignalTopic({ log, name: 's/t', introducedAt: 1, isSuccessor: false }, new Set());
  const interests = createInterests<string>(() => [topic]);
  const filter = { text: 's/t', levels: ['s', 't'], isOpen: false };
  const [, set] = interests.acquire([{ filter, rate: 10 }], 'session').flows;
  let due = 0;
  const ticks = createRateTicks<string>({ clock: early, onDue: () => (due += 1) });
  if (set === undefined) throw new Error('the flow of the rate is missing');
  for (let index = 0; index < 1_000; index += 1) {
    topic.head += 1;
    ticks.note(set, topic);
    clock.advance(1);
  }
  expect(due).toBeGreaterThanOrEqual(9);
  expect(due).toBeLessThanOrEqual(11);
  ticks.close();
});
