import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import { horizonOf, timelineSource } from '../equipment/equipment-timeline.ts';
import { isStop } from '../equipment/state-mapping.ts';
import { stopReach } from '../equipment/stop-reach.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import { stateSegments } from '../equipment/timeline.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig, StateName } from '../plant/plant.ts';
import type { PlanSegment } from '../shift/plan.ts';
import { linePlan } from '../shift/line-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import type { RuledStop } from './classification-rules.ts';
import { ruledReason } from './classification-rules.ts';
import type { Downtime, RuledReason } from './downtime.ts';
import { downtimeId, downtimesWithin } from './downtime.ts';

/** A stop as the facts now show it. */
interface DerivedDowntime {
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly state: StateName;
  readonly machineReason: string | null;
  readonly minor: boolean;
  readonly ruled: RuledReason | null;
}

/**
 * Events that bring the recorded stops of a line's constraint in line with its facts, after something between
 * `from` and `to` changed. Only the stops around that stretch are derived again.
 */
export function downtimeCorrections(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  changed: Interval,
  now: EpochMs,
): readonly FactoryEvent[] {
  const indexed = plantIndex(config).lines.get(line);
  if (indexed === undefined) return [];
  // The present ms counts as elapsed, so that a stop is a stop from its first observation on.
  const horizon = horizonOf(state, indexed.constraint, now) + 1;
  const { states } = equipmentOf(state, indexed.constraint.path);
  const region = stopReach(states, changed, horizon);
  const recorded = downtimesWithin(lineOf(state, line).downtimes, region);
  const derived = deriveDowntimes(state, config, indexed, region, horizon);
  if (recorded.length === 0 && derived.length === 0) return [];
  return difference(indexed.config.constraint, recorded, derived, horizon);
}

/** Stops inside the region, cut where the plan ends, kept where some of their time was planned. */
function deriveDowntimes(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  region: Interval,
  horizon: EpochMs,
): readonly DerivedDowntime[] {
  const source = timelineSource(state, line.constraint);
  const segments = stateSegments(source, region.from, Math.min(region.to, horizon), horizon);
  const derived: DerivedDowntime[] = [];
  for (let index = 0; index < segments.length;) {
    let end = index;
    while (end < segments.length && isStop(segments[end]?.state ?? 'unknown')) end += 1;
    if (end > index) {
      const stop = segments.slice(index, end);
      const to = stop.at(-1)?.to ?? region.to;
      derived.push(...withinPlan(state, config, line, stop, to >= horizon ? null : to, horizon));
    }
    index = end + 1;
  }
  return derived;
}

function withinPlan(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  stop: readonly StateSegment[],
  to: EpochMs | null,
  horizon: EpochMs,
): readonly DerivedDowntime[] {
  const start = stop[0]?.from ?? horizon;
  const end = to ?? horizon;
  // One ms beyond an open stop: whether the plan goes on decides whether it is still open.
  const plan = linePlan(state, config, line.config.path, start, end + 1);
  return plannedStretches(plan, start, end).map((stretch) => {
    const open = to === null && stretch.to >= end && !endsPlan(plan, end);
    const parts = stop.filter((part) => part.to > stretch.from && part.from < stretch.to);
    const first = parts[0]?.state ?? 'stopped';
    const lengthMs = plannedMs(plan, stretch.from, stretch.to);
    return {
      from: stretch.from,
      to: open ? null : stretch.to,
      state: first,
      machineReason: parts.find(({ reason }) => reason !== null)?.reason ?? null,
      minor: !open && lengthMs < line.constraint.minorStopMs,
      ruled: ruledReason(
        config.downtime?.rules ?? [],
        ruledStop(line, stretch, { open, plannedMs: lengthMs, state: first, segments: parts }),
        config.site.timeZone,
      ),
    };
  });
}

function ruledStop(
  line: IndexedLine,
  { from }: Interval,
  stop: Pick<RuledStop, 'open' | 'plannedMs' | 'state' | 'segments'>,
): RuledStop {
  return {
    ...stop,
    from,
    line: line.config.path,
    equipment: line.constraint.path,
  };
}

/** Stretches of the plan inside `[from, to)`: they begin with planned time, and a break does not end them. */
function plannedStretches(plan: readonly PlanSegment[], from: EpochMs, to: EpochMs): readonly Interval[] {
  const stretches: { from: EpochMs; to: EpochMs }[] = [];
  let current: { from: EpochMs; to: EpochMs } | null = null;
  for (const segment of plan) {
    const start = Math.max(segment.from, from);
    const end = Math.min(segment.to, to);
    if (segment.kind === 'notScheduled') current = null;
    if (end <= start || segment.kind === 'notScheduled') continue;
    if (current === null) {
      if (segment.kind !== 'planned') continue;
      current = { from: start, to: end };
      stretches.push(current);
    } else current.to = end;
  }
  return stretches;
}

function endsPlan(plan: readonly PlanSegment[], at: EpochMs): boolean {
  return plan.some(({ kind, from, to }) => kind === 'notScheduled' && from <= at && at < to);
}

function difference(
  equipment: string,
  recorded: readonly Downtime[],
  derived: readonly DerivedDowntime[],
  horizon: EpochMs,
): readonly FactoryEvent[] {
  const events: FactoryEvent[] = [];
  const known = new Map(recorded.map((downtime) => [downtime.from, downtime]));
  const shown = new Set(derived.map(({ from }) => from));
  for (const { id, from } of recorded)
    if (!shown.has(from)) events.push({ type: 'downtimeWithdrawn', downtimeId: id, equipment, at: from });
  for (const stop of derived) {
    const before = known.get(stop.from);
    events.push(...restated(equipment, before, stop), ...ruledAnew(equipment, before, stop, horizon));
  }
  return events;
}

/** What the rules make of a stop, where it differs from what they made of it before. */
function ruledAnew(
  equipment: string,
  known: Downtime | undefined,
  { from, to, ruled, machineReason }: DerivedDowntime,
  horizon: EpochMs,
): readonly FactoryEvent[] {
  const before = known?.ruled ?? null;
  if (before?.rule === ruled?.rule && before?.reason === ruled?.reason) return [];
  const end = to ?? Math.max(horizon, from + 1);
  const where = { downtimeId: downtimeId(equipment, from), equipment, at: end, from, to: end };
  if (ruled === null)
    return before === null ? [] : [{ type: 'downtimeRuleVoided', ...where, rule: before.rule }];
  const said = before?.reason ?? machineReason;
  return [{ type: 'downtimeClassified', ...where, ...ruled, ...(said === null ? null : { before: said }) }];
}

/** What must be said anew about one stop: its start when it is new or changed kind, its end when that moved. */
function restated(
  equipment: string,
  known: Downtime | undefined,
  stop: DerivedDowntime,
): readonly FactoryEvent[] {
  const events: FactoryEvent[] = [];
  const id = downtimeId(equipment, stop.from);
  const begins =
    known === undefined ||
    known.state !== stop.state ||
    known.machineReason !== stop.machineReason ||
    (known.to !== null && stop.to === null);
  if (begins)
    events.push({
      type: 'downtimeStarted',
      downtimeId: id,
      equipment,
      at: stop.from,
      state: stop.state,
      ...(stop.machineReason === null ? {} : { reason: stop.machineReason }),
    });
  if (stop.to !== null && (begins || known.to !== stop.to || known.minor !== stop.minor))
    events.push({
      type: 'downtimeEnded',
      downtimeId: id,
      equipment,
      at: stop.to,
      from: stop.from,
      minor: stop.minor,
    });
  return events;
}
