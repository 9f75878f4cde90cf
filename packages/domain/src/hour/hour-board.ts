import { addCounts, countSourceOf, countsBetween, NO_COUNTS } from '../count/count-source.ts';
import type { Counts } from '../count/count-source.ts';
import type { ProductSpan } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { Figure, Unknown } from '../oee/figure.ts';
import { isKnown, unknown } from '../oee/figure.ts';
import { constraintFor, lineProductSpans } from '../oee/line-constraint.ts';
import { carriedPlan, constraintSpans, lineInputPieces } from '../oee/line-figures.ts';
import type { TimeBucket, TimePiece } from '../oee/time-buckets.ts';
import { timePieces } from '../oee/time-buckets.ts';
import { idealCycleAt } from '../plant/ideal-cycles.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentConfig, LinePath, PlantConfig } from '../plant/plant.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { PlanSegment } from '../shift/plan.ts';
import { plannedMs } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import { overlapMs } from '../time/interval.ts';
import { hourStretches } from './hour-edges.ts';
import { movingTargets } from './moving-targets.ts';

/** What took most of an hour's planned time from running. */
interface TopLoss {
  readonly loss: Exclude<TimeBucket, 'running'>;
  readonly reason: string | null;
  readonly ms: number;
}

/** One hour of the board. Plan and parts are those of what carries the line. */
export interface HourView extends Interval {
  readonly status: 'past' | 'current' | 'ahead';
  readonly plannedMs: number;
  /** At the ideal rate over its planned time. */
  readonly target: Figure;
  /** With its share of what was missing before it. */
  readonly movingTarget: Figure;
  readonly good: number;
  readonly scrap: number;
  readonly rework: number;
  readonly cumulativeGood: number;
  readonly cumulativeTarget: Figure;
  readonly topLoss: TopLoss | Unknown;
}

/** The hours of the line's shift at `now` in which it is planned to work, or did. */
export function hourBoard(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): readonly HourView[] {
  const line = plantIndex(config).lines.get(path);
  const shift = lineShiftAt(state, config, path, now);
  return line === undefined || shift === null ? [] : boardOf(state, config, line, shift, now);
}

/** The board of any stretch whose facts are held. */
function boardOf(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  window: Interval,
  now: EpochMs,
): readonly HourView[] {
  const spans = lineProductSpans(state, line, window.from, window.to);
  const carried = constraintSpans(state, line, window, Infinity);
  const plan = carriedPlan(state, config, line, window, now);
  const pieces = lineInputPieces(state, config, line, window, now).flatMap(timePieces);
  const rows = hourStretches(window, config.site.timeZone)
    .map((hour) => ({
      from: hour.from,
      to: hour.to,
      plannedMs: plannedMs(plan, hour.from, hour.to),
      target: targetOf(config, line, plan, spans, hour),
      counts: countsOf(state, carried, hour),
      topLoss: topLossOf(pieces, hour),
    }))
    .filter((row) => row.plannedMs > 0 || row.counts.produced > 0);
  return withSums(rows, now);
}

/** Parts of an hour, each of what carried the line when they were made. */
function countsOf(
  state: EngineState,
  carried: readonly (Interval & { readonly constraint: EquipmentConfig })[],
  hour: Interval,
): Counts {
  let sum: Counts = NO_COUNTS;
  for (const { constraint, from, to } of carried) {
    if (from >= hour.to || to <= hour.from) continue;
    const source = countSourceOf(equipmentOf(state, constraint.path), constraint.unitsPerCount);
    const own = countsBetween(source, Math.max(from, hour.from), Math.min(to, hour.to));
    sum = addCounts(sum, own);
  }
  return sum;
}

interface Row extends Interval {
  readonly plannedMs: number;
  readonly target: Figure;
  readonly counts: Counts;
  readonly topLoss: TopLoss | Unknown;
}

function withSums(rows: readonly Row[], now: EpochMs): readonly HourView[] {
  const ended = rows.filter(({ to }) => to <= now).length;
  const moving = movingTargets(
    rows.map(({ target }) => target),
    rows.map(({ counts }) => counts.good),
    ended,
  );
  let cumulativeGood = 0;
  let cumulativeTarget: Figure = 0;
  return rows.map(({ from, to, plannedMs: planned, target, counts, topLoss }, index) => {
    const { good, scrap, rework } = counts;
    cumulativeGood += good;
    cumulativeTarget = sumOf(cumulativeTarget, target);
    const status = to <= now ? 'past' : from <= now ? 'current' : 'ahead';
    const movingTarget = moving[index] ?? unknown('noTarget');
    const sums = { cumulativeGood, cumulativeTarget };
    return {
      from,
      to,
      status,
      plannedMs: planned,
      target,
      movingTarget,
      good,
      scrap,
      rework,
      ...sums,
      topLoss,
    };
  });
}

function sumOf(a: Figure, b: Figure): Figure {
  if (!isKnown(a)) return a;
  return isKnown(b) ? a + b : b;
}

/** Planned time of each product over its ideal cycle; time without an order asks for nothing. */
function targetOf(
  config: PlantConfig,
  line: IndexedLine,
  plan: readonly PlanSegment[],
  spans: readonly ProductSpan[],
  hour: Interval,
): Figure {
  let total = 0;
  for (const span of spans) {
    const from = Math.max(span.from, hour.from);
    const to = Math.min(span.to, hour.to);
    const ms = to > from ? plannedMs(plan, from, to) : 0;
    if (ms === 0 || span.product === null) continue;
    const idealCycleMs = idealCycleAt(config, constraintFor(line, span.product), span.product, from);
    if (idealCycleMs === undefined) return unknown('noIdealCycle');
    total += ms / idealCycleMs;
  }
  return total;
}

/** Time that was not to be run in. */
const NOT_PLANNED: ReadonlySet<TimeBucket> = new Set(['notScheduled', 'break', 'plannedDowntime']);

function topLossOf(pieces: readonly TimePiece[], hour: Interval): TopLoss | Unknown {
  const sums = new Map<string, TopLoss>();
  for (const piece of pieces) {
    const ms = overlapMs(piece, hour);
    const { bucket: loss } = piece;
    if (ms === 0 || loss === 'running' || NOT_PLANNED.has(loss)) continue;
    const { reason } = piece.segment;
    const key = `${loss} ${reason ?? ''}`;
    sums.set(key, { loss, reason, ms: ms + (sums.get(key)?.ms ?? 0) });
  }
  const [first, ...others] = sums.values();
  if (first === undefined) return unknown('noLoss');
  return others.reduce((top, each) => (each.ms > top.ms ? each : top), first);
}
