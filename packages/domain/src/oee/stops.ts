import { isStop } from '../equipment/state-mapping.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import type { ReasonMeaning } from '../plant/reasons.ts';
import type { PlanSegment } from '../shift/plan.ts';
import { plannedMs } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';

interface StopInput {
  readonly states: readonly StateSegment[];
  readonly plan: readonly PlanSegment[];
  readonly minorStopMs: number;
  /** Whether the last segment's end is known; otherwise a stop that reaches it is still open. */
  readonly endsOpen: boolean;
}

/** One unbroken stretch of standing still. Its class is fixed over its whole length, also beyond a window's edges. */
export interface Stop extends Interval {
  readonly members: readonly StateSegment[];
  /** Its length in planned time, ms. */
  readonly plannedMs: number;
  readonly minor: boolean;
  readonly open: boolean;
}

/** The stops, oldest first. */
export function stopsOf({ states, plan, minorStopMs, endsOpen }: StopInput): readonly Stop[] {
  const stops: Stop[] = [];
  for (let index = 0; index < states.length;) {
    let end = index;
    while (end < states.length && isStop(states[end]?.state ?? 'unknown')) end += 1;
    const first = states[index];
    const last = states[end - 1];
    if (end > index && first !== undefined && last !== undefined) {
      const length = plannedMs(plan, first.from, last.to);
      const open = endsOpen && end === states.length;
      const minor = length < minorStopMs;
      const members = states.slice(index, end);
      stops.push({ from: first.from, to: last.to, members, plannedMs: length, minor, open });
    }
    index = end + 1;
  }
  return stops;
}

/** Failures of a window (ISO 22400-2, 9.34 and following). */
export interface Failures {
  /** Failures that began in the window. */
  readonly begun: number;
  /** Failures that ended in it, and how long these took in planned time, ms. */
  readonly repaired: number;
  readonly repairMs: number;
}

/** A failure is a stop in planned time that is not minor, with a reason that is marked as one. */
export function failuresOf(
  stops: readonly Stop[],
  { from, to }: Interval,
  reasons: ReadonlyMap<string, ReasonMeaning>,
): Failures {
  const failures = stops.filter(
    ({ minor, plannedMs, members }) =>
      !minor &&
      plannedMs > 0 &&
      members.some(({ reason }) => reason !== null && reasons.get(reason)?.failure === true),
  );
  const repaired = failures.filter((stop) => !stop.open && stop.to > from && stop.to <= to);
  return {
    begun: failures.filter((stop) => stop.from >= from && stop.from < to).length,
    repaired: repaired.length,
    repairMs: repaired.reduce((sum, stop) => sum + stop.plannedMs, 0),
  };
}
