import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Maintenance } from './maintenance.ts';
import type { MaintenanceEvent } from './maintenance-events.ts';

export function applyMaintenance(state: EngineState, event: MaintenanceEvent): void {
  const own = lineOf(state, event.line);
  const known = own.maintenances ?? [];
  if (event.type !== 'maintenanceScheduled') {
    own.maintenances = known.map((each) => (each.id === event.maintenanceId ? moved(each, event) : each));
    return;
  }
  const { maintenanceId: id, line, equipment = null, from, to, note, author, at } = event;
  state.lastMaintenance = (state.lastMaintenance ?? 0) + 1;
  own.maintenances = [
    ...known,
    {
      id,
      line,
      equipment,
      from,
      to,
      scheduledBy: author,
      scheduledAt: at,
      status: 'scheduled',
      ...(note === undefined ? null : { note }),
    },
  ];
}

function moved(
  { id, line, equipment, from, to, note, scheduledBy, scheduledAt, ...rest }: Maintenance,
  { type, at }: MaintenanceEvent,
): Maintenance {
  const noted = note === undefined ? null : { note };
  const notice = { id, line, equipment, from, to, scheduledBy, scheduledAt, ...noted };
  if (type === 'maintenanceStarted') return { ...notice, status: 'started', startedAt: at };
  if (type === 'maintenanceCancelled') return { ...notice, status: 'cancelled', cancelledAt: at };
  const startedAt = 'startedAt' in rest ? rest.startedAt : from;
  return { ...notice, status: 'completed', startedAt, completedAt: at };
}
