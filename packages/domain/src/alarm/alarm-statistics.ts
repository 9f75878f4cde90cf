import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { AlarmFlood } from './alarm-rates.ts';
import { cyclesPerMinute, floodsOf, isChattering, isStale, raisedWithin } from './alarm-rates.ts';
import { isActive, isUnacknowledged } from './alarm-state.ts';
import type { KnownAlarm } from './known-alarms.ts';
import { isSuppressed, knownAlarms } from './known-alarms.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Figures of ISA-18.2 about alarms that people are told of; what is suppressed or shelved now is counted apart. */
export interface AlarmFigures {
  readonly active: number;
  readonly unacknowledged: number;
  readonly suppressed: number;
  /** Raised in the last 60 minutes. */
  readonly lastHour: number;
  /** Raised in the last 24 hours, by the hour. */
  readonly meanPerHour: number;
  /** Of the last 24 hours, oldest first. */
  readonly floods: readonly AlarmFlood[];
  readonly chattering: readonly (NamedAlarm & { readonly cyclesPerMinute: number })[];
  readonly stale: readonly (NamedAlarm & { readonly since: EpochMs })[];
}

export interface NamedAlarm {
  readonly equipment: EquipmentPath;
  readonly alarm: string;
  readonly code: string;
}

export interface AlarmStatistics extends AlarmFigures {
  readonly byEquipment: readonly (AlarmFigures & { readonly equipment: EquipmentPath })[];
}

interface Placed {
  readonly equipment: EquipmentPath;
  readonly alarm: KnownAlarm;
}

/** Alarm figures of a line and of each piece of its equipment, up to `now`. */
export function alarmStatistics(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): AlarmStatistics {
  const equipment = plantIndex(config).lines.get(line)?.config.equipment ?? [];
  const placed = equipment.map((path) => ({
    path,
    alarms: knownAlarms(state, path)
      .filter((alarm) => alarm.occurrence !== null || isSuppressed(alarm, now))
      .map((alarm): Placed => ({ equipment: path, alarm })),
  }));
  return {
    ...figuresOf(
      placed.flatMap(({ alarms }) => alarms),
      now,
    ),
    byEquipment: placed
      .filter(({ alarms }) => alarms.length > 0)
      .map(({ path, alarms }) => Object.assign({ equipment: path }, figuresOf(alarms, now))),
  };
}

function figuresOf(all: readonly Placed[], now: EpochMs): AlarmFigures {
  const shown = all.filter(({ alarm }) => !isSuppressed(alarm, now));
  const raised = shown.flatMap(({ alarm }) => raisedWithin(alarm, now - DAY_MS, now)).sort((a, b) => a - b);
  return {
    active: shown.filter(({ alarm }) => isActive(alarm.state)).length,
    unacknowledged: shown.filter(({ alarm }) => isUnacknowledged(alarm.state)).length,
    suppressed: all.length - shown.length,
    lastHour: raised.filter((at) => at > now - HOUR_MS).length,
    meanPerHour: raised.length / (DAY_MS / HOUR_MS),
    floods: floodsOf(raised, now),
    chattering: shown
      .filter(({ alarm }) => isChattering(alarm, now))
      .map((each) => Object.assign(nameOf(each), { cyclesPerMinute: cyclesPerMinute(each.alarm, now) })),
    stale: shown
      .filter(({ alarm }) => isStale(alarm, now))
      .map((each) => Object.assign(nameOf(each), { since: each.alarm.occurrence?.from ?? now })),
  };
}

function nameOf({ equipment, alarm: { memory } }: Placed): NamedAlarm {
  return { equipment, alarm: memory.key, code: memory.code };
}
