import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentPath } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { Occurrence } from './alarm.ts';
import { alarmIdOf, alarmKeyOf } from './alarm.ts';
import type { AlarmEvent } from './alarm-events.ts';
import { endsShelving } from './alarm-memory.ts';
import type { KnownAlarm } from './known-alarms.ts';
import { knownAlarm, knownAlarms } from './known-alarms.ts';

type Reported = Extract<AlarmEvent, { type: 'conditionReported' }>;

/** The alarms that what was reported is about: one, or all of an item. */
export function alarmsReported(
  state: EngineState,
  { equipment, item = '', code }: Reported,
): readonly KnownAlarm[] {
  if (code === undefined) return knownAlarms(state, equipment, (memory) => memory.item === item);
  const alarm = knownAlarm(state, equipment, alarmKeyOf(item, code));
  return alarm === undefined ? [] : [alarm];
}

/** What a report changed of the alarms it is about, as events. */
export function alarmNews(report: Reported, changes: readonly AlarmChange[]): readonly AlarmEvent[] {
  return changes.flatMap((change) =>
    occurrenceNews(report, change).concat(shelvingNews(report.equipment, change.alarm)),
  );
}

/** The time in which an alarm was active before or is now, where that differs; `null`: nowhere. */
export function changedAlarmTime(changes: readonly AlarmChange[], now: EpochMs): Interval | null {
  const edges: EpochMs[] = [];
  for (const { told, shown } of changes) {
    const ends = new Map(told.map(({ from, to }) => [from, to] as const));
    for (const { from, to } of shown) {
      const end = ends.get(from);
      ends.delete(from);
      if (end !== to) edges.push(to ?? now, end === undefined ? from : (end ?? now));
    }
    for (const [from, to] of ends) edges.push(from, to ?? now);
  }
  return edges.length === 0 ? null : { from: Math.min(...edges), to: Math.max(...edges) };
}

/** Occurrences of one alarm from the first on that is not as it was told. */
interface AlarmChange {
  readonly alarm: KnownAlarm;
  readonly told: readonly Occurrence[];
  readonly shown: readonly Occurrence[];
}

/**
 * What differs between the alarms before and after a report was applied. Reports come in order as a rule, and change
 * the newest occurrence only: the others are not looked at.
 */
export function alarmChanges(
  before: readonly KnownAlarm[],
  after: readonly KnownAlarm[],
): readonly AlarmChange[] {
  return after.map((alarm) => {
    const { occurrences: shown, memory } = alarm;
    const told = before.find((each) => each.memory === memory)?.occurrences ?? [];
    let alike = 0;
    while (alike < told.length && isAlike(told[alike], shown[alike])) alike += 1;
    return { alarm, told: told.slice(alike), shown: shown.slice(alike) };
  });
}

function isAlike(a: Occurrence | undefined, b: Occurrence | undefined): boolean {
  return a?.from === b?.from && a?.to === b?.to && a?.endedBy === b?.endedBy;
}

function occurrenceNews(
  { equipment, late }: Reported,
  { alarm: { memory }, told: known, shown: occurrences }: AlarmChange,
): readonly AlarmEvent[] {
  const { key: alarm, item, code } = memory;
  const told = new Map(known.map((occurrence) => [occurrence.from, occurrence]));
  // What was settled just now is told already.
  const shown = new Set([...(known.length === 0 ? [] : memory.past), ...occurrences].map(({ from }) => from));
  const about = (from: EpochMs) => ({ alarmId: alarmIdOf(equipment, alarm, from), equipment, alarm });
  const events: AlarmEvent[] = [];
  for (const { from } of known)
    if (!shown.has(from)) events.push({ type: 'equipmentFaultWithdrawn', ...about(from), at: from });
  for (const { from, to, endedBy, acknowledged: _, reset: __, ...words } of occurrences) {
    const before = told.get(from);
    const begins = before === undefined || (before.to !== null && to === null);
    if (begins)
      events.push({
        type: 'equipmentFaultRaised',
        ...about(from),
        at: from,
        ...(item === '' ? null : { item }),
        code,
        ...words,
        ...(late === true ? { late } : null),
      });
    const ends = begins || before.to !== to || before.endedBy !== endedBy;
    if (to === null || endedBy === undefined || !ends) continue;
    const length = { from, activeMs: to - from, endedBy };
    events.push({ type: 'equipmentFaultCleared', ...about(from), at: to, ...length });
  }
  return events;
}

/** A one-shot shelving that the return of its occurrence ended. */
function shelvingNews(
  equipment: EquipmentPath,
  { memory: { shelving, key }, occurrences }: KnownAlarm,
): readonly AlarmEvent[] {
  if (shelving === undefined || shelving.told === true) return [];
  const at = occurrences.find((occurrence) => endsShelving(shelving, occurrence))?.to ?? null;
  return at === null ? [] : [{ type: 'alarmUnshelved', equipment, alarm: key, at, cause: 'returned' }];
}
