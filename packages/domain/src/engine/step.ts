import { alarmChanges, alarmNews, alarmsReported, changedAlarmTime } from '../alarm/alarm-news.ts';
import { AROUND_MS } from '../alarm/known-alarms.ts';
import { watchAlarms } from '../alarm/watch-alarms.ts';
import { decideDisplay } from '../andon/decide-call.ts';
import { downtimeCorrections } from '../downtime/derive-downtimes.ts';
import { downtimeStatistics } from '../downtime/downtime-statistics.ts';
import { hearingsAround } from '../equipment/contact.ts';
import type { MachineTold } from '../equipment/equipment-events.ts';
import { illegalTransitionCorrections } from '../equipment/find-illegal-transitions.ts';
import { nextModeAt } from '../equipment/mode-facts.ts';
import { pulseStateCorrections } from '../equipment/pulse-states.ts';
import { isStop } from '../equipment/state-mapping.ts';
import { shiftFigures } from '../oee/line-figures.ts';
import { escalate } from '../escalation/escalate.ts';
import { followCalls } from '../escalation/follow-calls.ts';
import type { MaintenanceEvent } from '../maintenance/maintenance-events.ts';
import { withAdjustments } from '../period/decide-period.ts';
import type { PlanEvent } from '../plan/plan-events.ts';
import { figuresOfEnd, watchFigures } from '../oee/decide-oee.ts';
import { carriersOf } from '../oee/line-constraint.ts';
import { indexedEquipment, plantIndex } from '../plant/plant-index.ts';
import type {
  EpochMs,
  EquipmentConfig,
  EquipmentPath,
  LineConfig,
  LinePath,
  PlantConfig,
} from '../plant/plant.ts';
import { changeoverNews } from '../changeover/measure-changeovers.ts';
import { watchQuality } from '../quality/watch-quality.ts';
import type { ShiftInstance } from '../shift/shift-instance.ts';
import { lineShiftAt, lineShiftsBetween } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';
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
    ...ofPulses(state, config, event, now),
    ...ofProduct(state, config, event, now),
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
  const report = decided.events.find((event) => event.type === 'conditionReported');
  if (report === undefined) return followFacts(state, config, observation, decided, now);
  const before = alarmsReported(state, report);
  const { events } = followFacts(state, config, observation, decided, now);
  const changes = alarmChanges(before, alarmsReported(state, report));
  const news = alarmNews(report, changes);
  applyAll(state, config, news);
  const changed = changedAlarmTime(changes, now);
  const ruled = changed === null ? [] : ruledByAlarms(state, config, observation.equipment, changed, now);
  return { events: [...events, ...news, ...ruled] };
}

/** Stops near whose start an alarm was, or was not after all, may fit another rule. */
function ruledByAlarms(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentPath,
  changed: Interval,
  now: EpochMs,
): readonly FactoryEvent[] {
  const line = indexedEquipment(config, equipment)?.carries;
  const isRuled = config.downtime?.rules.some(({ alarms }) => alarms !== undefined) === true;
  const oldest = equipmentOf(state, equipment).states[0]?.at;
  if (line === null || line === undefined || !isRuled || oldest === undefined) return [];
  const from = Math.max(changed.from - AROUND_MS, oldest);
  const to = changed.to + AROUND_MS;
  return to > from ? corrected(state, config, line.path, { from, to }, now) : [];
}

function followFacts(
  state: EngineState,
  config: PlantConfig,
  observation: Observation,
  decided: StepResult,
  now: EpochMs,
): StepResult {
  const equipment = indexedEquipment(config, observation.equipment);
  if (equipment === undefined) return decided;
  const line = equipment.carries;
  const tellsByFacts = equipment.config.pulse !== undefined || equipment.config.packml === true;
  // Nothing but these facts hangs on them: no stop, no state told by pulses, no table of transitions.
  if (line === null && !tellsByFacts) {
    applyAll(state, config, decided.events);
    return decided;
  }
  const changed = changedStretch(state, observation, now);
  const stoodStill = line !== null && standsStill(state, config, line);
  applyAll(state, config, decided.events);
  const told = tellsByFacts ? toldByFacts(state, config, equipment.config, changed, now) : NOTHING_TOLD;
  const withTold = told.length === 0 ? decided : { events: [...decided.events, ...told] };
  if (line === null) return withTold;
  // In order and running before and after: no stop can have changed.
  const byProduct = line.constraintByProduct !== undefined;
  if (!byProduct && told.length === 0 && changed.inOrder && !stoodStill && !standsStill(state, config, line))
    return decided;
  // Another product may make another machine carry the line, up to the present.
  const to = byProduct && observation.product !== undefined ? Math.max(changed.to, now) : changed.to;
  const corrections = corrected(state, config, line.path, withTimesOf(told, { ...changed, to }), now);
  return corrections.length === 0 ? withTold : { events: [...withTold.events, ...corrections] };
}

const NOTHING_TOLD: readonly MachineTold[] = [];

/** What the facts of one machine now tell beside what it said: states by its pulses, transitions against its table. */
function toldByFacts(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  changed: { readonly at: EpochMs; readonly from: EpochMs; readonly to: EpochMs },
  now: EpochMs,
): readonly MachineTold[] {
  const events: readonly MachineTold[] =
    equipment.packml === true
      ? illegalTransitionCorrections(state, equipment, changed)
      : pulseStateCorrections(state, config, equipment, Math.min(changed.at, changed.from), now);
  applyAll(state, config, events);
  return events;
}

/** A stretch widened to what was told of it. */
function withTimesOf(told: readonly MachineTold[], { from, to }: Interval): Interval {
  return told.reduce((wide, { at }) => ({ from: Math.min(wide.from, at), to: Math.max(wide.to, at + 1) }), {
    from,
    to,
  });
}

/** Whether the newest state of what carries the line is a stop, or a stop of it is recorded as open. */
function standsStill(state: EngineState, config: PlantConfig, line: LineConfig): boolean {
  if (lineOf(state, line.path).downtimes.at(-1)?.to === null) return true;
  const isStill = (path: EquipmentPath): boolean => {
    const newest = equipmentOf(state, path).states.at(-1);
    return newest !== undefined && isStop(newest.state);
  };
  if (line.constraintByProduct === undefined) return isStill(line.constraint);
  const indexed = plantIndex(config).lines.get(line.path);
  return indexed !== undefined && carriersOf(indexed).some(({ path }) => isStill(path));
}

/**
 * What an observation may change: from the hearing before it to the one after it, or the next mode. Asked before it is
 * applied.
 */
function changedStretch(
  state: EngineState,
  observation: Observation,
  now: EpochMs,
): { at: EpochMs; from: EpochMs; to: EpochMs; inOrder: boolean } {
  const { contact, newestAt, modes = [] } = equipmentOf(state, observation.equipment);
  const { at } = observation;
  const { before, after } = hearingsAround(contact, at);
  let from = before ?? at;
  let to = after ?? at;
  for (const [start, end] of observation.heard ?? []) {
    from = Math.min(from, hearingsAround(contact, start).before ?? start);
    to = Math.max(to, hearingsAround(contact, end).after ?? end);
  }
  const inOrder = newestAt === null || from >= newestAt;
  // A mode holds up to the next one, whatever is heard between.
  if (observation.mode !== undefined) to = Math.max(to, nextModeAt(modes, at) ?? now);
  return { at, from, to, inOrder };
}

/** A product or a verdict of a person's may make other stops of the same pulses. */
function ofPulses(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (event.type !== 'productChanged' && event.type !== 'countJudged') return [];
  const equipment = indexedEquipment(config, event.equipment);
  if (equipment?.config.pulse === undefined) return [];
  const { at } = event;
  const told = toldByFacts(state, config, equipment.config, { at, from: at, to: at }, now);
  if (equipment.carries === null || told.length === 0) return told;
  const { path } = equipment.carries;
  return [...told, ...corrected(state, config, path, withTimesOf(told, { from: at, to: now }), now)];
}

/** Another product may make another machine carry the line. */
function ofProduct(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (event.type !== 'productChanged') return [];
  const line = indexedEquipment(config, event.equipment)?.constrains;
  if (line?.constraintByProduct === undefined) return [];
  return corrected(state, config, line.path, { from: event.at, to: Math.max(event.at, now) }, now);
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
  for (const equipment of plantIndex(config).pulsed)
    events.push(...toldByFacts(state, config, equipment, { at: now, from: now, to: now }, now));
  for (const line of config.lines) {
    if (standsStill(state, config, line)) {
      const from = newestStateOf(state, config, line) ?? now;
      events.push(...corrected(state, config, line.path, { from, to: now }, now));
    }
    const shifts = shiftChanges(state, config, line.path, now);
    applyAll(state, config, shifts);
    events.push(...shifts);
    const watched = [
      ...watchQuality(state, config, line.path, now),
      ...watchAlarms(state, line, now),
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

/** Since when the machines that carry a line have been in their states, the earliest. */
function newestStateOf(state: EngineState, config: PlantConfig, line: LineConfig): EpochMs | undefined {
  const newest = (path: EquipmentPath): EpochMs | undefined => equipmentOf(state, path).states.at(-1)?.at;
  if (line.constraintByProduct === undefined) return newest(line.constraint);
  const indexed = plantIndex(config).lines.get(line.path);
  const all = indexed === undefined ? [] : carriersOf(indexed).map(({ path }) => newest(path));
  const known = all.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
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
