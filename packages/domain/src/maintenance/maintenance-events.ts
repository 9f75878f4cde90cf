import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';

/** What people ask for. */
export type MaintenanceCommand =
  | {
      readonly name: 'scheduleMaintenance';
      readonly line: LinePath;
      /** Omitted: the whole line. */
      readonly equipment?: EquipmentPath;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly note?: string;
    }
  | {
      readonly name: 'startMaintenance' | 'completeMaintenance' | 'cancelMaintenance';
      readonly line: LinePath;
      readonly maintenanceId: string;
    };

interface OfMaintenance {
  readonly maintenanceId: string;
  readonly line: LinePath;
  /** When it was said; a start and an end are at that instant. */
  readonly at: EpochMs;
  readonly author: string;
  /** The stretch in which the event changes the plan. */
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** What became true. */
export type MaintenanceEvent =
  | (OfMaintenance & {
      readonly type: 'maintenanceScheduled';
      readonly equipment?: EquipmentPath;
      readonly note?: string;
    })
  | (OfMaintenance & {
      readonly type: 'maintenanceStarted' | 'maintenanceCompleted' | 'maintenanceCancelled';
    });
