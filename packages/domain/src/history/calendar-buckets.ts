import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, LinePath, PlantConfig, Weekday } from '../plant/plant.ts';
import { lineShiftsBetween } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';
import { addDays, instantOf, localDate, weekdayOf } from '../time/zone.ts';

/** A stretch of the site's calendar, cut to what was asked for. */
export interface Bucket extends Interval {
  /** A day's date, the Monday of a week, `YYYY-MM` of a month, `{date}T{nn}` of a day's nth hour, a shift's id. */
  readonly id: string;
}

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';

const HOUR_MS = 3_600_000;

const SINCE_MONDAY: Readonly<Record<Weekday, number>> = {
  mon: 0,
  tue: 1,
  wed: 2,
  thu: 3,
  fri: 4,
  sat: 5,
  sun: 6,
};

/** `[from, to)` by the site's calendar, without gap or overlap. A week begins on Monday. */
export function calendarBuckets(timeZone: string, unit: CalendarUnit, window: Interval): readonly Bucket[] {
  if (unit === 'hour') return localHours(timeZone, window).map((hour) => cut(hour, window));
  const buckets: { id: string; from: EpochMs; to: EpochMs }[] = [];
  for (const day of daysBetween(timeZone, window)) {
    const id = unitOf(day.id, unit);
    const last = buckets.at(-1);
    if (last?.id === id) last.to = day.to;
    else buckets.push({ ...day, id });
  }
  return buckets.map((bucket) => cut(bucket, window));
}

/**
 * Whole hours that overlap the window, counted from the start of each local day, so that days are made of whole ones;
 * the last of a day whose clock changes by half an hour is shorter.
 */
export function localHours(timeZone: string, window: Interval): readonly Bucket[] {
  return daysBetween(timeZone, window).flatMap(({ id, from: dayFrom, to: dayTo }) => {
    const hours: Bucket[] = [];
    for (let from = dayFrom, number = 0; from < dayTo; from += HOUR_MS, number += 1) {
      const to = Math.min(from + HOUR_MS, dayTo);
      if (to > window.from && from < window.to)
        hours.push({ id: `${id}T${String(number).padStart(2, '0')}`, from, to });
    }
    return hours;
  });
}

/** Shift instances of a line that overlap the window, overtime included. */
export function shiftBuckets(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  window: Interval,
): readonly Bucket[] {
  return lineShiftsBetween(state, config, line, window.from, window.to).map(({ id, from, to }) =>
    cut({ id, from, to }, window),
  );
}

/** Whole local days that overlap the window. */
function daysBetween(timeZone: string, window: Interval): readonly Bucket[] {
  const days: Bucket[] = [];
  let date = localDate(window.from, timeZone);
  let from = instantOf(date, '00:00', timeZone);
  while (from < window.to) {
    const next = addDays(date, 1);
    const to = instantOf(next, '00:00', timeZone);
    days.push({ id: date, from, to });
    date = next;
    from = to;
  }
  return days;
}

function unitOf(date: string, unit: Exclude<CalendarUnit, 'hour'>): string {
  if (unit === 'day') return date;
  return unit === 'month' ? date.slice(0, 7) : addDays(date, -SINCE_MONDAY[weekdayOf(date)]);
}

function cut({ id, from, to }: Bucket, window: Interval): Bucket {
  return { id, from: Math.max(from, window.from), to: Math.min(to, window.to) };
}
