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
      /** Told by the pulses around it; no sign of life by itself. */
      readonly derived?: true;
    }
  /** The state at that instant, which pulses had told, is none: they tell another story now. */
  | { readonly type: 'equipmentStateWithdrawn'; readonly equipment: EquipmentPath; readonly at: EpochMs }
  /** The mode holds until the next. */
  | {
      readonly type: 'equipmentModeChanged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly mode: string;
      readonly raw: string;
      readonly late?: true;
    }
  /** The machine went from one PackML state to another to which no transition leads. `at`: when it was in the other. */
  | {
      readonly type: 'illegalTransitionRecorded';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly fromState: string;
      readonly toState: string;
    }
  /** A late observation showed that it did not. */
  | {
      readonly type: 'illegalTransitionWithdrawn';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly fromState: string;
      readonly toState: string;
    }
  | {
      readonly type: 'equipmentHeard';
      readonly equipment: EquipmentPath;
      readonly spans: readonly (readonly [EpochMs, EpochMs])[];
    }
  | { readonly type: 'contactLost'; readonly equipment: EquipmentPath; readonly at: EpochMs };

/** What the facts of a machine tell beside what it said. */
export type MachineTold = Extract<EquipmentEvent, { readonly at: EpochMs }>;
