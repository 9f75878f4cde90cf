import { createFakeClock } from '@ms5/testkit';
import { LANES } from '@ms5/wire';
import { expect, test } from 'vitest';
import { CRITICAL } from '../topics/log.ts';
import { DEFAULT_HUB_LIMITS } from '../limits.ts';
import { createFlusher } from './flusher.ts';

const NORMAL = LANES.indexOf('normal');

/** A flusher of so many sessions, each of which takes a millisecond; what was served, in order. */
function start(sessions: number) {
  const clock = createFakeClock();
  const served: string[] = [];
  const all = Array.from({ length: sessions }, (_, index) => index);
  const flusher = createFlusher<number>({
    clock,
    longRounds: DEFAULT_HUB_LIMITS.longRounds,
    collect: () => all,
    beginGroup() {},
    serve(session, _now, isCriticalAlone) {
      served.push(`${isCriticalAlone ? 'critical' : 'all'} ${session}`);
      clock.elapse(1);
      if (served.length === 1) flusher.touch(CRITICAL);
      return 1;
    },
    onRoundEnd() {},
  });
  return { clock, flusher, served };
}

test('a critical change in the midst of a round comes before the rest of it, and takes nothing else along', () => {
  const { clock, flusher, served } = start(12);
  flusher.touch(NORMAL);
  clock.advance(1_000);
  const first = served.findIndex((one) => one.startsWith('critical'));
  expect(first).toBeLessThanOrEqual(4);
  const critical = Array.from({ length: 12 }, (_, index) => `critical ${index}`);
  expect(served.slice(first, first + 12)).toEqual(critical);
  const others = [...served.slice(0, first), ...served.slice(first + 12)];
  expect(others).toEqual(Array.from({ length: 12 }, (_, index) => `all ${index}`));
});

test('a critical change goes ahead of others that take more than a turn', () => {
  const { clock, flusher, served } = start(12);
  flusher.touch(NORMAL);
  clock.advance(1_000);
  served.length = 1;
  flusher.touch(CRITICAL);
  flusher.touch(NORMAL);
  clock.advance(1_000);
  const sessions = Array.from({ length: 12 }, (_, index) => index);
  expect(served.slice(1)).toEqual([
    ...sessions.map((session) => `critical ${session}`),
    ...sessions.map((session) => `all ${session}`),
  ]);
});

test('a critical change together with others goes in one write with them', () => {
  const { clock, flusher, served } = start(1);
  flusher.touch(CRITICAL);
  flusher.touch(NORMAL);
  clock.advance(1_000);
  expect(served[0]).toBe('all 0');
});
