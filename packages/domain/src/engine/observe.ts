import { conditionReported, refusedAlarm } from '../alarm/decide-condition.ts';
import { isNewProductFact } from '../count/product-facts.ts';
import { isNewReading } from '../count/reading-facts.ts';
import { isHeard } from '../equipment/contact.ts';
import { isNewModeFact } from '../equipment/mode-facts.ts';
import { isNewStateFact } from '../equipment/state-facts.ts';
import { modeOf } from '../equipment/mode-mapping.ts';
import { meaningOf } from '../equipment/state-mapping.ts';
import type { IndexedEquipment } from '../plant/plant-index.ts';
import { indexedEquipment, plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import type { EngineState, EquipmentState } from './engine-state.ts';
import { equipmentOf } from './engine-state.ts';
import type { FactoryEvent, Observation, StepResult } from './engine-types.ts';
import { FUTURE_TOLERANCE_MS, refused, unknownName } from './refusal.ts';

/** What an observation adds to the facts of its equipment; nothing is applied yet. */
export function decideObservation(
  state: EngineState,
  config: PlantConfig,
  observation: Observation,
): StepResult {
  const equipment = indexedEquipment(config, observation.equipment);
  if (equipment === undefined) {
    const known = plantIndex(config).equipment.keys();
    return unknownName('unknownEquipment', 'equipment', observation.equipment, known, 'equipment');
  }
  const facts = equipmentOf(state, observation.equipment);
  const refusal = refusalOf(observation, equipment, facts);
  if (refusal !== null) return refusal;
  if (observation.lost === true) {
    const { equipment: path, at } = observation;
    const known = facts.contact.losses.includes(at);
    return { events: known ? [] : [{ type: 'contactLost', equipment: path, at }] };
  }
  const events = newFacts(observation, equipment, facts);
  const spans = newSpans(observation, facts, events.length > 0);
  const condition = conditionReported(observation, facts);
  if (condition !== null) events.push(condition);
  if (spans.length > 0) events.push({ type: 'equipmentHeard', equipment: observation.equipment, spans });
  return { events };
}

function refusalOf(
  observation: Observation,
  { config }: IndexedEquipment,
  facts: EquipmentState,
): StepResult | null {
  const { at, receivedAt } = observation;
  if (at > receivedAt + FUTURE_TOLERANCE_MS)
    return refused(
      'inFuture',
      `at ${at} is ${at - receivedAt} ms after it was received; at most ${FUTURE_TOLERANCE_MS} ms are accepted`,
      'at',
    );
  if (observation.lost === true) return null;
  const oldest = (facts.newestAt ?? at) - config.latenessWindowMs;
  if (at < oldest)
    return refused(
      'tooLate',
      `at ${at} is ${(facts.newestAt ?? at) - at} ms older than the newest observation of ${config.path}; ` +
        `its lateness window is ${config.latenessWindowMs} ms`,
      'at',
    );
  if (config.pulse !== undefined && observation.state !== undefined)
    return refused('stateFromPulses', `${config.path} tells its state by its pulses; expected none`, 'state');
  return invalidNumber(observation) ?? refusedAlarm(observation, facts);
}

function invalidNumber({ good, scrap, rework, counter, rejectCounter }: Observation): StepResult | null {
  return (
    invalidCount('good', good) ??
    invalidCount('scrap', scrap) ??
    invalidCount('rework', rework) ??
    invalidCount('counter', counter) ??
    invalidCount('rejectCounter', rejectCounter)
  );
}

function invalidCount(name: string, value: number | undefined): StepResult | null {
  if (value === undefined || (value >= 0 && value < Infinity)) return null;
  return refused('invalidCount', `${name} is ${value}; expected a number of at least 0`, name);
}

function newFacts(
  observation: Observation,
  { config, mapping }: IndexedEquipment,
  facts: EquipmentState,
): FactoryEvent[] {
  const { equipment, at, state: raw, mode: rawMode, product, counter, rejectCounter } = observation;
  const late = facts.newestAt !== null && at < facts.newestAt ? { late: true as const } : null;
  const events: FactoryEvent[] = [];
  if (raw !== undefined) {
    const { state, reason } = meaningOf(mapping, raw, observation.reason);
    if (isNewStateFact(facts.states, { at, state, raw, reason }))
      events.push({
        type: 'equipmentStateChanged',
        equipment,
        at,
        state,
        raw,
        ...(reason === null ? null : { reason }),
        ...late,
      });
  }
  if (rawMode !== undefined) {
    const mode = modeOf(config.modes?.mapping, rawMode);
    if (isNewModeFact(facts.modes ?? [], { at, mode, raw: rawMode }))
      events.push({ type: 'equipmentModeChanged', equipment, at, mode, raw: rawMode, ...late });
  }
  if (product !== undefined && isNewProductFact(facts.products, { at, product }))
    events.push({ type: 'productChanged', equipment, at, product, ...late });
  const counted = increments(observation);
  if (counted !== null) events.push({ type: 'counted', equipment, at, ...counted, ...late });
  if (counter !== undefined && isNewReading(facts.produced, at, counter))
    events.push({ type: 'counterRead', equipment, at, counter: 'produced', total: counter, ...late });
  if (rejectCounter !== undefined && isNewReading(facts.rejected, at, rejectCounter))
    events.push({ type: 'counterRead', equipment, at, counter: 'rejected', total: rejectCounter, ...late });
  return events;
}

/** A sibling that is missing beside a given increment is 0. */
function increments(
  observation: Observation,
): { good: number; scrap: number; rework: number; rejectsGiven?: true } | null {
  const { good, scrap, rework } = observation;
  if (good === undefined && scrap === undefined && rework === undefined) return null;
  const told = scrap !== undefined || rework !== undefined;
  return {
    good: good ?? 0,
    scrap: scrap ?? 0,
    rework: rework ?? 0,
    ...(told ? { rejectsGiven: true as const } : null),
  };
}

/** Hearings that are not in heard time yet. A fact's own instant is heard by the fact. */
function newSpans(
  observation: Observation,
  { contact }: EquipmentState,
  hasFact: boolean,
): readonly (readonly [EpochMs, EpochMs])[] {
  const latest = observation.receivedAt + FUTURE_TOLERANCE_MS;
  const spans: (readonly [EpochMs, EpochMs])[] = [];
  if (!hasFact && !isHeard(contact, observation.at, observation.at))
    spans.push([observation.at, observation.at]);
  for (const [from, end] of observation.heard ?? []) {
    const to = Math.min(end, latest);
    if (from <= to && !isHeard(contact, from, to)) spans.push([from, to]);
  }
  return spans;
}
