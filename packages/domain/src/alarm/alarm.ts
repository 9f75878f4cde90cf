import type { EpochMs, EquipmentPath } from '../plant/plant.ts';

export type AlarmSeverity = 'warning' | 'fault';

/** What an observation says of an alarm, or of all alarms of a data item. */
export interface AlarmObservation {
  /** The data item of the machine it belongs to (MTConnect: a condition). Omitted: none. */
  readonly item?: string;
  /** The machine's own. Omitted where `active` is false: all alarms of the item. */
  readonly code?: string;
  readonly active: boolean;
  /** Omitted: `fault`. */
  readonly severity?: AlarmSeverity;
  readonly text?: string;
  /** It stays until it is reset. */
  readonly latched?: boolean;
  /** As the machine grades it. */
  readonly nativeSeverity?: string;
  readonly qualifier?: 'HIGH' | 'LOW';
  /** With `active: false`: the machine cannot tell any more, which is not the same as normal. */
  readonly unavailable?: true;
}

/** What a machine said beside that it is active. */
export interface AlarmWords {
  readonly severity: AlarmSeverity;
  readonly text?: string;
  readonly nativeSeverity?: string;
  readonly qualifier?: 'HIGH' | 'LOW';
}

/** The words that were given. */
export function wordsIn({
  text,
  nativeSeverity,
  qualifier,
}: Partial<AlarmWords>): Omit<AlarmWords, 'severity'> {
  return {
    ...(text === undefined ? null : { text }),
    ...(nativeSeverity === undefined ? null : { nativeSeverity }),
    ...(qualifier === undefined ? null : { qualifier }),
  };
}

export type ConditionLevel = 'unavailable' | 'normal' | AlarmSeverity;

/** What was said of one alarm, or of a whole item, at one instant. */
export interface ConditionFact {
  readonly at: EpochMs;
  readonly level: ConditionLevel;
  readonly text?: string;
  readonly nativeSeverity?: string;
  readonly qualifier?: 'HIGH' | 'LOW';
  readonly latched?: true;
}

/** What one person did. */
export interface AlarmAct {
  readonly at: EpochMs;
  readonly by: string;
  readonly note?: string;
}

/** The act alone, out of what holds more. */
export function actIn({ at, by, note }: AlarmAct): AlarmAct {
  return { at, by, ...(note === undefined ? null : { note }) };
}

/** An acknowledgement or reset, bound to the occurrence in which the instant `of` lies. */
export interface BoundAct extends AlarmAct {
  readonly kind: 'acknowledge' | 'reset';
  readonly of: EpochMs;
}

export interface Shelving extends AlarmAct {
  /** `null`: for one occurrence, until it returns (one-shot). */
  readonly until: EpochMs | null;
  /** That it ended by itself was recorded. */
  readonly told?: true;
}

/** One stretch in which an alarm was active, from its raising on. */
export interface Occurrence extends AlarmWords {
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  /** `worse`: the same alarm was raised again with a higher severity. */
  readonly endedBy?: 'returned' | 'unavailable' | 'worse';
  readonly latched?: true;
  readonly acknowledged?: AlarmAct;
  readonly reset?: AlarmAct;
}

/** The path of its equipment, its key, and when it began: the same in every replay. */
export function alarmIdOf(equipment: EquipmentPath, key: string, from: EpochMs): string {
  return `${equipment}/${key}@${from}`;
}

/** `null`: no id of an alarm. */
export function partsOfAlarmId(
  id: string,
): { readonly equipment: EquipmentPath; readonly key: string; readonly from: EpochMs } | null {
  const parts = /^([^/]+\/[^/]+\/[^/]+)\/(.+)@(\d{1,16})$/s.exec(id);
  const [, equipment, key, from] = parts ?? [];
  return equipment === undefined || key === undefined || from === undefined
    ? null
    : { equipment, key, from: Number(from) };
}

/** Names an alarm on its equipment: `{item}/{code}`, or the code alone; slashes in either are encoded. */
export function alarmKeyOf(item: string, code: string): string {
  return item === '' ? encodePart(code) : `${encodePart(item)}/${encodePart(code)}`;
}

function encodePart(text: string): string {
  return text.replaceAll(/[%/]/g, (character) => (character === '%' ? '%25' : '%2F'));
}
