import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentPath } from '../plant/plant.ts';
import type { Occurrence } from './alarm.ts';
import type { AlarmMemory, EquipmentAlarms } from './alarm-memory.ts';
import { clearsOf, endsShelving, findAlarm } from './alarm-memory.ts';
import type { AlarmWalk } from './walk-alarm.ts';
import { stepsOf, walkOf } from './walk-alarm.ts';

/** An alarm with all its facts and acts make of it. */
export interface KnownAlarm extends AlarmWalk {
  readonly memory: AlarmMemory;
  /** Those of which facts are held, and the one before; by start. */
  readonly occurrences: readonly Occurrence[];
}

/** Alarms of an equipment; `isMeant`: only these are looked at. */
export function knownAlarms(
  state: EngineState,
  equipment: EquipmentPath,
  isMeant: (memory: AlarmMemory) => boolean = () => true,
): readonly KnownAlarm[] {
  const alarms = state.equipment[equipment]?.alarms;
  if (alarms === undefined) return [];
  return alarms.alarms.filter(isMeant).map((memory) => knownFrom(alarms, memory));
}

export function knownAlarm(
  state: EngineState,
  equipment: EquipmentPath,
  key: string,
): KnownAlarm | undefined {
  const alarms = state.equipment[equipment]?.alarms;
  const memory = findAlarm(alarms, key);
  return alarms === undefined || memory === undefined ? undefined : knownFrom(alarms, memory);
}

function knownFrom(alarms: EquipmentAlarms, memory: AlarmMemory): KnownAlarm {
  const steps = stepsOf(memory, clearsOf(alarms, memory.item), alarms.settledTo);
  return { memory, ...walkOf(memory.settled, steps) };
}

export function isShelved({ memory: { shelving }, occurrences }: KnownAlarm, now: EpochMs): boolean {
  if (shelving === undefined) return false;
  if (shelving.until !== null) return now < shelving.until;
  return !occurrences.some((occurrence) => endsShelving(shelving, occurrence));
}

/** Nobody is told of it now, whatever its process does. */
export function isSuppressed(alarm: KnownAlarm, now: EpochMs): boolean {
  const { suppressedByDesign, outOfService } = alarm.memory;
  return suppressedByDesign !== undefined || outOfService !== undefined || isShelved(alarm, now);
}

/** Alarms this near to the start of a stop may have to do with it: a machine stops before or after it says why. */
export const AROUND_MS = 60_000;

/** Codes of the alarms that were active within a minute of an instant, each once. */
export function alarmCodesAround(
  state: EngineState,
  equipment: EquipmentPath,
  at: EpochMs,
): readonly string[] {
  const from = at - AROUND_MS;
  const to = at + AROUND_MS;
  const codes = knownAlarms(state, equipment)
    .filter(({ memory, occurrences }) =>
      [...memory.past, ...occurrences].some((each) => each.from <= to && (each.to ?? Infinity) > from),
    )
    .map(({ memory }) => memory.code);
  return [...new Set(codes)].sort();
}
