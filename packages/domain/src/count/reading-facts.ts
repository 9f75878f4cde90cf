import type { EpochMs } from '../plant/plant.ts';
import { restate } from '../time/list-marks.ts';
import { dropSettled, lastAtOrBefore } from '../time/sorted.ts';
import type { CounterLimits, CounterPosition, StepKind } from './counter-step.ts';
import { NO_LIMITS, counterStep } from './counter-step.ts';
import { forgetOddReadings, oddReadings } from './odd-readings.ts';

/** A running total read at an instant, with the sum of all steps counted up to it and where counting then stands. */
export interface Reading extends CounterPosition {
  at: EpochMs;
  total: number;
  sum: number;
  kind: StepKind;
  last: number;
  lastAt: EpochMs;
  high: number;
  /** What somebody decided about a quarantined jump. */
  verdict?: 'accepted' | 'discarded';
}

/** Two totals at one instant: the greater wins, whatever the order of arrival. */
export function isNewReading(readings: readonly Reading[], at: EpochMs, total: number): boolean {
  const known = readings[lastAtOrBefore(readings, at)];
  return known === undefined || known.at !== at || total > known.total;
}

export function insertReading(
  readings: Reading[],
  at: EpochMs,
  total: number,
  limits: CounterLimits = NO_LIMITS,
): void {
  const index = lastAtOrBefore(readings, at);
  const known = readings[index];
  let position = index;
  if (known !== undefined && known.at === at) {
    if (total <= known.total) return;
    known.total = total;
    // The baseline stands where it was read; every other one is judged anew.
    if (index === 0) {
      known.last = total;
      known.high = total;
    }
  } else {
    position = index + 1;
    const reading: Reading = { at, total, sum: 0, kind: 'counted', last: total, lastAt: at, high: total };
    if (position === readings.length) readings.push(reading);
    else readings.splice(position, 0, reading);
  }
  const affected = firstAffected(readings, position);
  // What was read before stands where this one comes after it and says nothing else of it.
  if (affected < readings.length - 1 || known?.at === at) restate(readings);
  restoreSums(readings, affected, limits);
}

/** A total is judged by its next too, so the one before changes as well, unless it lies between its neighbours. */
function firstAffected(readings: readonly Reading[], position: number): number {
  const reading = readings[position];
  const before = readings[position - 1];
  const isSettled =
    before !== undefined &&
    reading !== undefined &&
    before.kind === 'counted' &&
    before.total <= reading.total;
  return isSettled ? position : position - 1;
}

/** Takes a person's verdict on a jump. */
export function judgeReading(
  readings: Reading[],
  at: EpochMs,
  verdict: 'accepted' | 'discarded',
  limits: CounterLimits,
): void {
  const position = lastAtOrBefore(readings, at);
  const reading = readings[position];
  if (reading === undefined || reading.at !== at) return;
  reading.verdict = verdict;
  restate(readings);
  restoreSums(readings, position, limits);
}

/** The oldest reading kept is the baseline; sums matter only as differences. */
function restoreSums(readings: readonly Reading[], from: number, limits: CounterLimits): void {
  let isOdd = false;
  for (let index = Math.max(from, 1); index < readings.length; index += 1) {
    const reading = readings[index];
    const before = readings[index - 1];
    if (reading === undefined || before === undefined) return;
    const step = counterStep(before, reading, readings[index + 1], limits, reading.verdict);
    isOdd ||= reading.kind !== 'counted' || step.kind !== 'counted';
    reading.sum = before.sum + step.steps;
    reading.kind = step.kind;
    reading.last = step.last;
    reading.lastAt = step.lastAt;
    reading.high = step.high;
  }
  if (isOdd) forgetOddReadings(readings);
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

/** A total that did not simply rise, with what it was judged by. Steps are the counter's. */
export interface CounterAnomaly {
  readonly at: EpochMs;
  readonly kind: Exclude<StepKind, 'counted'>;
  /** The total that counted before, and when it was read. */
  readonly before: number;
  readonly beforeAt: EpochMs;
  readonly total: number;
  /** The total after, `null`: none was read yet. */
  readonly next: number | null;
  readonly counted: number;
  /** Steps kept out of the count. */
  readonly keptOut: number;
}

/** Kinds of the steps read in `(from, to]` that did not simply rise. */
export function oddKinds(readings: readonly Reading[], from: EpochMs, to: EpochMs): ReadonlySet<StepKind> {
  return new Set(oddReadings(readings, from, to).map(({ kind }) => kind));
}

/** Anomalies read in `(from, to]`, oldest first. */
export function counterAnomalies(
  readings: readonly Reading[],
  from: EpochMs,
  to: EpochMs,
): readonly CounterAnomaly[] {
  const found: CounterAnomaly[] = [];
  for (const { at } of oddReadings(readings, from, to)) {
    const index = lastAtOrBefore(readings, at);
    const reading = readings[index];
    const before = readings[index - 1];
    if (reading === undefined || before === undefined || reading.kind === 'counted') continue;
    const counted = reading.sum - before.sum;
    found.push({
      at: reading.at,
      kind: reading.kind,
      before: before.last,
      beforeAt: before.lastAt,
      total: reading.total,
      next: readings[index + 1]?.total ?? null,
      counted,
      keptOut: Math.max(0, reading.total - before.last - counted),
    });
  }
  return found;
}

/** Drops readings between `from` and `to` whose neighbours on both sides read the same. */
export function compactReadings(readings: Reading[], from: EpochMs, to: EpochMs): void {
  let isOdd = false;
  dropSettled(readings, from, to, (reading, before, after) => {
    const isIdle =
      before.total === reading.total && after.total === reading.total && reading.kind === before.kind;
    isOdd ||= isIdle && reading.kind !== 'counted';
    return isIdle;
  });
  if (isOdd) forgetOddReadings(readings);
}
