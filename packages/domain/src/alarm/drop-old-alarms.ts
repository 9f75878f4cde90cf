import type { EquipmentState } from '../engine/engine-state.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { EquipmentAlarms } from './alarm-memory.ts';
import { settleAlarms } from './alarm-memory.ts';

/**
 * Settles what is out of the lateness window, and drops occurrences, and alarms that are normal, that ended before
 * `keptFrom`. What lies over an alarm stays until somebody takes it away.
 */
export function dropOldAlarms({ alarms }: EquipmentState, settledTo: EpochMs, keptFrom: EpochMs): void {
  if (alarms === undefined) return;
  settleAlarms(alarms, settledTo);
  for (const alarm of alarms.alarms)
    if ((alarm.past[0]?.to ?? Infinity) < keptFrom)
      alarm.past = alarm.past.filter(({ to }) => to >= keptFrom);
  if (alarms.alarms.some((alarm) => isOver(alarm, keptFrom)))
    alarms.alarms = alarms.alarms.filter((alarm) => !isOver(alarm, keptFrom));
}

function isOver(alarm: EquipmentAlarms['alarms'][number], keptFrom: EpochMs): boolean {
  const { facts, acts, settled, past, shelving, suppressedByDesign, outOfService } = alarm;
  if (shelving !== undefined || suppressedByDesign !== undefined || outOfService !== undefined) return false;
  return (
    facts.length === 0 &&
    acts.length === 0 &&
    past.length === 0 &&
    settled.state === 'normal' &&
    (settled.occurrence?.to ?? -Infinity) < keptFrom
  );
}
