import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { PlanState } from './line-plan.ts';
import { linePlan } from './line-plan.ts';

const STEP_MS = 86_400_000;
const FURTHEST_STEPS = 28;

/** When `neededMs` of planned time will have passed from `from` on; `null`: not within four weeks. */
export function plannedInstant(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  neededMs: number,
): EpochMs | null {
  let left = neededMs;
  for (let step = 0; step < FURTHEST_STEPS; step += 1) {
    const start = from + step * STEP_MS;
    for (const segment of linePlan(state, config, line, start, start + STEP_MS)) {
      if (segment.kind !== 'planned') continue;
      const lengthMs = segment.to - segment.from;
      if (left <= lengthMs) return segment.from + left;
      left -= lengthMs;
    }
  }
  return null;
}
