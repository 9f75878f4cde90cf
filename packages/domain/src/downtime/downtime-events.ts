import type { EpochMs, EquipmentPath, StateName } from '../plant/plant.ts';

/** What people ask for. */
export type DowntimeCommand = {
  readonly name: 'classifyDowntime';
  readonly downtimeId: string;
  readonly reason: string;
};

/** What became true; `at` is event time. */
export type DowntimeEvent =
  /** A stop of a constraint began. Repeated for the same id when a late observation changes its kind or opens it again. */
  | {
      readonly type: 'downtimeStarted';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly state: StateName;
      readonly reason?: string;
    }
  /** Repeated for the same id when a late observation moves the end. */
  | {
      readonly type: 'downtimeEnded';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly from: EpochMs;
      readonly minor: boolean;
    }
  /** A late observation showed that this stop did not happen, or began at another instant. */
  | {
      readonly type: 'downtimeWithdrawn';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'downtimeClassified';
      readonly downtimeId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly reason: string;
      readonly before?: string;
    };
