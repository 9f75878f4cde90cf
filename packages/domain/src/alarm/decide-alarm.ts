import type { EngineState } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import type { EpochMs, LineConfig } from '../plant/plant.ts';
import { alarmIdOf, partsOfAlarmId } from './alarm.ts';
import type { AlarmCommand, AlarmEvent } from './alarm-events.ts';
import { ALARM_TRANSITIONS, isActive } from './alarm-state.ts';
import type { KnownAlarm } from './known-alarms.ts';
import { isShelved, knownAlarm, knownAlarms } from './known-alarms.ts';
import { holds } from './walk-alarm.ts';

const MIN_SHELVED_MS = 60_000;
/** What is shelved longer is forgotten: whoever wants that takes it out of service. */
const MAX_SHELVED_MS = 24 * 3_600_000;

type BoundCommand = Extract<AlarmCommand, { name: 'acknowledgeAlarm' | 'resetLatchedAlarm' }>;
type OverCommand = Exclude<AlarmCommand, BoundCommand>;

interface Asked {
  readonly author: string;
  readonly at: EpochMs;
  readonly now: EpochMs;
}

export function decideAlarm(
  state: EngineState,
  line: LineConfig,
  command: AlarmCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  if (isBound(command)) return decideBound(state, line, command, author, at);
  if (!line.equipment.includes(command.equipment))
    return unknownName('unknownEquipment', 'equipment', command.equipment, line.equipment, 'equipment');
  const alarm = knownAlarm(state, command.equipment, command.alarm);
  if (alarm === undefined) {
    const keys = knownAlarms(state, command.equipment).map(({ memory }) => memory.key);
    return unknownName('unknownAlarm', 'alarm', command.alarm, keys, 'alarm');
  }
  return decideOver(command, alarm, { author, at, now });
}

function isBound(command: AlarmCommand): command is BoundCommand {
  return command.name === 'acknowledgeAlarm' || command.name === 'resetLatchedAlarm';
}

/** An acknowledgement and a reset are of one occurrence: that of an old screen may be another than there is now. */
function decideBound(
  state: EngineState,
  line: LineConfig,
  { name, alarmId, note }: BoundCommand,
  author: string,
  at: EpochMs,
): StepResult {
  const parts = partsOfAlarmId(alarmId);
  if (parts === null || !line.equipment.includes(parts.equipment)) return unknownOccurrence(alarmId);
  const { equipment, key, from: of } = parts;
  const alarm = knownAlarm(state, equipment, key);
  if (alarm === undefined || alarm.occurrence === null) return unknownOccurrence(alarmId);
  const { occurrence } = alarm;
  const superseded = supersededBy(equipment, alarm, alarmId, of);
  if (superseded !== null) return superseded;
  const step = name === 'acknowledgeAlarm' ? 'acknowledge' : 'reset';
  if (ALARM_TRANSITIONS[alarm.state][step] === null) return impossible(alarm, alarmId, step);
  const type = step === 'acknowledge' ? 'alarmAcknowledged' : 'alarmReset';
  const event: AlarmEvent = {
    type,
    alarmId: alarmIdOf(equipment, key, occurrence.from),
    equipment,
    alarm: key,
    at: Math.max(at, occurrence.from, step === 'reset' ? (occurrence.to ?? at) : at),
    of,
    author,
    ...noted(note),
  };
  return { events: [event], data: { alarmId: event.alarmId } };
}

/** Late facts may have moved the start of an occurrence; it is still the one in which it was seen to begin. */
function supersededBy(
  equipment: string,
  { memory, occurrence }: KnownAlarm,
  alarmId: string,
  of: EpochMs,
): StepResult | null {
  if (occurrence === null || holds(occurrence, of)) return null;
  const newest = alarmIdOf(equipment, memory.key, occurrence.from);
  return of < occurrence.from
    ? conflict('alarmRaisedAgain', `alarm ${alarmId} is over; it was raised again as ${newest}`)
    : conflict('alarmWithdrawn', `a late observation showed that ${alarmId} did not happen; ${newest} did`);
}

function impossible(
  { state, occurrence }: KnownAlarm,
  id: string,
  step: 'acknowledge' | 'reset',
): StepResult {
  if (step === 'acknowledge') {
    const by = occurrence?.acknowledged?.by;
    return conflict(
      'alarmAcknowledged',
      `alarm ${id} was acknowledged${by === undefined ? '' : ` by ${by}`}`,
    );
  }
  if (isActive(state)) return conflict('alarmActive', `alarm ${id} is still active`);
  const by = occurrence?.reset?.by;
  return by === undefined
    ? conflict('notLatched', `alarm ${id} does not latch`)
    : conflict('alarmReset', `alarm ${id} was reset by ${by}`);
}

function unknownOccurrence(alarmId: string): StepResult {
  return refused('unknownAlarm', `no alarm ${alarmId} on this line, or it was over long ago`, 'alarmId');
}

/** What lies over the process of an alarm, whether it is active or not. */
function decideOver(command: OverCommand, alarm: KnownAlarm, asked: Asked): StepResult {
  if (command.name === 'shelveAlarm') return decideShelve(command, alarm, asked);
  const { equipment, alarm: key, note } = command;
  const { suppressedByDesign, outOfService } = alarm.memory;
  const about = { equipment, alarm: key, at: asked.at, author: asked.author, ...noted(note) };
  switch (command.name) {
    case 'unshelveAlarm':
      return isShelved(alarm, asked.now)
        ? { events: [{ type: 'alarmUnshelved', ...about, cause: 'person' }] }
        : conflict('notShelved', `alarm ${key} of ${equipment} is not shelved`);
    case 'suppressAlarm':
      return suppressedByDesign === undefined
        ? { events: [{ type: 'alarmSuppressed', ...about }] }
        : conflict('alarmSuppressed', `alarm ${key} was suppressed by ${suppressedByDesign.by}`);
    case 'releaseAlarm':
      return suppressedByDesign === undefined
        ? conflict('notSuppressed', `alarm ${key} of ${equipment} is not suppressed by design`)
        : { events: [{ type: 'alarmReleased', ...about }] };
    case 'takeAlarmOutOfService':
      return outOfService === undefined
        ? { events: [{ type: 'alarmTakenOutOfService', ...about }] }
        : conflict('alarmOutOfService', `alarm ${key} was taken out of service by ${outOfService.by}`);
    case 'returnAlarmToService':
  }
  return outOfService === undefined
    ? conflict('alarmInService', `alarm ${key} of ${equipment} is in service`)
    : { events: [{ type: 'alarmReturnedToService', ...about }] };
}

function decideShelve(
  { equipment, alarm: key, forMs, alarmId, note }: Extract<AlarmCommand, { name: 'shelveAlarm' }>,
  alarm: KnownAlarm,
  { author, at, now }: Asked,
): StepResult {
  if (forMs !== undefined && !(forMs >= MIN_SHELVED_MS && forMs <= MAX_SHELVED_MS))
    return refused(
      'invalidDuration',
      `forMs is ${forMs}; an alarm is shelved for ${MIN_SHELVED_MS} to ${MAX_SHELVED_MS} ms`,
      'forMs',
    );
  const { occurrence, memory } = alarm;
  if (alarmId !== undefined) {
    const parts = partsOfAlarmId(alarmId);
    if (parts === null || parts.equipment !== equipment || parts.key !== key || occurrence === null)
      return unknownOccurrence(alarmId);
    const superseded = supersededBy(equipment, alarm, alarmId, parts.from);
    if (superseded !== null) return superseded;
  }
  const until = forMs === undefined ? null : now + forMs;
  if (isShelved(alarm, now)) {
    const { by, until: before } = memory.shelving ?? { by: '', until: null };
    // Who shelves it for longer means it.
    if (until === null || before === null || until <= before)
      return conflict('alarmShelved', `alarm ${key} of ${equipment} is shelved by ${by} already`);
  }
  const current = occurrence === null ? null : { alarmId: alarmIdOf(equipment, key, occurrence.from) };
  const event: AlarmEvent = {
    type: 'alarmShelved',
    equipment,
    alarm: key,
    at,
    until,
    author,
    ...noted(note),
    ...current,
  };
  return { events: [event] };
}

function noted(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}
