import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { insertAtInstant, isNewAtInstant } from '../time/sorted.ts';
import type { AlarmAct, BoundAct, ConditionFact, ConditionLevel, Occurrence, Shelving } from './alarm.ts';
import { alarmKeyOf } from './alarm.ts';
import type { AlarmWalk } from './walk-alarm.ts';
import { NEVER_RAISED, advanced, stepsOf } from './walk-alarm.ts';

/** What is known of one alarm of an equipment. */
export interface AlarmMemory {
  readonly key: string;
  /** Empty: none. */
  readonly item: string;
  readonly code: string;
  /** Sorted; one per instant. */
  facts: ConditionFact[];
  /** Acknowledgements and resets, sorted. */
  acts: BoundAct[];
  /** What all that was dropped of facts and acts came to. */
  settled: AlarmWalk;
  /** Occurrences before the one in `settled`, oldest first. */
  past: Interval[];
  shelving?: Shelving;
  suppressedByDesign?: AlarmAct;
  outOfService?: AlarmAct;
}

/** What the machine said of all alarms of an item at once. */
interface ItemMemory {
  readonly item: string;
  /** Sorted; one per instant. */
  clears: ConditionFact[];
}

/** Alarms of one equipment. */
export interface EquipmentAlarms {
  /** Facts before this instant are settled; later ones about that time are not taken. */
  settledTo: EpochMs;
  items: ItemMemory[];
  alarms: AlarmMemory[];
}

/** Beyond these an equipment is not believed, or its oldest facts settle before their time. */
export const ALARM_LIMITS = { alarms: 1000, facts: 500, past: 500 } as const;

const NO_FACTS: readonly ConditionFact[] = [];

export function newEquipmentAlarms(): EquipmentAlarms {
  return { settledTo: -8.64e15, items: [], alarms: [] };
}

export function findAlarm(alarms: EquipmentAlarms | undefined, key: string): AlarmMemory | undefined {
  return alarms?.alarms.find((alarm) => alarm.key === key);
}

export function clearsOf(alarms: EquipmentAlarms, item: string): readonly ConditionFact[] {
  return alarms.items.find((each) => each.item === item)?.clears ?? NO_FACTS;
}

/** `code` is `null` where it is about a whole item. */
export function isNewCondition(
  alarms: EquipmentAlarms | undefined,
  item: string,
  code: string | null,
  fact: ConditionFact,
): boolean {
  if (alarms === undefined) return true;
  if (fact.at < alarms.settledTo) return false;
  const facts = code === null ? clearsOf(alarms, item) : findAlarm(alarms, alarmKeyOf(item, code))?.facts;
  return facts === undefined || isNewAtInstant(facts, fact, wins);
}

export function insertCondition(
  alarms: EquipmentAlarms,
  item: string,
  code: string | null,
  fact: ConditionFact,
): void {
  const facts = code === null ? clearsToFill(alarms, item) : alarmToFill(alarms, item, code).facts;
  insertAtInstant(facts, fact, wins);
  const middle = facts[Math.floor(ALARM_LIMITS.facts / 2)];
  if (facts.length > ALARM_LIMITS.facts && middle !== undefined) settleAlarms(alarms, middle.at);
}

function clearsToFill(alarms: EquipmentAlarms, item: string): ConditionFact[] {
  let own = alarms.items.find((each) => each.item === item);
  if (own === undefined) {
    own = { item, clears: [] };
    alarms.items.push(own);
  }
  return own.clears;
}

function alarmToFill(alarms: EquipmentAlarms, item: string, code: string): AlarmMemory {
  const key = alarmKeyOf(item, code);
  let own = findAlarm(alarms, key);
  if (own === undefined) {
    own = { key, item, code, facts: [], acts: [], settled: NEVER_RAISED, past: [] };
    alarms.alarms.push(own);
  }
  return own;
}

const RANK: Readonly<Record<ConditionLevel, number>> = { unavailable: 0, normal: 1, warning: 2, fault: 3 };

/** Of two words at one instant that which says more: an alarm is rather shown too long than missed. */
function wins(a: ConditionFact, b: ConditionFact): boolean {
  if (a.level !== b.level) return RANK[a.level] > RANK[b.level];
  return wordsOf(a) > wordsOf(b);
}

function wordsOf({ text = '', nativeSeverity = '', qualifier, latched }: ConditionFact): string {
  return JSON.stringify([latched === true, text, nativeSeverity, qualifier ?? '']);
}

/** Whether an occurrence that returned ends a one-shot shelving. */
export function endsShelving({ at, until }: Shelving, occurrence: Occurrence | null): boolean {
  if (until !== null || occurrence === null || occurrence.to === null) return false;
  return occurrence.endedBy !== 'worse' && occurrence.to > at;
}

/** Nothing can be placed before this instant any more: what was before it is kept as what it came to. */
export function settleAlarms(alarms: EquipmentAlarms, before: EpochMs): void {
  if (before <= alarms.settledTo) return;
  for (const alarm of alarms.alarms) {
    const steps = stepsOf(alarm, clearsOf(alarms, alarm.item), alarms.settledTo);
    for (const step of steps) {
      if (step.at >= before) break;
      const known = alarm.settled.occurrence;
      alarm.settled = advanced(alarm.settled, step);
      const next = alarm.settled.occurrence;
      if (known !== null && next !== null && next.from !== known.from)
        alarm.past.push({ from: known.from, to: known.to ?? next.from });
      if (alarm.shelving !== undefined && endsShelving(alarm.shelving, next)) delete alarm.shelving;
    }
    alarm.facts = alarm.facts.filter(({ at }) => at >= before);
    alarm.acts = alarm.acts.filter(({ at }) => at >= before);
    if (alarm.past.length > ALARM_LIMITS.past) alarm.past = alarm.past.slice(-ALARM_LIMITS.past);
  }
  for (const item of alarms.items) item.clears = item.clears.filter(({ at }) => at >= before);
  alarms.items = alarms.items.filter(({ clears }) => clears.length > 0);
  alarms.settledTo = before;
}
