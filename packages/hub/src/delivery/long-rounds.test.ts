import { createFakeClock } from '@ms5/testkit';
import { LANES } from '@ms5/wire';
import { expect, test } from 'vitest';
import { DEFAULT_HUB_LIMITS } from '../limits.ts';
import { createFlusher } from './flusher.ts';

const NORMAL = LANES.indexOf('normal');
const MANY = 5_000;
const SERVE_MS = 0.05;

/** A flusher whose lane has one change for many sessions and may get further ones for a few, or for all again. */
function start(few: number, dueInMidst: 'few' | 'many') {
  const clock = createFakeClock();
  const served: string[] = [];
  const due = { many: true, few: false };
  const flusher = createFlusher<string>({
    clock,
    longRounds: DEFAULT_HUB_LIMITS.longRounds,
    collect(_lanes, most = Infinity) {
      const sessions: string[] = [];
      const take = (name: 'many' | 'few', count: number): void => {
        if (!due[name] || count > most) return;
        due[name] = false;
        for (let index = 0; index < count; index += 1) sessions.push(`${name} ${index}`);
      };
      take('many', MANY);
      take('few', few);
      return sessions;
    },
    beginGroup() {},
    serve(session) {
      served.push(session);
      clock.elapse(SERVE_MS);
      // A change every so often while the long round is under way.
      if (served.length % 100 === 0 && served.length < MANY) {
        due[dueInMidst] = true;
        flusher.touch(NORMAL);
      }
      return 1;
    },
    onRoundEnd() {},
  });
  flusher.touch(NORMAL);
  return { clock, served, flusher };
}

const ALL = Array.from({ length: MANY }, (_, index) => `many ${index}`);

test('what few wait for does not wait for the end of a round of many, which goes on behind it', () => {
  const { clock, served } = start(200, 'few');
  clock.advance(1_000);
  const first = served.indexOf('few 0');
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(1_500);
  const lastOfMany = served.lastIndexOf(`many ${MANY - 1}`);
  const inBetween = served.slice(0, lastOfMany).filter((one) => one === 'few 0').length;
  // At most one every 50 ms of the 250 that the many take.
  expect(inBetween).toBeGreaterThanOrEqual(3);
  expect(inBetween).toBeLessThanOrEqual(6);
  expect(served.filter((one) => one.startsWith('many'))).toEqual(ALL);
  expect(served.lastIndexOf('few 0')).toBeGreaterThan(lastOfMany);
});

test('what many wait for, and more than a few, waits for the end of the round', () => {
  for (const { clock, served } of [start(200, 'many'), start(1_001, 'few')]) {
    clock.advance(1_000);
    expect(served.slice(0, MANY)).toEqual(ALL);
    expect(served.length).toBeGreaterThan(MANY);
  }
});

test('many who may go on are served in slices as long as those of others', () => {
  const { clock, served, flusher } = start(0, 'few');
  clock.advance(1_000);
  served.length = 0;
  const before = flusher.figures().slices;
  for (const session of ALL) flusher.resume(session);
  clock.advance(1_000);
  expect(served).toEqual(ALL);
  // 250 ms in slices of 2.
  expect(flusher.figures().slices - before).toBeLessThan(150);
});
