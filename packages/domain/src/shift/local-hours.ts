import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { minuteOfHour } from '../time/zone.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * A stretch cut at the full hours of the local clock. Where the clock changes by half an hour, an hour is cut at the
 * change, so that the next one is full again.
 */
export function localHours({ from, to }: Interval, timeZone: string): readonly Interval[] {
  const hours: Interval[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(to, nextLocalHour(start, timeZone));
    hours.push({ from: start, to: end });
    start = end;
  }
  return hours;
}

/** The first instant after `at` at which the local clock shows a full hour; at most an hour later. */
function nextLocalHour(at: EpochMs, timeZone: string): EpochMs {
  const sinceHourMs = minuteOfHour(at, timeZone) * MINUTE_MS + (((at % MINUTE_MS) + MINUTE_MS) % MINUTE_MS);
  return at + HOUR_MS - sinceHourMs;
}
