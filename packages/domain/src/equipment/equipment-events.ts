import type { EpochMs, EquipmentPath, StateName } from '../plant/plant.ts';

/** What became true; `at` is event time. */
export type EquipmentEvent =
  | {
      readonly type: 'equipmentStateChanged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly state: StateName;
      readonly raw: string;
      readonly reason?: string;
      readonly late?: true;
    }
  | {
      readonly type: 'equipmentHeard';
      readonly equipment: EquipmentPath;
      readonly spans: readonly (readonly [EpochMs, EpochMs])[];
    }
  | { readonly type: 'contactLost'; readonly equipment: EquipmentPath; readonly at: EpochMs };
