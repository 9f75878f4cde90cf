import type { Maintenance } from '../maintenance/maintenance.ts';
import { maintenanceChanges } from '../maintenance/maintenance.ts';
import type { PlanChange } from '../plan/plan-change.ts';
import { PLAN_CHANGE_EFFECT } from '../plan/plan-change.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { calendarPlan } from './calendar.ts';
import type { PlanKind, PlanSegment } from './plan.ts';

/** What of the engine's state the plan hangs on. */
export interface PlanState {
  readonly lines: Readonly<
    Record<
      LinePath,
      | {
          readonly planChanges?: readonly PlanChange[] | undefined;
          readonly maintenances?: readonly Maintenance[] | undefined;
        }
      | undefined
    >
  >;
}

/**
 * The plan of a line over `[from, to)`, without gap or overlap: the calendar's, and over it what people changed, in
 * the order in which they said it.
 */
export function linePlan(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  to: EpochMs,
): readonly PlanSegment[] {
  let plan = calendarPlan(config, line, from, to);
  for (const change of changesOf(state, config, line))
    if (change.from < to && change.to > from) plan = planWith(plan, change);
  return plan;
}

/** What was changed on a line, in the order in which it holds: maintenance, and over it what people said. */
function changesOf(state: PlanState, config: PlantConfig, line: LinePath): readonly PlanChange[] {
  const { maintenances = [], planChanges = NONE } = state.lines[line] ?? {};
  if (maintenances.length === 0) return planChanges;
  const constraint = plantIndex(config).lines.get(line)?.constraint.path ?? '';
  return [...maintenanceChanges(maintenances, constraint), ...planChanges];
}

const NONE: readonly PlanChange[] = [];

/** A plan with one more change over it. */
export function planWith(
  plan: readonly PlanSegment[],
  { change, from, to }: Pick<PlanChange, 'change' | 'from' | 'to'>,
): readonly PlanSegment[] {
  const segments: { from: EpochMs; to: EpochMs; kind: PlanKind }[] = [];
  const add = (kind: PlanKind, start: EpochMs, end: EpochMs): void => {
    if (end <= start) return;
    const last = segments.at(-1);
    if (last?.kind === kind) last.to = end;
    else segments.push({ from: start, to: end, kind });
  };
  for (const segment of plan) {
    const start = Math.min(Math.max(segment.from, from), segment.to);
    const end = Math.max(Math.min(segment.to, to), start);
    add(segment.kind, segment.from, start);
    add(PLAN_CHANGE_EFFECT[change][segment.kind], start, end);
    add(segment.kind, end, segment.to);
  }
  return segments;
}
