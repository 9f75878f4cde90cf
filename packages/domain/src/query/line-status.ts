import type { CallPriority } from '../andon/call.ts';
import { PRIORITY_RANK, isOpen } from '../andon/call.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { ContactStatus, CurrentState } from '../equipment/equipment-status.ts';
import { contactStatus, currentState } from '../equipment/equipment-status.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { constraintFor, lineProductAt } from '../oee/line-constraint.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { equipmentPlan } from '../shift/equipment-plan.ts';
import type { PlanKind } from '../shift/plan.ts';
import type { ShiftInstance } from '../shift/shift-instance.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';

export interface LineStatus {
  /** Of the line's constraint. */
  readonly state: CurrentState;
  readonly contact: ContactStatus;
  /** What the plan says; the machine's state is shown beside it, not replaced by it. */
  readonly schedule: { readonly status: PlanKind };
  readonly shift: ShiftInstance | Unknown;
  readonly product: { readonly id: string; readonly name: string } | Unknown;
  readonly calls: LineCalls;
}

export interface LineCalls {
  readonly open: number;
  readonly unacknowledged: number;
  /** The highest among the open ones. */
  readonly priority?: CallPriority;
  readonly oldestAt?: EpochMs;
}

export function lineStatus(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): LineStatus | Unknown {
  const index = plantIndex(config);
  const line = index.lines.get(path);
  if (line === undefined) return unknown('unknownLine');
  const id = lineProductAt(state, line, now);
  const constraint = constraintFor(line, id);
  const kind = equipmentPlan(state, config, constraint, now, now + 1, now + 1)[0]?.kind ?? 'notScheduled';
  return {
    state: currentState(state, config, constraint, now),
    contact: contactStatus(state, constraint, now),
    schedule: { status: kind },
    shift: lineShiftAt(state, config, path, now) ?? unknown('noShift'),
    product: id === null ? unknown('noOrder') : { id, name: index.products.get(id)?.name ?? id },
    calls: lineCalls(state, path),
  };
}

function lineCalls(state: EngineState, line: LinePath): LineCalls {
  let open = 0;
  let unacknowledged = 0;
  let priority: CallPriority | undefined;
  let oldestAt: EpochMs | undefined;
  for (const call of state.calls) {
    if (call.line !== line || !isOpen(call)) continue;
    open += 1;
    if (call.status === 'raised') unacknowledged += 1;
    if (priority === undefined || PRIORITY_RANK[call.priority] > PRIORITY_RANK[priority])
      priority = call.priority;
    oldestAt = Math.min(oldestAt ?? call.raisedAt, call.raisedAt);
  }
  return {
    open,
    unacknowledged,
    ...(priority === undefined ? null : { priority }),
    ...(oldestAt === undefined ? null : { oldestAt }),
  };
}
