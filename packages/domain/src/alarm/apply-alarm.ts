import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { AlarmAct, BoundAct, ConditionFact } from './alarm.ts';
import { wordsIn } from './alarm.ts';
import type { AlarmEvent } from './alarm-events.ts';
import { findAlarm, insertCondition, newEquipmentAlarms, type AlarmMemory } from './alarm-memory.ts';

type OnAlarm = Extract<AlarmEvent, { alarm: string }>;
type Reported = Extract<AlarmEvent, { type: 'conditionReported' }>;

export function applyAlarm(state: EngineState, event: AlarmEvent): void {
  if (event.type === 'alarmFloodStarted') lineOf(state, event.line).alarmFloodSince = event.at;
  else if (event.type === 'alarmFloodEnded') delete lineOf(state, event.line).alarmFloodSince;
  else if (event.type === 'conditionReported') {
    const facts = equipmentOf(state, event.equipment);
    facts.alarms ??= newEquipmentAlarms();
    insertCondition(facts.alarms, event.item ?? '', event.code ?? null, factOf(event));
  } else {
    const alarm = findAlarm(state.equipment[event.equipment]?.alarms, event.alarm);
    if (alarm !== undefined) applyToAlarm(alarm, event);
  }
}

export function factOf(report: Reported): ConditionFact {
  const { at, level, latched } = report;
  return { at, level, ...wordsIn(report), ...(latched === undefined ? null : { latched }) };
}

function applyToAlarm(alarm: AlarmMemory, event: OnAlarm): void {
  switch (event.type) {
    case 'alarmAcknowledged':
      return addAct(alarm, { kind: 'acknowledge', of: event.of, ...actOf(event) });
    case 'alarmReset':
      return addAct(alarm, { kind: 'reset', of: event.of, ...actOf(event) });
    case 'alarmShelved':
      alarm.shelving = { ...actOf(event), until: event.until };
      return;
    case 'alarmUnshelved':
      // Whether the occurrence returned follows from the facts, which late ones may yet change.
      if (event.cause !== 'returned') delete alarm.shelving;
      else if (alarm.shelving !== undefined) alarm.shelving = { ...alarm.shelving, told: true };
      return;
    case 'alarmSuppressed':
      alarm.suppressedByDesign = actOf(event);
      return;
    case 'alarmReleased':
      delete alarm.suppressedByDesign;
      return;
    case 'alarmTakenOutOfService':
      alarm.outOfService = actOf(event);
      return;
    case 'alarmReturnedToService':
      delete alarm.outOfService;
      return;
    case 'equipmentFaultRaised':
    case 'equipmentFaultCleared':
    case 'equipmentFaultWithdrawn':
  }
}

function actOf({ at, author, note }: { at: number; author: string; note?: string }): AlarmAct {
  return { at, by: author, ...(note === undefined ? null : { note }) };
}

/** Beyond so many between two settlings the oldest go; each binds to an occurrence, which takes one of a kind. */
const ACTS_KEPT = 200;

function addAct(alarm: AlarmMemory, act: BoundAct): void {
  alarm.acts.splice(lastAtOrBefore(alarm.acts, act.at) + 1, 0, act);
  if (alarm.acts.length > ACTS_KEPT) alarm.acts.shift();
}
