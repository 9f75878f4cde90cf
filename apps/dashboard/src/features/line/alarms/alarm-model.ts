import type { AlarmDocument } from '@ms5/client';

/** An alarm that was raised. */
export type RaisedAlarm = AlarmDocument & { readonly alarmId: string; readonly raisedAt: number };

export interface AlarmLists {
  /** Not acknowledged first, then faults before warnings, then the newest. */
  readonly shown: readonly RaisedAlarm[];
  /** How many are not normal, and nobody is to be told of. */
  readonly hidden: number;
}

/** What people are to be told of: alarms that are not normal, less what was shelved or taken away. */
export function sortAlarms(alarms: Iterable<AlarmDocument>): AlarmLists {
  const raised = [...alarms].filter(isRaised).filter(({ state }) => state !== 'normal');
  const shown = raised.filter(
    ({ shelved, suppressedByDesign, outOfService }) =>
      shelved === undefined && suppressedByDesign === undefined && outOfService === undefined,
  );
  shown.sort(
    (a, b) =>
      Number(canBeAcknowledged(b)) - Number(canBeAcknowledged(a)) ||
      Number(b.severity === 'fault') - Number(a.severity === 'fault') ||
      b.raisedAt - a.raisedAt,
  );
  return { shown, hidden: raised.length - shown.length };
}

function isRaised(alarm: AlarmDocument): alarm is RaisedAlarm {
  return alarm.alarmId !== undefined && alarm.raisedAt !== undefined;
}

export function canBeAcknowledged({ state }: AlarmDocument): boolean {
  return (
    state === 'unacknowledged' || state === 'returnedUnacknowledged' || state === 'latchedUnacknowledged'
  );
}

/** Roles that see and do nothing; what others may do on which line the server decides. */
const ONLY_SEE: ReadonlySet<string> = new Set(['viewer', 'device']);

export function mayAct(roles: readonly string[]): boolean {
  return roles.some((role) => !ONLY_SEE.has(role));
}
