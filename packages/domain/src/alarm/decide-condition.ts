import type { EquipmentState } from '../engine/engine-state.ts';
import type { Observation, StepResult } from '../engine/engine-types.ts';
import { refused } from '../engine/refusal.ts';
import type { AlarmObservation, ConditionLevel } from './alarm.ts';
import { alarmKeyOf, wordsIn } from './alarm.ts';
import type { AlarmEvent } from './alarm-events.ts';
import { ALARM_LIMITS, findAlarm, isNewCondition } from './alarm-memory.ts';
import { factOf } from './apply-alarm.ts';

type Reported = Extract<AlarmEvent, { type: 'conditionReported' }>;

export function refusedAlarm({ alarm }: Observation, { alarms }: EquipmentState): StepResult | null {
  if (alarm === undefined) return null;
  const { item = '', code = '', active } = alarm;
  if (active && code === '' && item === '')
    return refused(
      'invalidAlarm',
      'an active alarm needs the code, or the item, that it is named by',
      'alarm',
    );
  const isKnown = !active || findAlarm(alarms, alarmKeyOf(item, code)) !== undefined;
  if (isKnown || alarms === undefined || alarms.alarms.length < ALARM_LIMITS.alarms) return null;
  return refused('tooManyAlarms', `at most ${ALARM_LIMITS.alarms} alarms of one equipment are held`, 'alarm');
}

/** What an observation adds to what is known of alarms; `null`: nothing. */
export function conditionReported(
  { equipment, at, alarm }: Observation,
  { alarms, newestAt }: EquipmentState,
): Reported | null {
  if (alarm === undefined) return null;
  const { item = '', latched } = alarm;
  const code = codeOf(alarm);
  const report: Reported = {
    type: 'conditionReported',
    equipment,
    at,
    ...(item === '' ? null : { item }),
    ...(code === null ? null : { code }),
    level: levelOf(alarm),
    ...wordsIn(alarm),
    ...(latched === true ? { latched } : null),
    ...(newestAt !== null && at < newestAt ? { late: true as const } : null),
  };
  return isNewCondition(alarms, item, code, factOf(report)) ? report : null;
}

/** `null`: all of the item. What is active without a code is the item's only alarm. */
function codeOf({ code = '', active }: AlarmObservation): string | null {
  return code === '' && !active ? null : code;
}

function levelOf({ active, severity, unavailable }: AlarmObservation): ConditionLevel {
  if (active) return severity ?? 'fault';
  return unavailable === true ? 'unavailable' : 'normal';
}
