import type { EpochMs, EquipmentPath, LinePath, StateName } from '../plant/plant.ts';
import type { DowntimeStatistics } from './statistics.ts';

/** What people ask for. */
export type DowntimeCommand =
  /** Gives a stop, or one part of it, its reason; one merged with others gives it to all of them. */
  | {
      readonly name: 'classifyDowntime';
      readonly downtimeId: string;
      readonly reason: string;
      /** Start of one part of a stop that was split. Omitted: the whole stop. */
      readonly partFrom?: EpochMs;
      readonly note?: string;
    }
  /** Several stops at once: all of them or none. */
  | {
      readonly name: 'classifyDowntimes';
      readonly line: LinePath;
      readonly downtimeIds: readonly string[];
      readonly reason: string;
      readonly note?: string;
    }
  /** Cuts a stop in two at an instant; where it is merged, at an instant of a run between, takes them apart. */
  | {
      readonly name: 'splitDowntime';
      readonly downtimeId: string;
      readonly splitAt: EpochMs;
      /** Of the later part. Omitted: that of the whole. */
      readonly reason?: string;
      readonly note?: string;
    }
  /** Takes neighbouring stops with short runs between for one. */
  | {
      readonly name: 'mergeDowntimes';
      readonly line: LinePath;
      readonly downtimeIds: readonly string[];
      readonly note?: string;
    }
  | { readonly name: 'noteDowntime'; readonly downtimeId: string; readonly note: string };

/** A stretch and the reason it had. */
export interface SaidPart {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string | null;
}

/** Who edited which stop of which equipment, and when. */
interface Edited {
  readonly downtimeId: string;
  readonly equipment: EquipmentPath;
  readonly at: EpochMs;
  readonly author: string;
  /** The stretch that is edited. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly note?: string;
}

/** What became true; `at` is event time, of an edit when it was made. */
export type DowntimeEvent =
  /**
   * A stop of a constraint began. Repeated for the same id when a late observation changes its kind or opens it again.
   */
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
  /**
   * By a person, or by a rule of the plant. `before`: the reason, or reasons, that stood there. Logs of earlier
   * versions name neither equipment nor stretch: the whole stop.
   */
  | {
      readonly type: 'downtimeClassified';
      readonly downtimeId: string;
      readonly equipment?: EquipmentPath;
      readonly at: EpochMs;
      readonly from?: EpochMs;
      readonly to?: EpochMs;
      readonly note?: string;
      readonly author?: string;
      readonly rule?: string;
      readonly reason: string;
      readonly before?: string;
      readonly beforeParts?: readonly SaidPart[];
    }
  /** The rule matches the stop no longer, and no other does. */
  | (Omit<Edited, 'author' | 'note'> & { readonly type: 'downtimeRuleVoided'; readonly rule: string })
  | (Edited & {
      readonly type: 'downtimeSplit';
      readonly splitAt: EpochMs;
      readonly beforeParts: readonly SaidPart[];
      readonly after: readonly SaidPart[];
    })
  | (Edited & { readonly type: 'downtimesMerged'; readonly downtimeIds: readonly string[] })
  /** Stops that were merged are apart again at an instant of the run between them. */
  | (Edited & { readonly type: 'downtimesParted'; readonly splitAt: EpochMs })
  | (Edited & { readonly type: 'downtimeNoted'; readonly note: string; readonly before?: string })
  /** At the end of a shift, as known then. */
  | {
      readonly type: 'downtimeStatisticsCalculated';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly statistics: DowntimeStatistics;
    };
