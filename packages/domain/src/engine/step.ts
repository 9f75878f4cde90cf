import { decideDisplay } from '../andon/decide-call.ts';
import { downtimeCorrections } from '../downtime/derive-downtimes.ts';
import { downtimeStatistics } from '../downtime/downtime-statistics.ts';
import { hearingsAround } from '../equipment/contact.ts';
import { isStop } from '../equipment/state-mapping.ts';
import { shiftFigures } from '../oee/line-figures.ts';
import { escalate } from '../escalation/escalate.ts';
import { followCalls } from '../escalation/follow-calls.ts';
import type { MaintenanceEvent } from '../maintenance/maintenance-events.ts';
import { withAdjustments } from '../period/decide-period.ts';
import type { PlanEvent } from '../plan/plan-events.ts';
import { figuresOfEnd, watchFigures } from '../oee/decide-oee.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LineConfig, LinePath, PlantConfig } from '../plant/plant.ts';
import { changeoverNews } from '../changeover/measure-changeovers.ts';
import { watchQuality } from '../quality/watch-quality.ts';
import type { ShiftInstance } from '../shift/shift-instance.ts';
import { lineShiftAt, lineShiftsBetween } from '../shift/line-shifts.ts';
import { applyEvent } from './apply-event.ts';
import type { EngineState } from './engine-state.ts';
import { equipmentOf, lineOf } from './engine-state.ts';
import type {
  EngineInput,
  FactoryCommandEnvelope,
  FactoryEvent,
  Observation,
  StepResult,
} from './engine-types.ts';
import { decideCommand } from './execute.ts';
import { decideObservation } from './observe.ts';

/**
 * Decides what an input makes true and applies it to `state`, which the caller owns. Equal state, configuration,
 * input and `now` give equal events. A refused input changes nothing.
 */
export function step(state: EngineState, config: PlantConfig, input: EngineInput, now: EpochMs): StepResult {
  if (input.kind === 'observation') return observe(state, config, input.observation, now);
  if (input.kind === 'command') return execute(state, config, input.envelope, now);
  if (input.kind === 'display') {
    const decided = decideDisplay(state, input.display);
    applyAll(state, config, decided.events);
    return decided;
  }
  return { events: tick(state, config, now) };
}

function execute(
  state: EngineState,
  config: PlantConfig,
  envelope: FactoryCommandEnvelope,
  now: EpochMs,
): StepResult {
  const asked = decideCommand(state, config, envelope, now);
  const { author, at, command } = envelope;
  const decided = withAdjustments(state, config, asked, author, at, command.adjustment);
  applyAll(state, config, decided.events);
  const corrections = decided.events.flatMap((event) => [
    ...ofChangeover(state, config, event, now),
    ...ofPlan(state, config, event, now),
    ...ofEnd(state, config, event, now),
  ]);
  const consequences = [...corrections, ...followCalls(state, config, decided.events, now)];
  return consequences.length === 0 ? decided : { ...decided, events: [...decided.events, ...consequences] };
}

function applyAll(state: EngineState, config: PlantConfig, events: readonly FactoryEvent[]): void {
  for (const event of events) applyEvent(state, config, event);
}

function corrected(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  changed: { readonly from: EpochMs; readonly to: EpochMs },
  now: EpochMs,
): readonly FactoryEvent[] {
  const events = downtimeCorrections(state, config, line, changed, now);
  applyAll(state, config, events);
  return events;
}

function observe(
  state: EngineState,
  config: PlantConfig,
  observation: Observation,
  now: EpochMs,
): StepResult {
  const decided = decideObservation(state, config, observation);
  if (decided.events.length === 0) return decided;
  const line = plantIndex(config).equipment.get(observation.equipment)?.constrains;
  if (line === null || line === undefined) {
    applyAll(state, config, decided.events);
    return decided;
  }
  const changed = changedStretch(state, observation);
  const stoodStill = standsStill(state, line);
  applyAll(state, config, decided.events);
  // In order and running before and after: no stop can have changed.
  if (changed.inOrder && !stoodStill && !standsStill(state, line)) return decided;
  const corrections = corrected(state, config, line.path, changed, now);
  return corrections.length === 0 ? decided : { events: [...decided.events, ...corrections] };
}

/** Whether the constraint's newest state is a stop, or a stop of it is recorded as open. */
function standsStill(state: EngineState, line: LineConfig): boolean {
  const newest = equipmentOf(state, line.constraint).states.at(-1);
  return (
    (newest !== undefined && isStop(newest.state)) || lineOf(state, line.path).downtimes.at(-1)?.to === null
  );
}

/** What an observation may change: from the hearing before it to the one after it. Asked before it is applied. */
function changedStretch(
  state: EngineState,
  observation: Observation,
): { from: EpochMs; to: EpochMs; inOrder: boolean } {
  const { contact, newestAt } = equipmentOf(state, observation.equipment);
  let from = observation.at;
  let to = observation.at;
  for (const [start, end] of [[observation.at, observation.at] as const, ...(observation.heard ?? [])]) {
    from = Math.min(from, hearingsAround(contact, start).before ?? start);
    to = Math.max(to, hearingsAround(contact, end).after ?? end);
  }
  return { from, to, inOrder: newestAt === null || from >= newestAt };
}

/** A changeover turns the standing still it covers into setup, or back. */
function ofChangeover(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (event.type === 'changeoverCancelled')
    return corrected(state, config, event.line, { from: event.startedAt, to: now }, now);
  if (event.type !== 'changeoverStarted' && event.type !== 'changeoverCompleted') return [];
  return corrected(state, config, event.line, { from: event.at, to: Math.max(event.at, now) }, now);
}

function ofEnd(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  const events = figuresOfEnd(state, config, event, now);
  applyAll(state, config, events);
  return events;
}

type OfPlan = PlanEvent | MaintenanceEvent;

function isOfPlan(event: FactoryEvent): event is OfPlan {
  return event.type.startsWith('plan') || event.type.startsWith('maintenance');
}

/** Stops follow the plan, as far back as facts are held. */
function ofPlan(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (!isOfPlan(event)) return [];
  const constraint = plantIndex(config).lines.get(event.line)?.constraint;
  const oldest = constraint === undefined ? undefined : equipmentOf(state, constraint.path).states[0]?.at;
  const from = Math.max(event.from, oldest ?? now);
  const to = Math.min(event.to, now);
  return to > from ? corrected(state, config, event.line, { from, to }, now) : [];
}

function tick(state: EngineState, config: PlantConfig, now: EpochMs): readonly FactoryEvent[] {
  if (state.now !== null && now <= state.now) return [];
  const before = state.now ?? now;
  const advanced: FactoryEvent = { type: 'timeAdvanced', at: now };
  applyEvent(state, config, advanced);
  const events: FactoryEvent[] = [advanced];
  for (const line of config.lines) {
    if (standsStill(state, line)) {
      const from = equipmentOf(state, line.constraint).states.at(-1)?.at ?? now;
      events.push(...corrected(state, config, line.path, { from, to: now }, now));
    }
    const shifts = shiftChanges(state, config, line.path, now);
    applyAll(state, config, shifts);
    events.push(...shifts);
    const watched = [
      ...watchQuality(state, config, line.path, now),
      ...changeoverNews(state, config, line.path, now),
    ];
    applyAll(state, config, watched);
    events.push(...watched);
    const figures = watchFigures(state, config, line, before, now);
    applyAll(state, config, figures);
    events.push(...figures);
    for (const event of shifts) events.push(...ofEnd(state, config, event, now));
  }
  events.push(...escalate(state, config, now));
  return events;
}

/** How far back shifts that passed while nobody ran the clock are still opened and closed. */
const MISSED_SHIFTS_MS = 8 * 86_400_000;

function shiftChanges(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): readonly FactoryEvent[] {
  const last = lineOf(state, line).shift;
  const current = lineShiftAt(state, config, line, now);
  const events: FactoryEvent[] = [];
  if (last !== null) {
    if (last.id === current?.id) {
      const isSame = last.from === current.from && last.to === current.to && !last.ended;
      return isSame ? [] : [started(line, current)];
    }
    const held = lineShiftsBetween(state, config, line, last.from, last.to).find(({ id }) => id === last.id);
    const lasted = held ?? last;
    // Overtime told of afterwards moves an end that was recorded.
    if (!last.ended || lasted.to > last.to) events.push(...ended(state, config, line, lasted));
    const since = Math.max(lasted.to, now - MISSED_SHIFTS_MS);
    for (const missed of lineShiftsBetween(state, config, line, since, now)) {
      if (missed.from < lasted.to || missed.id === current?.id || missed.to > now) continue;
      events.push(started(line, missed), ...ended(state, config, line, missed));
    }
  }
  if (current !== null) events.push(started(line, current));
  return events;
}

function started(line: LinePath, shift: ShiftInstance): FactoryEvent {
  return { type: 'shiftStarted', line, at: shift.from, shiftId: shift.id, to: shift.to };
}

function ended(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  shift: { readonly id: string; readonly from: EpochMs; readonly to: EpochMs },
): readonly FactoryEvent[] {
  const { id: shiftId, from, to } = shift;
  const figures = shiftFigures(state, config, line, shift, to);
  const statistics = downtimeStatistics(state, config, { kind: 'line', path: line }, { from, to }, to);
  return [
    { type: 'shiftEnded', line, at: to, shiftId, from, figures: { ...figures } },
    { type: 'downtimeStatisticsCalculated', line, at: to, shiftId, from, to, statistics },
  ];
}
