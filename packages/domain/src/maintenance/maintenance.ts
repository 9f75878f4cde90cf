import type { PlanChange } from '../plan/plan-change.ts';
import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';

interface Notice extends Interval {
  readonly id: string;
  readonly line: LinePath;
  /** `null`: the whole line. */
  readonly equipment: EquipmentPath | null;
  readonly note?: string;
  readonly scheduledBy: string;
  readonly scheduledAt: EpochMs;
}

/** Planned maintenance, from its notice on. `from` and `to` are what was planned. */
export type Maintenance =
  | (Notice & { readonly status: 'scheduled' })
  | (Notice & { readonly status: 'started'; readonly startedAt: EpochMs })
  | (Notice & {
      readonly status: 'completed';
      readonly startedAt: EpochMs;
      readonly completedAt: EpochMs;
    })
  | (Notice & { readonly status: 'cancelled'; readonly cancelledAt: EpochMs });

/**
 * The stretch that is planned downtime. What starts early or late takes its planned length with it; what lasts longer
 * than planned is no longer planned, what ends early ends it. `null`: none.
 */
export function maintenanceStretch(maintenance: Maintenance): Interval | null {
  const { from, to, status } = maintenance;
  if (status === 'cancelled') return null;
  if (status === 'scheduled') return { from, to };
  const start = maintenance.startedAt;
  const end = start + (to - from);
  return { from: start, to: status === 'completed' ? Math.min(maintenance.completedAt, end) : end };
}

/** What maintenance of the line, or of the equipment that carries it, makes of the line's plan. */
export function maintenanceChanges(
  maintenances: readonly Maintenance[],
  constraint: EquipmentPath,
): readonly PlanChange[] {
  return maintenances.flatMap((each) => {
    const stretch = maintenanceStretch(each);
    if (stretch === null || (each.equipment !== null && each.equipment !== constraint)) return [];
    const { id, line, scheduledBy: by, scheduledAt: at } = each;
    return [{ id, line, change: 'plannedDowntime' as const, ...stretch, by, at }];
  });
}
