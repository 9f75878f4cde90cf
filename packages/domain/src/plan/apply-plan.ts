import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { PlanEvent } from './plan-events.ts';

export function applyPlan(state: EngineState, event: PlanEvent): void {
  const line = lineOf(state, event.line);
  const changes = line.planChanges ?? [];
  if (event.type === 'planChangeWithdrawn') {
    line.planChanges = changes.filter(({ id }) => id !== event.planChangeId);
    return;
  }
  const { planChangeId: id, line: path, change, from, to, note, author: by, at } = event;
  state.lastPlanChange = (state.lastPlanChange ?? 0) + 1;
  line.planChanges = [
    ...changes,
    { id, line: path, change, from, to, by, at, ...(note === undefined ? null : { note }) },
  ];
}
