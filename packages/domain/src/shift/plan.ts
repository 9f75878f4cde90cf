import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastStartedBy, normalised } from '../time/interval.ts';

export type PlanKind = 'planned' | 'break' | 'plannedDowntime' | 'noOrder' | 'notScheduled';

export interface PlanSegment extends Interval {
  readonly kind: PlanKind;
}

export interface PlanParts {
  readonly planned: readonly Interval[];
  readonly breaks: readonly Interval[];
  readonly plannedDowntime: readonly Interval[];
}

/**
 * `[from, to)` cut into plan segments without gap or overlap. Outside the plan comes before a break, a break
 * before planned downtime.
 */
export function planSegments(parts: PlanParts, from: EpochMs, to: EpochMs): readonly PlanSegment[] {
  const planned = normalised(parts.planned);
  const breaks = normalised(parts.breaks);
  const downtime = normalised(parts.plannedDowntime);
  const cuts = new Set([from, to]);
  for (const part of [...planned, ...breaks, ...downtime])
    for (const edge of [part.from, part.to]) if (edge > from && edge < to) cuts.add(edge);
  const edges = [...cuts].sort((a, b) => a - b);
  const segments: { from: EpochMs; to: EpochMs; kind: PlanKind }[] = [];
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const start = edges[index] ?? from;
    const end = edges[index + 1] ?? to;
    const kind = kindAt(start);
    const last = segments.at(-1);
    if (last !== undefined && last.kind === kind) last.to = end;
    else segments.push({ from: start, to: end, kind });
  }
  return segments;

  function kindAt(at: EpochMs): PlanKind {
    if (!covers(planned, at)) return 'notScheduled';
    if (covers(breaks, at)) return 'break';
    return covers(downtime, at) ? 'plannedDowntime' : 'planned';
  }
}

/** Whether one of the sorted, disjoint intervals holds `at`. */
function covers(intervals: readonly Interval[], at: EpochMs): boolean {
  return (intervals[lastStartedBy(intervals, at)]?.to ?? -Infinity) > at;
}

/** Planned ms inside `[from, to)`. */
export function plannedMs(plan: readonly PlanSegment[], from: EpochMs, to: EpochMs): number {
  let total = 0;
  for (const segment of plan) {
    if (segment.from >= to) break;
    if (segment.kind !== 'planned') continue;
    total += Math.max(0, Math.min(segment.to, to) - Math.max(segment.from, from));
  }
  return total;
}
