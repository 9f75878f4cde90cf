import type { EpochMs } from '../plant/plant.ts';
import { dropSettled, lastAtOrBefore } from '../time/sorted.ts';

/** A running total read at an instant, with the sum of all increments up to it. */
export interface Reading {
  at: EpochMs;
  total: number;
  sum: number;
}

/** Two totals at one instant: the greater wins, whatever the order of arrival. */
export function isNewReading(readings: readonly Reading[], at: EpochMs, total: number): boolean {
  const known = readings[lastAtOrBefore(readings, at)];
  return known === undefined || known.at !== at || total > known.total;
}

export function insertReading(readings: Reading[], at: EpochMs, total: number): void {
  const index = lastAtOrBefore(readings, at);
  const known = readings[index];
  let position = index;
  if (known !== undefined && known.at === at) {
    if (total <= known.total) return;
    known.total = total;
  } else {
    position = index + 1;
    if (position === readings.length) readings.push({ at, total, sum: 0 });
    else readings.splice(position, 0, { at, total, sum: 0 });
  }
  restoreSums(readings, position);
}

/** The oldest reading kept is the baseline; sums matter only as differences. */
function restoreSums(readings: readonly Reading[], from: number): void {
  for (let index = Math.max(from, 1); index < readings.length; index += 1) {
    const reading = readings[index];
    const before = readings[index - 1];
    if (reading === undefined || before === undefined) return;
    reading.sum = before.sum + stepBetween(before.total, reading.total);
  }
}

/** Parts between two neighbouring totals. A lower total is a reset: the parts since it are the new total. */
function stepBetween(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** Counter steps over `(from, to]`. */
export function readBetween(readings: readonly Reading[], from: EpochMs, to: EpochMs): number {
  const end = readings[lastAtOrBefore(readings, to)];
  if (end === undefined) return 0;
  const start = readings[lastAtOrBefore(readings, from)] ?? readings[0];
  return end.sum - (start?.sum ?? 0);
}

/** One increase between neighbouring readings. */
export interface ReadingStep {
  readonly since: EpochMs;
  readonly at: EpochMs;
  readonly steps: number;
}

/** Increases read in `(from, to]`, oldest first. */
export function readingSteps(readings: readonly Reading[], from: EpochMs, to: EpochMs): ReadingStep[] {
  const found: ReadingStep[] = [];
  for (let index = Math.max(1, lastAtOrBefore(readings, from) + 1); index < readings.length; index += 1) {
    const reading = readings[index];
    const before = readings[index - 1];
    if (reading === undefined || before === undefined || reading.at > to) break;
    const steps = reading.sum - before.sum;
    if (steps > 0) found.push({ since: before.at, at: reading.at, steps });
  }
  return found;
}

/** Drops readings between `from` and `to` whose neighbours on both sides read the same. */
export function compactReadings(readings: Reading[], from: EpochMs, to: EpochMs): void {
  dropSettled(
    readings,
    from,
    to,
    (reading, before, after) => before.total === reading.total && after.total === reading.total,
  );
}
