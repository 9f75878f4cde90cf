import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import type { EpochMs, LineConfig, PlantConfig } from '../plant/plant.ts';
import { linePlan, planWith } from '../shift/line-plan.ts';
import type { PlanSegment } from '../shift/plan.ts';
import type { PlanChange } from './plan-change.ts';
import { editWindowOf } from './edit-window.ts';
import type { PlanCommand } from './plan-events.ts';

type ChangePlan = Extract<PlanCommand, { name: 'changePlan' }>;

/** One change is at most so long, and lies at most so far ahead. */
const LONGEST_MS = 14 * 86_400_000;
const FURTHEST_MS = 366 * 86_400_000;

/** Why a stretch of the plan may not be changed; `null`: it may. */
export function stretchRefusal(
  line: LineConfig,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  now: EpochMs,
): StepResult | null {
  if (!(Number.isInteger(from) && Number.isInteger(to) && to > from))
    return refused('invalidStretch', `from ${from} to ${to} is no stretch of time`, 'to');
  if (to - from > LONGEST_MS)
    return refused('tooLong', `${to - from} ms; at most ${LONGEST_MS} ms at once`, 'to');
  const windowMs = editWindowOf(line);
  if (from < now - windowMs)
    return refused('tooLate', `from ${from} is ${now - from} ms ago; ${windowMs} ms are accepted`, 'from');
  if (to > now + FURTHEST_MS)
    return refused('tooFarAhead', `to ${to} is more than ${FURTHEST_MS} ms ahead`, 'to');
  return null;
}

export function decideChangePlan(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig,
  command: ChangePlan,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const { change, from, to, note } = command;
  const refusal = stretchRefusal(line, command, now);
  if (refusal !== null) return refusal;
  const planChangeId = `plan-${(state.lastPlanChange ?? 0) + 1}`;
  const made: PlanChange = { id: planChangeId, line: line.path, change, from, to, by: author, at };
  const before = linePlan(state, config, line.path, from, to);
  const after = planWith(before, made);
  if (isSame(before, after))
    return refused('nothingChanged', `${change} changes nothing in the plan from ${from} to ${to}`);
  return {
    events: [
      {
        type: 'planChanged',
        planChangeId,
        line: line.path,
        at,
        author,
        change,
        from,
        to,
        ...(note === undefined ? null : { note }),
        before,
        after,
      },
    ],
    data: { planChangeId },
  };
}

export function decideWithdrawPlanChange(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig,
  planChangeId: string,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const own = lineOf(state, line.path);
  const found = own.planChanges?.find(({ id }) => id === planChangeId);
  if (found === undefined)
    return conflict(
      'unknownPlanChange',
      `no change ${planChangeId} on ${line.path}: it was withdrawn, or is long ago`,
    );
  const { from, to } = found;
  const refusal = stretchRefusal(line, found, now);
  if (refusal !== null) return refusal;
  const without: EngineState = {
    ...state,
    lines: {
      ...state.lines,
      [line.path]: { ...own, planChanges: (own.planChanges ?? []).filter((each) => each !== found) },
    },
  };
  return {
    events: [
      {
        type: 'planChangeWithdrawn',
        planChangeId,
        line: line.path,
        at,
        author,
        from,
        to,
        before: linePlan(state, config, line.path, from, to),
        after: linePlan(without, config, line.path, from, to),
      },
    ],
    data: { planChangeId },
  };
}

function isSame(a: readonly PlanSegment[], b: readonly PlanSegment[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ from, to, kind }, index) => {
      const other = b[index];
      return other !== undefined && other.from === from && other.to === to && other.kind === kind;
    })
  );
}
