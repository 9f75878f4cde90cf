import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentPath } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { Occurrence } from './alarm.ts';
import { alarmIdOf, alarmKeyOf } from './alarm.ts';
import type { AlarmEvent } from './alarm-events.ts';
import type { KnownAlarm } from './known-alarms.ts';
import { isShelved, knownAlarm, knownAlarms } from './known-alarms.ts';

type Reported = Extract<AlarmEvent, { type: 'conditionReported' }>;

/** The alarms that what was reported is about: one, or all of an item. */
export function alarmsReported(
  state: EngineState,
  { equipment, item = '', code }: Reported,
): readonly KnownAlarm[] {
  if (code === undefined) return knownAlarms(state, equipment).filter(({ memory }) => memory.item === item);
  const alarm = knownAlarm(state, equipment, alarmKeyOf(item, code));
  return alarm === undefined ? [] : [alarm];
}

/** What differs between the alarms before and after a report was applied. */
export function alarmNews(
  report: Reported,
  before: readonly KnownAlarm[],
  after: readonly KnownAlarm[],
  now: EpochMs,
): readonly AlarmEvent[] {
  const known = new Map(before.map((alarm) => [alarm.memory.key, alarm.occurrences]));
  return after.flatMap((alarm) => [
    ...occurrenceNews(report, alarm, known.get(alarm.memory.key) ?? []),
    ...shelvingNews(report.equipment, alarm, now),
  ]);
}

/** The time in which an alarm was active before or is now, where that differs; `null`: nowhere. */
export function changedAlarmTime(
  before: readonly KnownAlarm[],
  after: readonly KnownAlarm[],
  now: EpochMs,
): Interval | null {
  const told = endsByStart(before);
  const shown = endsByStart(after);
  const edges: EpochMs[] = [];
  for (const [id, { from, to }] of [...told, ...shown]) {
    const ends = [told.get(id), shown.get(id)].map((span) => span?.to);
    if (ends[0] === ends[1]) continue;
    edges.push(to ?? now, ends.includes(undefined) ? from : (ends.find((end) => end !== to) ?? now));
  }
  return edges.length === 0 ? null : { from: Math.min(...edges), to: Math.max(...edges) };
}

function endsByStart(alarms: readonly KnownAlarm[]): ReadonlyMap<string, Pick<Occurrence, 'from' | 'to'>> {
  return new Map(
    alarms.flatMap(({ memory, occurrences }) =>
      occurrences.map((occurrence) => [`${occurrence.from}@${memory.key}`, occurrence] as const),
    ),
  );
}

function occurrenceNews(
  { equipment, late }: Reported,
  { memory, occurrences }: KnownAlarm,
  known: readonly Occurrence[],
): readonly AlarmEvent[] {
  const { key: alarm, item, code } = memory;
  const told = new Map(known.map((occurrence) => [occurrence.from, occurrence]));
  // What was settled just now is told already.
  const shown = new Set([...memory.past, ...occurrences].map(({ from }) => from));
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
function shelvingNews(equipment: EquipmentPath, alarm: KnownAlarm, now: EpochMs): readonly AlarmEvent[] {
  const { shelving, key } = alarm.memory;
  if (shelving === undefined || shelving.until !== null || shelving.told === true) return [];
  if (isShelved(alarm, now)) return [];
  const returned = alarm.occurrences.find(({ to }) => to !== null && to > shelving.at);
  const at = returned?.to ?? now;
  return [{ type: 'alarmUnshelved', equipment, alarm: key, at, cause: 'returned' }];
}
