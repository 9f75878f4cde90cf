import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';
import type { AlarmWords, ConditionLevel, Occurrence } from './alarm.ts';

/** `line` is that of the equipment. An `alarmId` names one occurrence: what was raised again is not meant. */
export type AlarmCommand =
  | {
      readonly name: 'acknowledgeAlarm' | 'resetLatchedAlarm';
      readonly line: LinePath;
      readonly alarmId: string;
      readonly note?: string;
    }
  | (AlarmTarget & {
      readonly name: 'shelveAlarm';
      /** Omitted: for one occurrence, until it returns. */
      readonly forMs?: number;
      /** The occurrence that was on the screen. Omitted: whichever there is. */
      readonly alarmId?: string;
    })
  | (AlarmTarget & {
      readonly name:
        | 'unshelveAlarm'
        | 'suppressAlarm'
        | 'releaseAlarm'
        | 'takeAlarmOutOfService'
        | 'returnAlarmToService';
    });

interface AlarmTarget {
  readonly line: LinePath;
  readonly equipment: EquipmentPath;
  /** Its key: `{item}/{code}`, or the code. */
  readonly alarm: string;
  readonly note?: string;
}

interface OfAlarm {
  readonly equipment: EquipmentPath;
  readonly alarm: string;
  readonly at: EpochMs;
}

interface OfOccurrence extends OfAlarm {
  readonly alarmId: string;
}

interface ByPerson {
  readonly author: string;
  readonly note?: string;
}

/** What became true; `at` is event time. */
export type AlarmEvent =
  /** What the machine said. Without a code: of all alarms of the item. */
  | {
      readonly type: 'conditionReported';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly item?: string;
      readonly code?: string;
      readonly level: ConditionLevel;
      readonly text?: string;
      readonly nativeSeverity?: string;
      readonly qualifier?: 'HIGH' | 'LOW';
      readonly latched?: true;
      readonly late?: true;
    }
  /** Repeated for the same id when a late observation shows that it lasts. */
  | (OfOccurrence &
      AlarmWords & {
        readonly type: 'equipmentFaultRaised';
        readonly item?: string;
        readonly code: string;
        readonly latched?: true;
        readonly late?: true;
      })
  /** Repeated for the same id when a late observation moves the end. */
  | (OfOccurrence & {
      readonly type: 'equipmentFaultCleared';
      readonly from: EpochMs;
      readonly activeMs: number;
      readonly endedBy: NonNullable<Occurrence['endedBy']>;
    })
  /** A late observation showed that this occurrence did not happen, or began at another instant. */
  | (OfOccurrence & { readonly type: 'equipmentFaultWithdrawn' })
  /** `of`: an instant of the occurrence. */
  | (OfOccurrence & ByPerson & { readonly type: 'alarmAcknowledged' | 'alarmReset'; readonly of: EpochMs })
  | (OfAlarm &
      ByPerson & {
        readonly type: 'alarmShelved';
        readonly until: EpochMs | null;
        readonly alarmId?: string;
      })
  /** By a person, or by itself: its time was over, or the occurrence returned. */
  | (OfAlarm & {
      readonly type: 'alarmUnshelved';
      readonly cause: 'person' | 'expired' | 'returned';
      readonly author?: string;
      readonly note?: string;
    })
  | (OfAlarm &
      ByPerson & {
        readonly type:
          | 'alarmSuppressed'
          | 'alarmReleased'
          | 'alarmTakenOutOfService'
          | 'alarmReturnedToService';
      })
  /** More than ten alarms within ten minutes on a line. */
  | { readonly type: 'alarmFloodStarted'; readonly line: LinePath; readonly at: EpochMs }
  | {
      readonly type: 'alarmFloodEnded';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly from: EpochMs;
    };
