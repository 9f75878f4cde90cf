import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, unknownName } from '../engine/refusal.ts';
import { stretchRefusal } from '../plan/decide-plan.ts';
import type { EpochMs, LineConfig } from '../plant/plant.ts';
import type { Maintenance } from './maintenance.ts';
import { maintenanceStretch } from './maintenance.ts';
import type { MaintenanceCommand, MaintenanceEvent } from './maintenance-events.ts';

type Act = 'start' | 'complete' | 'cancel';

/** What each act makes of maintenance in each status; `null`: it is a conflict. */
const TRANSITIONS: Readonly<
  Record<
    Maintenance['status'],
    Readonly<Record<Act, Exclude<MaintenanceEvent['type'], 'maintenanceScheduled'> | null>>
  >
> = {
  scheduled: { start: 'maintenanceStarted', complete: null, cancel: 'maintenanceCancelled' },
  started: { start: null, complete: 'maintenanceCompleted', cancel: null },
  completed: { start: null, complete: null, cancel: null },
  cancelled: { start: null, complete: null, cancel: null },
};

const ACTS = {
  startMaintenance: 'start',
  completeMaintenance: 'complete',
  cancelMaintenance: 'cancel',
} as const;

export function decideMaintenance(
  state: EngineState,
  line: LineConfig,
  command: MaintenanceCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  if (command.name === 'scheduleMaintenance') return decideSchedule(state, line, command, author, at, now);
  const { maintenanceId } = command;
  const found = lineOf(state, line.path).maintenances?.find(({ id }) => id === maintenanceId);
  if (found === undefined)
    return conflict(
      'unknownMaintenance',
      `no maintenance ${maintenanceId} on ${line.path}, or it is long ago`,
    );
  const type = TRANSITIONS[found.status][ACTS[command.name]];
  if (type === null)
    return conflict('maintenanceMovedOn', `maintenance ${maintenanceId} on ${line.path} is ${found.status}`);
  const started = 'startedAt' in found ? found.startedAt : at;
  if (at < started)
    return conflict('maintenanceMovedOn', `maintenance ${maintenanceId} started only at ${started}`);
  const stretch = maintenanceStretch(found) ?? found;
  const from = Math.min(at, stretch.from);
  const to = Math.max(stretch.to, at + (found.to - found.from));
  return {
    events: [{ type, maintenanceId, line: line.path, at, author, from, to }],
    data: { maintenanceId },
  };
}

function decideSchedule(
  state: EngineState,
  line: LineConfig,
  command: Extract<MaintenanceCommand, { name: 'scheduleMaintenance' }>,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const { equipment, from, to, note } = command;
  if (equipment !== undefined && !line.equipment.includes(equipment))
    return unknownName('unknownEquipment', 'equipment', equipment, line.equipment, 'equipment');
  const refusal = stretchRefusal(line, command, now);
  if (refusal !== null) return refusal;
  const maintenanceId = `maintenance-${(state.lastMaintenance ?? 0) + 1}`;
  return {
    events: [
      {
        type: 'maintenanceScheduled',
        maintenanceId,
        line: line.path,
        at,
        author,
        from,
        to,
        ...(equipment === undefined ? null : { equipment }),
        ...(note === undefined ? null : { note }),
      },
    ],
    data: { maintenanceId },
  };
}
