import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createServerClock } from './server-clock.ts';

it('knows nothing before it measured', () => {
  const clock = createServerClock();
  expect([clock.skewMs(), clock.roundTripMs()]).toEqual([null, null]);
});

it('is off by at most half of the fastest round trip, whatever the ways were like', () => {
  const way = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: -1e7, max: 1e7 }),
      fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 8 }),
      (skew, trips) => {
        const clock = createServerClock();
        let now = 1_000_000;
        for (const [out, back] of trips) {
          const sentAt = now;
          now += out + back;
          clock.take({ sentAt, receivedAt: now, serverAt: sentAt + out + skew });
        }
        const fastest = Math.min(...trips.map(([out, back]) => out + back));
        expect(Math.abs((clock.skewMs() ?? NaN) - skew)).toBeLessThanOrEqual(fastest / 2);
      },
    ),
  );
});

it('takes no measurement during which the own clock went back', () => {
  const clock = createServerClock();
  clock.take({ sentAt: 100, receivedAt: 50, serverAt: 75 });
  expect(clock.skewMs()).toBeNull();
});
