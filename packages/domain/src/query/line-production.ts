import type { Counts } from '../count/count-source.ts';
import { countKind, countSourceOf } from '../count/count-source.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { runningJob } from '../job/job.ts';
import { paceOfJob } from '../job/pace.ts';
import type { Figure, Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import type { LineFigures } from '../oee/line-figures.ts';
import { carriersOf, constraintFor, lineProductAt } from '../oee/line-constraint.ts';
import { carriedPlan, lineFigures } from '../oee/line-figures.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { idealCycleAt } from '../plant/ideal-cycles.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { equipmentPlan } from '../shift/equipment-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';

export interface LineProduction {
  readonly window: Interval | Unknown;
  readonly counts: Counts | Unknown;
  /** Parts made while nobody was listening: known by the counter only, among the produced. */
  readonly unobserved: { readonly produced: number };
  /** Of the running job, else of the shift at the ideal rate. */
  readonly target: { readonly count: number; readonly expectedByNow: number } | Unknown;
  /** Good parts per hour of planned time elapsed. */
  readonly ratePerHour: Figure;
}

const HOUR_MS = 3_600_000;

/**
 * Counts of the line's shift at `now`, in the plan only. `figures`: the line's at `now`, where they are known already.
 */
export function lineProduction(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
  figures: LineFigures = lineFigures(state, config, path, now),
): LineProduction {
  const line = plantIndex(config).lines.get(path);
  const shift = lineShiftAt(state, config, path, now);
  if (line === undefined || shift === null) {
    const why = unknown(line === undefined ? 'unknownLine' : 'noShift');
    return { window: why, counts: why, unobserved: { produced: 0 }, target: why, ratePerHour: why };
  }
  const counts = carriersOf(line).some(
    ({ path: carrier, unitsPerCount }) =>
      countKind(countSourceOf(equipmentOf(state, carrier), unitsPerCount)) !== 'none',
  );
  const known = !('unknown' in figures.window) && counts;
  const plan = carriedPlan(state, config, line, { from: shift.from, to: now }, now);
  const elapsedMs = plannedMs(plan, shift.from, now);
  return {
    window: { from: shift.from, to: shift.to },
    counts: known ? countsOf(figures.counts) : unknown('noCounts'),
    unobserved: { produced: known ? figures.counts.unobserved : 0 },
    target: jobTarget(state, config, line, now) ?? shiftTarget(state, config, line, shift, now),
    ratePerHour: rateOf(known ? figures.counts.good : null, elapsedMs),
  };
}

function countsOf({ produced, good, scrap, rework }: Counts): Counts {
  return { produced, good, scrap, rework };
}

function rateOf(good: number | null, elapsedMs: number): Figure {
  if (good === null) return unknown('noCounts');
  return elapsedMs > 0 ? (good * HOUR_MS) / elapsedMs : unknown('noPlannedTime');
}

type Target = LineProduction['target'];

/** Pace of the running job against scheduled time elapsed, frozen in breaks. */
function jobTarget(state: EngineState, config: PlantConfig, line: IndexedLine, now: EpochMs): Target | null {
  const job = runningJob(lineOf(state, line.config.path).jobs);
  if (job === undefined) return null;
  const pace = paceOfJob(state, config, job, now);
  return 'unknown' in pace ? pace : { count: job.targetCount, expectedByNow: pace.expectedByNow };
}

function shiftTarget(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  shift: Interval,
  now: EpochMs,
): Target {
  const product = lineProductAt(state, line, now);
  if (product === null) return unknown('noOrder');
  const constraint = constraintFor(line, product);
  const idealCycleMs = idealCycleAt(config, constraint, product, now);
  if (idealCycleMs === undefined) return unknown('noIdealCycle');
  const plan = equipmentPlan(state, config, constraint, shift.from, shift.to, now);
  return {
    count: Math.floor(plannedMs(plan, shift.from, shift.to) / idealCycleMs),
    expectedByNow: Math.floor(plannedMs(plan, shift.from, now) / idealCycleMs),
  };
}
