const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Unit signs of one language. */
export interface DurationUnits {
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A running timer: `4:32`, from one hour on `1:04:32`. A negative duration (clock skew) reads as 0:00. */
export function formatTimer(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / SECOND_MS));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes % 60)}:${tail}` : `${minutes}:${tail}`;
}

/** A stretch of a shift as `h:mm`, rounded to the minute. */
export function formatHoursMinutes(durationMs: number): string {
  const minutes = Math.max(0, Math.round(durationMs / MINUTE_MS));
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}`;
}

/** An age in at most two units: `45 s`, `12 min`, `1 h 05 min`, `2 d 3 h`. */
export function formatAge(durationMs: number, units: DurationUnits): string {
  const age = Math.max(0, durationMs);
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)} ${units.second}`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} ${units.minute}`;
  if (age < DAY_MS) {
    const minutes = Math.floor((age % HOUR_MS) / MINUTE_MS);
    return `${Math.floor(age / HOUR_MS)} ${units.hour} ${twoDigits(minutes)} ${units.minute}`;
  }
  const hours = Math.floor((age % DAY_MS) / HOUR_MS);
  return `${Math.floor(age / DAY_MS)} ${units.day} ${hours} ${units.hour}`;
}

/**
 * Rounds durations to whole minutes so that what is printed sums to the rounded total (largest remainder):
 * a column of `h:mm` that does not add up to its own sum is not believed.
 */
export function roundToMinutes(durationsMs: readonly number[]): number[] {
  const sumMs = durationsMs.reduce((sum, durationMs) => sum + durationMs, 0);
  const floors = durationsMs.map((durationMs) => Math.floor(durationMs / MINUTE_MS));
  let missing = Math.round(sumMs / MINUTE_MS) - floors.reduce((sum, minutes) => sum + minutes, 0);
  const byRemainder = durationsMs
    .map((durationMs, index) => ({ index, remainder: durationMs / MINUTE_MS - (floors[index] ?? 0) }))
    .sort((a, b) => b.remainder - a.remainder);
  const rounded = [...floors];
  for (const { index } of byRemainder) {
    if (missing <= 0) break;
    rounded[index] = (rounded[index] ?? 0) + 1;
    missing -= 1;
  }
  return rounded.map((minutes) => minutes * MINUTE_MS);
}
