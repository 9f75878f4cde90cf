import type { AlarmObservation } from '@ms5/domain';
import { ALARM_TEXT_LENGTH } from '../alarm-in-observation.ts';
import type { ShdrItem } from './shdr-line.ts';

type Condition = Extract<ShdrItem, { kind: 'condition' }>;

/**
 * A condition of MTConnect as an alarm of its data item. NORMAL clears the alarm of its native code, without one all
 * of the item; UNAVAILABLE says that the item cannot tell any more.
 */
export function alarmOfCondition(
  { level, nativeCode, severity, qualifier, text }: Condition,
  item: string,
): AlarmObservation {
  const { name, text: textLength } = ALARM_TEXT_LENGTH;
  const code = nativeCode.trim().slice(0, name);
  const about = { item: item.slice(0, name), ...(code === '' ? null : { code }) };
  if (level === 'NORMAL') return { ...about, active: false };
  if (level === 'UNAVAILABLE') return { ...about, active: false, unavailable: true };
  const words = text.trim().slice(0, textLength);
  const grade = severity.trim().slice(0, name);
  return {
    ...about,
    active: true,
    severity: level === 'FAULT' ? 'fault' : 'warning',
    ...(words === '' ? null : { text: words }),
    ...(grade === '' ? null : { nativeSeverity: grade }),
    ...(qualifier === 'HIGH' || qualifier === 'LOW' ? { qualifier } : null),
  };
}
