import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentPath } from '../plant/plant.ts';
import type { AlarmAct, AlarmWords, Occurrence } from './alarm.ts';
import { actIn, alarmIdOf } from './alarm.ts';
import type { AlarmState } from './alarm-state.ts';
import { isActive, isUnacknowledged } from './alarm-state.ts';
import { isChattering, isStale } from './alarm-rates.ts';
import type { KnownAlarm } from './known-alarms.ts';
import { isShelved, knownAlarms } from './known-alarms.ts';

/** One alarm of an equipment, with its newest occurrence. */
export interface AlarmView extends Partial<AlarmWords> {
  /** Its key: `{item}/{code}`, or the code. */
  readonly alarm: string;
  readonly equipment: EquipmentPath;
  readonly item?: string;
  readonly code: string;
  readonly state: AlarmState;
  /** Of the newest occurrence; absent: it was not raised yet. */
  readonly alarmId?: string;
  readonly raisedAt?: EpochMs;
  readonly clearedAt?: EpochMs;
  readonly endedBy?: NonNullable<Occurrence['endedBy']>;
  readonly latched?: true;
  readonly acknowledged?: AlarmAct;
  readonly reset?: AlarmAct;
  /** `until`: `null` for one occurrence. */
  readonly shelved?: AlarmAct & { readonly until: EpochMs | null };
  readonly suppressedByDesign?: AlarmAct;
  readonly outOfService?: AlarmAct;
  /** Raised at least three times in the last minute. */
  readonly chattering?: true;
  /** Active for more than a day. */
  readonly stale?: true;
}

const MOST = 200;

/** Alarms of an equipment that are not normal, lie under something, or were so lately: the most urgent 200, by key. */
export function alarmViews(state: EngineState, equipment: EquipmentPath, now: EpochMs): readonly AlarmView[] {
  const views = knownAlarms(state, equipment)
    .map((alarm) => viewOf(equipment, alarm, now))
    .filter((view) => view !== null);
  if (views.length > MOST)
    views.sort((a, b) => urgency(b) - urgency(a) || (b.raisedAt ?? 0) - (a.raisedAt ?? 0));
  return views.slice(0, MOST).sort((a, b) => (a.alarm < b.alarm ? -1 : Number(a.alarm > b.alarm)));
}

function urgency({ state }: AlarmView): number {
  return Number(isActive(state)) + 2 * Number(isUnacknowledged(state)) + Number(state !== 'normal');
}

function viewOf(equipment: EquipmentPath, known: KnownAlarm, now: EpochMs): AlarmView | null {
  const { memory, occurrence, state } = known;
  const { key: alarm, item, code, suppressedByDesign, outOfService } = memory;
  const shelved = isShelved(known, now) ? memory.shelving : undefined;
  const over = shelved ?? suppressedByDesign ?? outOfService;
  if (occurrence === null && over === undefined) return null;
  return {
    alarm,
    equipment,
    ...(item === '' ? null : { item }),
    code,
    state,
    ...(occurrence === null ? null : ofOccurrence(equipment, alarm, occurrence)),
    ...(shelved === undefined ? null : { shelved: { ...actIn(shelved), until: shelved.until } }),
    ...(suppressedByDesign === undefined ? null : { suppressedByDesign }),
    ...(outOfService === undefined ? null : { outOfService }),
    ...(isChattering(known, now) ? { chattering: true as const } : null),
    ...(isStale(known, now) ? { stale: true as const } : null),
  };
}

function ofOccurrence(equipment: EquipmentPath, key: string, occurrence: Occurrence): Partial<AlarmView> {
  const { from, to, ...rest } = occurrence;
  return {
    alarmId: alarmIdOf(equipment, key, from),
    raisedAt: from,
    ...(to === null ? null : { clearedAt: to }),
    ...rest,
  };
}
