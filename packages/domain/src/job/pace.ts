import { countSourceOf, countsBetween } from '../count/count-source.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { constraintFor } from '../oee/line-constraint.ts';
import { idealCycleAt } from '../plant/ideal-cycles.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { linePlan } from '../shift/line-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import { plannedInstant } from '../shift/planned-instant.ts';
import type { Job } from './job.ts';

/** Good parts of a job, over all its runs. */
export function goodOfJob(state: EngineState, config: PlantConfig, job: Job): number {
  const { lines } = plantIndex(config);
  let total = 0;
  for (const { line, to, carriedGood, carriedTo } of job.runs) {
    const indexed = lines.get(line);
    total += carriedGood;
    if (indexed === undefined) continue;
    const constraint = constraintFor(indexed, job.product);
    const source = countSourceOf(equipmentOf(state, constraint.path), constraint.unitsPerCount);
    total += countsBetween(source, carriedTo, to ?? Infinity).good;
  }
  return total;
}

/** Planned time in which the job ran: it stands still in breaks and pauses. */
function scheduledMs(state: EngineState, config: PlantConfig, job: Job, now: EpochMs): number {
  let total = 0;
  for (const { line, from, to } of job.runs) {
    const end = Math.min(to ?? now, now);
    if (end > from) total += plannedMs(linePlan(state, config, line, from, end), from, end);
  }
  return total;
}

function idealOfJob(config: PlantConfig, { line, product }: Job, now: EpochMs): number | undefined {
  const indexed = plantIndex(config).lines.get(line);
  return indexed && idealCycleAt(config, constraintFor(indexed, product), product, now);
}

export interface JobPace {
  /** Parts by now at the ideal rate, at most the target. */
  readonly expectedByNow: number;
  /** Good parts beyond them; negative: behind. */
  readonly ahead: number;
}

export function paceOfJob(
  state: EngineState,
  config: PlantConfig,
  job: Job,
  now: EpochMs,
): JobPace | Unknown {
  if (job.runs.length === 0) return unknown('notStarted');
  const idealCycleMs = idealOfJob(config, job, now);
  if (idealCycleMs === undefined) return unknown('noIdealCycle');
  const elapsed = Math.floor(scheduledMs(state, config, job, now) / idealCycleMs);
  const expectedByNow = Math.min(job.targetCount, elapsed);
  return { expectedByNow, ahead: goodOfJob(state, config, job) - expectedByNow };
}

/** So much planned time has to pass before a job's own pace says more than its ideal rate. */
const OWN_PACE_AFTER_MS = 600_000;
const MINUTE_MS = 60_000;

/**
 * When the job will be done, to the full minute: what is missing at its pace so far, over the plan ahead. At first,
 * and while nothing good was made, at the ideal rate.
 */
export function expectedEndOf(
  state: EngineState,
  config: PlantConfig,
  job: Job,
  now: EpochMs,
): EpochMs | Unknown {
  if (job.phase.status !== 'started') return unknown(job.phase.status);
  const good = goodOfJob(state, config, job);
  const missing = job.targetCount - good;
  if (missing <= 0) return unknown('targetReached');
  const elapsedMs = scheduledMs(state, config, job, now);
  const idealCycleMs = idealOfJob(config, job, now);
  const own = good > 0 && elapsedMs >= OWN_PACE_AFTER_MS ? elapsedMs / good : idealCycleMs;
  if (own === undefined) return unknown('noIdealCycle');
  const end = plannedInstant(state, config, job.line, now, missing * own);
  return end === null ? unknown('beyondPlan') : Math.ceil(end / MINUTE_MS) * MINUTE_MS;
}
