import { alarmCodesAround } from '../alarm/known-alarms.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import { horizonOf, timelineSource } from '../equipment/equipment-timeline.ts';
import { heardModes } from '../equipment/mode-facts.ts';
import { isStop } from '../equipment/state-mapping.ts';
import { stopReach } from '../equipment/stop-reach.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import { stateSegments } from '../equipment/timeline.ts';
import { carriersOf } from '../oee/line-constraint.ts';
import { constraintSpans } from '../oee/line-figures.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type {
  EpochMs,
  EquipmentConfig,
  EquipmentPath,
  LinePath,
  PlantConfig,
  StateName,
} from '../plant/plant.ts';
import type { PlanSegment } from '../shift/plan.ts';
import { equipmentPlan } from '../shift/equipment-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { RuledStop } from './classification-rules.ts';
import { ruledReason } from './classification-rules.ts';
import type { Downtime, RuledReason } from './downtime.ts';
import { downtimeId, downtimesWithin } from './downtime.ts';

/** A stop as the facts now show it. */
interface DerivedDowntime {
  readonly equipment: EquipmentPath;
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
  const carriers = carriersOf(indexed);
  const horizon = Math.max(...carriers.map((each) => horizonOf(state, each, now))) + 1;
  const region = reachOf(state, carriers, changed, horizon);
  const recorded = downtimesWithin(lineOf(state, line).downtimes, region);
  const derived = deriveDowntimes(state, config, indexed, region, horizon);
  if (recorded.length === 0 && derived.length === 0) return [];
  return difference(recorded, derived, horizon);
}

/** Stops of several machines that touch each other's edges make a region grow; beyond so many it is large enough. */
const MOST_ROUNDS = 10;

/** The stretch widened to the whole stops around it, of everything that carries the line at times. */
function reachOf(
  state: EngineState,
  carriers: readonly EquipmentConfig[],
  changed: Interval,
  horizon: EpochMs,
): Interval {
  let region = changed;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let { from, to } = region;
    for (const { path } of carriers) {
      const reach = stopReach(equipmentOf(state, path).states, region, horizon);
      from = Math.min(from, reach.from);
      to = Math.max(to, reach.to);
    }
    region = { from, to };
    if (carriers.length === 1 || !carriers.some(({ path }) => cutsStop(state, path, region))) break;
  }
  return region;
}

/** Whether an edge lies inside a stretch of standing still. */
function cutsStop(state: EngineState, path: EquipmentPath, { from, to }: Interval): boolean {
  const { states } = equipmentOf(state, path);
  const stands = (at: EpochMs): boolean => isStop(states[lastAtOrBefore(states, at)]?.state ?? 'unknown');
  return [from, to].some((edge) => stands(edge - 1) && stands(edge) && (states.at(-1)?.at ?? edge) >= edge);
}

/** Stops inside the region, cut where the plan ends, kept where some of their time was planned. */
function deriveDowntimes(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  region: Interval,
  horizon: EpochMs,
): readonly DerivedDowntime[] {
  const derived: DerivedDowntime[] = [];
  for (const { constraint, ...span } of constraintSpans(state, line, region, Infinity)) {
    const source = timelineSource(state, constraint);
    const segments = stateSegments(source, span.from, Math.min(span.to, horizon), horizon);
    for (let index = 0; index < segments.length;) {
      let end = index;
      while (end < segments.length && isStop(segments[end]?.state ?? 'unknown')) end += 1;
      if (end > index) {
        const stop = segments.slice(index, end);
        const to = stop.at(-1)?.to ?? span.to;
        const open = to >= horizon ? null : to;
        derived.push(...withinPlan(state, config, { line, constraint }, stop, open, horizon));
      }
      index = end + 1;
    }
  }
  return derived;
}

/** A line while one equipment carries it. */
interface Carried {
  readonly line: IndexedLine;
  readonly constraint: EquipmentConfig;
}

function withinPlan(
  state: EngineState,
  config: PlantConfig,
  carried: Carried,
  stop: readonly StateSegment[],
  to: EpochMs | null,
  horizon: EpochMs,
): readonly DerivedDowntime[] {
  const { constraint } = carried;
  const start = stop[0]?.from ?? horizon;
  const end = to ?? horizon;
  // One ms beyond an open stop: whether the plan goes on decides whether it is still open.
  const plan = equipmentPlan(state, config, constraint, start, end + 1, horizon);
  return plannedStretches(plan, start, end).map((stretch) => {
    const open = to === null && stretch.to >= end && !endsPlan(plan, end);
    const parts = stop.filter((part) => part.to > stretch.from && part.from < stretch.to);
    const first = parts[0]?.state ?? 'stopped';
    const lengthMs = plannedMs(plan, stretch.from, stretch.to);
    return {
      equipment: constraint.path,
      from: stretch.from,
      to: open ? null : stretch.to,
      state: first,
      machineReason: parts.find(({ reason }) => reason !== null)?.reason ?? null,
      minor: !open && lengthMs < constraint.minorStopMs,
      ruled: ruledReason(
        config.downtime?.rules ?? [],
        ruledStop(state, carried, stretch, horizon, {
          open,
          plannedMs: lengthMs,
          state: first,
          segments: parts,
        }),
        config.site.timeZone,
      ),
    };
  });
}

function ruledStop(
  state: EngineState,
  { line, constraint }: Carried,
  { from, to }: Interval,
  horizon: EpochMs,
  stop: Pick<RuledStop, 'open' | 'plannedMs' | 'state' | 'segments'>,
): RuledStop {
  const { path, silentAfterMs } = constraint;
  const modes = heardModes(equipmentOf(state, path), silentAfterMs, from, to, horizon);
  return {
    ...stop,
    from,
    line: line.config.path,
    equipment: path,
    modes: modes.map(({ mode }) => mode),
    alarms: () => alarmCodesAround(state, path, from),
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
  recorded: readonly Downtime[],
  derived: readonly DerivedDowntime[],
  horizon: EpochMs,
): readonly FactoryEvent[] {
  const events: FactoryEvent[] = [];
  const known = new Map(recorded.map((downtime) => [downtime.id, downtime]));
  const shown = new Set(derived.map(({ equipment, from }) => downtimeId(equipment, from)));
  for (const { id, equipment, from } of recorded)
    if (!shown.has(id)) events.push({ type: 'downtimeWithdrawn', downtimeId: id, equipment, at: from });
  for (const stop of derived) {
    const before = known.get(downtimeId(stop.equipment, stop.from));
    events.push(
      ...restated(stop.equipment, before, stop),
      ...ruledAnew(stop.equipment, before, stop, horizon),
    );
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
