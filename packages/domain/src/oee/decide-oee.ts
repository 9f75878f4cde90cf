import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import { hourStretches } from '../hour/hour-edges.ts';
import { idealCycleAt } from '../plant/ideal-cycles.ts';
import { constraintFor } from './line-constraint.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LineConfig, PlantConfig } from '../plant/plant.ts';
import { dayOf, lineShiftAt, lineShiftsBetween, shiftById } from '../shift/line-shifts.ts';
import { isKnown, isSameFigure } from './figure.ts';
import { factorsBetween } from './line-figures.ts';
import type { OeeEvent } from './oee-events.ts';
import type { OeeFactors } from './oee-figures.ts';
import type { PeriodFigures } from './periods.ts';
import { dayPeriod, hourOf, jobPeriodOf, productPeriods, shiftPeriod } from './periods.ts';
import { beatenAfter, isReviewDue } from './standard-review.ts';
import type { Factors } from './watched-figures.ts';
import { NOTHING_WATCHED, OEE_FACTORS } from './watched-figures.ts';

const UPDATE_INTERVAL_MS = 300_000;
const WATCH_INTERVAL_MS = 60_000;
/** Hours that passed while nobody ran the clock are calculated as far back as this. */
const LOOK_BACK_MS = 26 * 3_600_000;
/** So much planned time must be known before a threshold says anything. */
const SETTLED_AFTER_MS = 900_000;

/** What the clock makes due for one line between `before` and `now`: updates, thresholds and hours that are over. */
export function watchFigures(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig,
  before: EpochMs,
  now: EpochMs,
): readonly OeeEvent[] {
  const events: OeeEvent[] = [...hoursOver(state, config, line, before, now)];
  const updates = passed(before, now, UPDATE_INTERVAL_MS);
  const watches = (line.oeeThresholds?.length ?? 0) > 0 && passed(before, now, WATCH_INTERVAL_MS);
  if (!updates && !watches) return events;
  const shift = lineShiftAt(state, config, line.path, now);
  const figures = shift === null ? null : factorsBetween(state, config, line.path, shift, now);
  if (shift === null || figures === null || 'unknown' in figures) return events;
  const last = lineOf(state, line.path).oee?.last;
  if (updates && !isSame(last, figures))
    events.push({ type: 'oeeUpdated', line: line.path, at: now, shiftId: shift.id, ...factorsOf(figures) });
  if (watches) events.push(...crossings(state, line, shift.id, figures, now));
  return events;
}

function passed(before: EpochMs, now: EpochMs, everyMs: number): boolean {
  return Math.floor(now / everyMs) > Math.floor(before / everyMs);
}

function factorsOf({ availability, performance, quality, oee }: Factors): Factors {
  return { availability, performance, quality, oee };
}

function isSame(a: Factors | undefined, b: Factors): boolean {
  return a !== undefined && OEE_FACTORS.every((name) => isSameFigure(a[name], b[name]));
}

/** A figure falls below its threshold, and rises above it only by the hysteresis. */
function crossings(
  state: EngineState,
  line: LineConfig,
  shiftId: string,
  figures: OeeFactors,
  now: EpochMs,
): readonly OeeEvent[] {
  if (figures.plannedMs < SETTLED_AFTER_MS) return [];
  const below = new Set(lineOf(state, line.path).oee?.below);
  return (line.oeeThresholds ?? []).flatMap(({ figure, below: threshold, hysteresis }): OeeEvent[] => {
    const value = figures[figure];
    if (!isKnown(value)) return [];
    const isBelow = below.has(figure);
    const direction = isBelow ? 'above' : 'below';
    if (isBelow ? value < threshold + hysteresis : value >= threshold) return [];
    const at = { line: line.path, at: now, shiftId };
    return [{ type: 'oeeThresholdCrossed', ...at, figure, direction, value, threshold }];
  });
}

/** Local hours of shifts that ended after `before` and by `now`. */
function hoursOver(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig,
  before: EpochMs,
  now: EpochMs,
): readonly OeeEvent[] {
  const since = Math.max(before, now - LOOK_BACK_MS);
  if (Math.floor(now / QUARTER_HOUR_MS) === Math.floor(since / QUARTER_HOUR_MS)) return [];
  return lineShiftsBetween(state, config, line.path, since, now).flatMap((shift) =>
    hourStretches(shift, config.site.timeZone)
      .filter(({ to }) => to > since && to <= now)
      .flatMap(({ from, to }) => calculated(line, hourOf(state, config, line.path, from, to, now))),
  );
}

/** Zones are whole quarters of an hour away from UTC, and so are their hours. */
const QUARTER_HOUR_MS = 900_000;

function calculated(line: LineConfig, period: PeriodFigures | null): readonly OeeEvent[] {
  if (period === null || period.isPart) return [];
  const { kind, id, from, to, figures } = period;
  const { weights } = figures;
  const of = { line: line.path, at: to, period: { kind, id, from, to } };
  return [{ type: 'oeeCalculated', ...of, ...factorsOf(figures), weights }];
}

/** What the end of a shift, or of a job, makes known. */
export function figuresOfEnd(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly OeeEvent[] {
  if (event.type === 'jobCompleted') {
    const line = plantIndex(config).lines.get(event.line)?.config;
    return line === undefined
      ? []
      : calculated(line, jobPeriodOf(state, config, event.line, event.jobId, now));
  }
  if (event.type !== 'shiftEnded') return [];
  const line = plantIndex(config).lines.get(event.line)?.config;
  const shift = shiftById(state, config, event.line, event.shiftId);
  if (line === undefined || shift === null) return [];
  const date = shift.id.slice(0, 10);
  const isLast = dayOf(state, config, line.path, date)?.to === shift.to;
  const products = productPeriods(state, config, line.path, shift, shift.to).flatMap((period) =>
    calculated(line, period),
  );
  return [
    ...calculated(line, shiftPeriod(state, config, line.path, shift, shift.to)),
    ...(isLast ? calculated(line, dayPeriod(state, config, line.path, date, shift.to)) : []),
    ...products,
    ...products.flatMap((product) => reviewOf(state, config, product)),
  ];
}

function reviewOf(state: EngineState, config: PlantConfig, event: OeeEvent): readonly OeeEvent[] {
  if (event.type !== 'oeeCalculated') return [];
  const { line, at, period, weights } = event;
  const before = (lineOf(state, line).oee ?? NOTHING_WATCHED).beaten;
  const beaten = beatenAfter(before, period.id, weights);
  const run = beaten[period.id];
  const indexed = plantIndex(config).lines.get(line);
  const idealCycleMs = indexed && idealCycleAt(config, constraintFor(indexed, period.id), period.id, at - 1);
  if (run === undefined || idealCycleMs === undefined || !isReviewDue(beaten, period.id)) return [];
  const meanCycleMs = run.runMs / run.produced;
  return [
    {
      type: 'standardReviewProposed',
      line,
      at,
      product: period.id,
      idealCycleMs,
      meanCycleMs,
      runMs: run.runMs,
    },
  ];
}
