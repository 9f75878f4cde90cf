import { Temporal } from 'temporal-polyfill';

import type { EpochMs, Weekday } from '../plant/plant.ts';

/** The only file that knows the time zone library. Local dates cross its border as `YYYY-MM-DD`. */

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * The instant of a local time. A time in the gap of a clock change is the first instant after the gap, an
 * ambiguous one its first occurrence.
 */
export function instantOf(date: string, time: string, timeZone: string): EpochMs {
  const local = Temporal.PlainDateTime.from(`${date}T${time}`);
  const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds;
  // In a gap, `earlier` answers an instant before the change: the change itself is the next transition.
  const change = zoned.getTimeZoneTransition('next');
  return (change ?? zoned).epochMilliseconds;
}

export function localDate(at: EpochMs, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Noon UTC of a local date, by which to look around it; `null` for a text that is no date. */
export function noonOf(date: string): EpochMs | null {
  const known = knownNoons.get(date);
  if (known !== undefined) return known;
  if (!LOCAL_DATE.test(date)) return null;
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const noon = Temporal.PlainDateTime.from({ year, month, day, hour: 12 }).toZonedDateTime('UTC');
  if (knownNoons.size >= KNOWN_NOONS) knownNoons.clear();
  knownNoons.set(date, noon.epochMilliseconds);
  return noon.epochMilliseconds;
}

/** Dates that were looked up: the same few are asked for all the time. */
const knownNoons = new Map<string, EpochMs>();
const KNOWN_NOONS = 1024;

const LOCAL_DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** 0 to 23. */
export function localHour(at: EpochMs, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).hour;
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function weekdayOf(date: string): Weekday {
  return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? 'mon';
}

/** Whole days from one local date to another; negative when the other is before. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** Hours that were looked up, by zone: boards and periods ask for the same ones with every publication. */
const knownHours = new Map<string, Map<EpochMs, EpochMs>>();
const KNOWN_HOURS = 4096;

/** The first instant after `at` at which clocks, as they run at `at`, show a full hour. */
export function nextLocalHour(at: EpochMs, timeZone: string): EpochMs {
  let known = knownHours.get(timeZone);
  if (known === undefined || known.size >= KNOWN_HOURS) {
    known = new Map();
    knownHours.set(timeZone, known);
  }
  let next = known.get(at);
  if (next === undefined) {
    const { minute, second, millisecond } =
      Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
    next = at + 3_600_000 - (minute * 60_000 + second * 1000 + millisecond);
    known.set(at, next);
  }
  return next;
}
