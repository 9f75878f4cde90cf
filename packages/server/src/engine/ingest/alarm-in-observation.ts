import type { AlarmObservation } from '@ms5/domain';

/** Characters. */
export const ALARM_TEXT_LENGTH = { name: 256, text: 1000 } as const;

/** What is wrong with the member `alarm` of an observation. */
interface AlarmFault {
  readonly path: string;
  readonly expected: string;
  readonly found: unknown;
}

type Table = Readonly<Record<string, unknown>>;

const FIELDS: ReadonlySet<string> = new Set(['item', 'code', 'active', 'severity', 'text', 'latched']);

/** Reads the member `alarm` of an item of `POST /api/v1/observations`. */
export function readAlarm(value: unknown): AlarmObservation | { readonly fault: AlarmFault } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fault('alarm', 'an object: code, active, severity, text, item, latched', value);
  const alarm = value as Table;
  for (const field in alarm)
    if (!FIELDS.has(field)) return fault(`alarm.${field.slice(0, 64)}`, 'a known field', alarm[field]);
  const { item, code, active, severity, text, latched } = alarm;
  if (typeof active !== 'boolean') return fault('alarm.active', 'true or false', active);
  for (const [name, word] of Object.entries({ item, code }))
    if (word !== undefined && !isText(word, ALARM_TEXT_LENGTH.name))
      return fault(`alarm.${name}`, `text of at most ${ALARM_TEXT_LENGTH.name} characters`, word);
  if (text !== undefined && !isText(text, ALARM_TEXT_LENGTH.text))
    return fault('alarm.text', `text of at most ${ALARM_TEXT_LENGTH.text} characters`, text);
  if (severity !== undefined && severity !== 'warning' && severity !== 'fault')
    return fault('alarm.severity', '"warning" or "fault"', severity);
  if (latched !== undefined && typeof latched !== 'boolean')
    return fault('alarm.latched', 'true or false', latched);
  return alarm as unknown as AlarmObservation;
}

function isText(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length <= length;
}

function fault(path: string, expected: string, found: unknown): { readonly fault: AlarmFault } {
  return { fault: { path, expected, found } };
}
