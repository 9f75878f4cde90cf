import { countSourceOf, countsBetween } from '../count/count-source.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';

export interface JobView {
  readonly id: string;
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  /** Good parts of the line's constraint from the job's start to its completion. */
  readonly goodCount: number;
  readonly startedAt: EpochMs;
  readonly status: 'started' | 'completed';
  readonly completedAt?: EpochMs;
}

/** The running job of a line, or the one completed last. */
export function currentJob(state: EngineState, config: PlantConfig, path: LinePath): JobView | Unknown {
  const constraint = plantIndex(config).lines.get(path)?.constraint;
  if (constraint === undefined) return unknown('unknownLine');
  const job = lineOf(state, path).jobs.at(-1);
  if (job === undefined) return unknown('noJob');
  const source = countSourceOf(equipmentOf(state, constraint.path), constraint.unitsPerCount);
  const { good } = countsBetween(source, job.carriedTo, job.completedAt ?? Infinity);
  const { id, workOrder, product, targetCount, startedAt, completedAt } = job;
  return {
    id,
    workOrder,
    product,
    targetCount,
    goodCount: job.carriedGood + good,
    startedAt,
    status: completedAt === null ? 'started' : 'completed',
    ...(completedAt === null ? null : { completedAt }),
  };
}
