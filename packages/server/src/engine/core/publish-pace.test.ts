import { expect, test } from 'vitest';
import { createPublishPace } from './publish-pace.ts';

const once = { from: 1000, to: 1012, lines: 20, isWaiting: false };

test('documents are due at once, and after a rest by their lines while little happens', () => {
  const pace = createPublishPace();
  expect(pace.dueInMs(1000)).toBeLessThan(0);
  pace.observed(999);
  pace.published(once);
  expect(pace.dueInMs(1012)).toBe(28);
  pace.published({ ...once, lines: 200 });
  expect(pace.dueInMs(1012)).toBe(88);
});

test('under load publishing takes a twentieth of the time, though documents are not left behind for long', () => {
  const pace = createPublishPace();
  for (let group = 0; group < 10; group += 1) pace.observed(100);
  pace.published(once);
  expect(pace.dueInMs(1000)).toBe(240);
  pace.published({ ...once, isWaiting: true });
  expect(pace.dueInMs(1000)).toBe(240);
  pace.published({ ...once, to: 1002, isWaiting: true });
  expect(pace.dueInMs(1000)).toBe(100);
  pace.published({ ...once, to: 1200, isWaiting: true });
  expect(pace.dueInMs(1000)).toBe(500);
});

test('observations are counted anew after each publication', () => {
  const pace = createPublishPace();
  pace.observed(1000);
  pace.published(once);
  pace.published(once);
  expect(pace.dueInMs(1000)).toBe(40);
});
