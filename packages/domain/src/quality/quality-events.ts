import type { Quantities } from '../count/count-facts.ts';
import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';
import type { WesternElectricRule } from '../plant/work-config.ts';
import type { AlertKind, CheckVerdict } from './quality.ts';

/** What people ask for. */
export type QualityCommand =
  /** Puts right what was entered; what is left out stays. */
  | {
      readonly name: 'correctCount';
      readonly line: LinePath;
      readonly entryId: string;
      readonly good?: number;
      readonly scrap?: number;
      readonly rework?: number;
      readonly note?: string;
    }
  /** Takes parts out of the good ones until they are judged. */
  | {
      readonly name: 'holdParts';
      readonly line: LinePath;
      readonly count: number;
      /** When they were made. Omitted: now. */
      readonly madeAt?: EpochMs;
      readonly defect?: string;
      readonly note?: string;
    }
  | {
      readonly name: 'releaseParts';
      readonly line: LinePath;
      readonly holdId: string;
      readonly good?: number;
      readonly scrap?: number;
      readonly rework?: number;
      readonly note?: string;
    }
  | {
      readonly name: 'recordCheck';
      readonly line: LinePath;
      readonly characteristic: string;
      readonly values?: readonly number[];
      readonly passed?: boolean;
      readonly note?: string;
    };

interface OfParts {
  readonly line: LinePath;
  readonly equipment: EquipmentPath;
  /** When the parts were made. */
  readonly at: EpochMs;
  readonly author: string;
  /** When it was said. */
  readonly saidAt: EpochMs;
  readonly note?: string;
}

/** Parts made up to an instant that are held or judged: how many, and what that adds to the counts or takes away. */
export interface MovedParts extends Quantities {
  readonly at: EpochMs;
  readonly count: number;
}

/** Where parts were made in several hours or of several products. */
interface OfHours {
  /** The oldest of `parts`. */
  readonly from?: EpochMs;
  /** The newest first; they add up to `good`, `scrap` and `rework`. Absent: all at `at`. */
  readonly parts?: readonly MovedParts[];
}

/**
 * What became true; `at` is event time. `good`, `scrap`, `rework` of parts are what is added, or with < 0 taken away.
 */
export type QualityEvent =
  | ({
      readonly type: 'countCorrected';
      readonly entryId: string;
      readonly before: Quantities;
      readonly after: Quantities;
    } & OfParts &
      Quantities)
  | ({
      readonly type: 'partsHeld';
      readonly holdId: string;
      readonly held: number;
      readonly product: string | null;
      readonly defect?: string;
    } & OfParts &
      OfHours &
      Quantities)
  | ({
      readonly type: 'partsReleased';
      readonly holdId: string;
      readonly judged: Quantities;
    } & OfParts &
      OfHours &
      Quantities)
  | {
      readonly type: 'qualityCheckRecorded';
      readonly checkId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly author: string;
      readonly characteristic: string;
      readonly product: string | null;
      readonly values?: readonly number[];
      readonly verdict: CheckVerdict;
      readonly note?: string;
    }
  | {
      readonly type: 'qualityCheckOverdue';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly characteristic: string;
      readonly dueAt: EpochMs;
    }
  | {
      readonly type: 'qualityAlertRaised';
      readonly checkId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly characteristic: string;
      readonly kind: AlertKind;
      /** Of a control chart. */
      readonly rules: readonly WesternElectricRule[];
    }
  | {
      readonly type: 'qualityAlertCleared';
      readonly checkId: string;
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly characteristic: string;
    }
  /** The scrap rate of the time before went above its limit, or came back. */
  | {
      readonly type: 'qualityThresholdCrossed';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly direction: 'above' | 'below';
      readonly scrapRate: number;
      readonly threshold: number;
      readonly windowMs: number;
    };
