import type { EpochMs, EquipmentPath } from '../plant/plant.ts';
import type { WesternElectricRule } from '../plant/work-config.ts';
import type { Quantities } from '../count/count-facts.ts';

/** Parts a person counted, as they stand after corrections. */
export interface CountEntry extends Quantities {
  readonly id: string;
  readonly equipment: EquipmentPath;
  readonly at: EpochMs;
  readonly by: string;
  readonly defect?: string;
  readonly corrections: number;
}

/** Parts kept back until somebody has judged them. */
export interface Hold {
  readonly id: string;
  readonly equipment: EquipmentPath;
  /** When they were made: they belong to the shift of that instant, also once they are judged. */
  readonly madeAt: EpochMs;
  readonly heldAt: EpochMs;
  readonly by: string;
  readonly held: number;
  readonly product: string | null;
  readonly defect?: string;
  readonly note?: string;
  /** Still held ones by when they were made, the newest first. Absent: all at `madeAt`. */
  readonly parts?: readonly { readonly at: EpochMs; readonly count: number }[];
  readonly judged: Quantities;
  readonly judgedAt: EpochMs | null;
}

export type CheckVerdict = 'inLimits' | 'outOfLimits' | 'passed' | 'failed';

/** One check of a characteristic. */
export interface CheckResult {
  readonly id: string;
  readonly characteristic: string;
  readonly at: EpochMs;
  readonly by: string;
  readonly product: string | null;
  /** Of a numeric characteristic. */
  readonly values?: readonly number[];
  readonly verdict: CheckVerdict;
  readonly note?: string;
}

export type AlertKind = 'outOfLimits' | 'controlRule';

export interface QualityAlert {
  readonly kind: AlertKind;
  readonly since: EpochMs;
  readonly checkId: string;
  readonly rules: readonly WesternElectricRule[];
}

/** What is known of the quality of a line's parts beside the counts. */
export interface QualityState {
  /** By when they were entered for. */
  entries: CountEntry[];
  /** Open ones and those judged lately. */
  holds: Hold[];
  /** By time; the newest of each characteristic. */
  checks: CheckResult[];
  /** When the check that is overdue was due, by characteristic. */
  overdue: Record<string, EpochMs>;
  alerts: Record<string, QualityAlert>;
  /** The scrap rate is too high since then. */
  scrapHighSince: EpochMs | null;
}

export function qualityOf(line: { quality?: QualityState }): QualityState {
  return (line.quality ??= {
    entries: [],
    holds: [],
    checks: [],
    overdue: {},
    alerts: {},
    scrapHighSince: null,
  });
}

/** Parts of a hold that nobody has judged yet. */
export function stillHeld({ held, judged }: Hold): number {
  return held - judged.good - judged.scrap - judged.rework;
}
