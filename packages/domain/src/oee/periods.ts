import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { hourStretches } from '../hour/hour-edges.ts';
import type { Job } from '../job/job.ts';
import { runningJob } from '../job/job.ts';
import type { ClosedPeriod } from '../period/closed-period.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { dayShifts, lineShiftAt, previousLineShift } from '../shift/line-shifts.ts';
import type { ShiftInstance } from '../shift/shift-instance.ts';
import type { Interval } from '../time/interval.ts';
import { combineFigures } from './combine-figures.ts';
import { carriersOf, lineProductSpans } from './line-constraint.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';
import type { PeriodKind } from './period-kind.ts';

/** Figures of a line over one period, as the facts held now show it. */
export interface PeriodFigures extends Interval {
  readonly kind: PeriodKind;
  /** Hour: its start in ms; shift: the instance; day: the local date; job; product. */
  readonly id: string;
  /** Up to here; `to` once the period is over. */
  readonly asOf: EpochMs;
  readonly figures: OeeFigures;
  /** Where the period is closed: by whom, its figures then, and what was adjusted since. */
  readonly closed: ClosedPeriod | null;
  /** Older facts are no longer held: the figures are of the rest. */
  readonly isPart: boolean;
}

/**
 * The hours of the line's shift begun so far, the shift and the one before it, the day they belong to, the running
 * job, and the products of the shift.
 */
export function linePeriods(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): readonly PeriodFigures[] {
  const shift = lineShiftAt(state, config, line, now);
  const previous = previousLineShift(state, config, line, shift?.from ?? now);
  const latest = shift ?? previous;
  const hours =
    shift === null
      ? []
      : hourStretches({ from: shift.from, to: now + 1 }, config.site.timeZone).slice(-MOST_HOURS);
  return [
    ...hours.map(({ from }) => hourOf(state, config, line, from, shift?.to ?? now, now)),
    ...[previous, shift].map((each) => each && shiftPeriod(state, config, line, each, now)),
    latest && dayPeriod(state, config, line, latest.id.slice(0, 10), now),
    jobPeriod(state, config, line, now),
    ...(shift === null ? [] : productPeriods(state, config, line, shift, now)),
  ].filter((period) => period !== null);
}

const MOST_HOURS = 26;

/** The local hour of a shift that begins at `from`, cut where the shift ends. */
export function hourOf(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  shiftTo: EpochMs,
  now: EpochMs,
): PeriodFigures | null {
  const [hour] = hourStretches({ from, to: shiftTo }, config.site.timeZone);
  return hour === undefined ? null : period(state, config, line, 'hour', String(from), [hour], hour, now);
}

export function shiftPeriod(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  shift: ShiftInstance,
  now: EpochMs,
): PeriodFigures | null {
  return period(state, config, line, 'shift', shift.id, [shift], shift, now);
}

/** The shift instances that start on a local date, added up; the time between them is in none. */
export function dayPeriod(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  date: string,
  now: EpochMs,
): PeriodFigures | null {
  const shifts = dayShifts(state, config, line, date);
  const first = shifts[0];
  if (first === undefined) return null;
  const whole = { from: first.from, to: Math.max(...shifts.map(({ to }) => to)) };
  return period(state, config, line, 'day', date, shifts, whole, now);
}

/** The stretches in which the running job ran. */
function jobPeriod(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): PeriodFigures | null {
  const job = runningJob(lineOf(state, line).jobs);
  return job === undefined ? null : periodOfJob(state, config, line, job, now);
}

export function jobPeriodOf(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  id: string,
  now: EpochMs,
): PeriodFigures | null {
  const job = lineOf(state, line).jobs.find((each) => each.id === id);
  return job === undefined ? null : periodOfJob(state, config, line, job, now);
}

function periodOfJob(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  { id, runs }: Job,
  now: EpochMs,
): PeriodFigures | null {
  const own = runs.filter((run) => run.line === line);
  const from = own[0]?.from;
  if (from === undefined) return null;
  const stretches = own.map((run) => ({ from: run.from, to: run.to ?? now }));
  const to = Math.max(from, ...stretches.map((run) => run.to));
  return period(state, config, line, 'job', id, stretches, { from, to }, now);
}

/** Each product of the shift by the stretches in which it was set on the line's constraint. */
export function productPeriods(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  { from, to }: Interval,
  now: EpochMs,
): readonly (PeriodFigures | null)[] {
  const indexed = plantIndex(config).lines.get(line);
  if (indexed === undefined) return [];
  const spans = lineProductSpans(state, indexed, from, Math.min(to, now));
  const byProduct = Map.groupBy(spans, ({ product }) => product);
  return [...byProduct].map(([product, own]) =>
    product === null ? null : period(state, config, line, 'product', product, own, { from, to }, now),
  );
}

function period(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  kind: PeriodKind,
  id: string,
  stretches: readonly Interval[],
  { from, to }: Interval,
  now: EpochMs,
): PeriodFigures | null {
  const heldFrom = factsHeldFrom(state, config, line);
  const begun = stretches
    .filter((stretch) => stretch.from <= now && stretch.to > heldFrom)
    .map((stretch) => ({ from: Math.max(stretch.from, heldFrom), to: Math.min(stretch.to, now) }));
  const pieces = begun
    .map((stretch) => figuresBetween(state, config, line, stretch, now))
    .filter((figures): figures is OeeFigures => !('unknown' in figures));
  const [first] = pieces;
  if (first === undefined) return null;
  const figures = pieces.length === 1 ? first : combineFigures(pieces);
  const periodId = `${kind}.${id}`;
  const closed = lineOf(state, line).closedPeriods?.find((each) => each.id === periodId) ?? null;
  return { kind, id, from, to, asOf: Math.min(now, to), figures, closed, isPart: from < heldFrom };
}

/** Facts before were dropped; `-Infinity`: none were. */
function factsHeldFrom(state: EngineState, config: PlantConfig, line: LinePath): EpochMs {
  const indexed = plantIndex(config).lines.get(line);
  const carriers = indexed === undefined ? [] : carriersOf(indexed);
  return Math.max(-Infinity, ...carriers.map(({ path }) => equipmentOf(state, path).heldFrom ?? -Infinity));
}
