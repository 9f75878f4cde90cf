import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { heardModes } from '../equipment/mode-facts.ts';
import type { EpochMs, EquipmentConfig, PlantConfig } from '../plant/plant.ts';
import { linePlan, planWith } from './line-plan.ts';
import type { PlanSegment } from './plan.ts';

/**
 * The plan of a line over `[from, to)` as it is for one equipment of it: up to `now`, the time it was heard in a mode
 * that makes it so is planned downtime. What it will do later nobody knows, so ahead of `now` the plan is the line's.
 */
export function equipmentPlan(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly PlanSegment[] {
  let plan = linePlan(state, config, equipment.line, from, to);
  const { time = {} } = equipment.modes ?? {};
  const facts = equipmentOf(state, equipment.path);
  const horizon = Math.max(now, facts.newestAt ?? now);
  for (const span of heardModes(facts, equipment.silentAfterMs, from, Math.min(to, horizon), horizon))
    if (Object.hasOwn(time, span.mode) && time[span.mode] === 'plannedDowntime')
      plan = planWith(plan, { change: 'plannedDowntime', from: span.from, to: span.to });
  return plan;
}
