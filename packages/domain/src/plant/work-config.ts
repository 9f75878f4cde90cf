/** A kind of defect people name. */
export interface DefectConfig {
  readonly code: string;
  readonly name: string;
  /** The branch of the defect tree it is on. Omitted: a main one. */
  readonly group?: string;
}

interface CharacteristicBase {
  readonly id: string;
  readonly name: string;
  /** Products it is checked on; empty: all. */
  readonly products: readonly string[];
  /** Planned time between checks. Omitted: they are never overdue. */
  readonly intervalMs?: number;
}

/** What is checked of the parts of a line. */
export type CharacteristicConfig =
  | (CharacteristicBase & { readonly kind: 'passFail' })
  | (CharacteristicBase & {
      readonly kind: 'numeric';
      readonly unit: string;
      readonly target?: number;
      /** A value beyond a limit is out of it; one on it is not. */
      readonly lower?: number;
      readonly upper?: number;
      /** Values of one check: 1 for a chart of individuals, 2–10 for one of means and ranges. */
      readonly sampleSize: number;
      /** Western Electric rules that raise an alert; empty: none. */
      readonly rules: readonly WesternElectricRule[];
      /** Where the chart's centre and one standard deviation of single values are known. Omitted: estimated. */
      readonly process?: { readonly center: number; readonly sigma: number };
    });

export type WesternElectricRule = 1 | 2 | 3 | 4;

/** When the scrap rate of a line is told to be too high, and when to be right again. */
export interface ScrapAlertConfig {
  /** Scrap / produced, 0–1. */
  readonly above: number;
  /** Lower than `above`, so that it does not flutter. */
  readonly clearAt: number;
  readonly windowMs: number;
  /** With fewer parts in the window nothing is said. */
  readonly minParts: number;
}

export interface ChangeoverConfig {
  /** Target times by product pair; the most specific that fits holds, `null` fitting any product. */
  readonly targets: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly targetMs: number;
  }[];
  /** The checklist. `external`: done while the line still or already runs. */
  readonly steps: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'internal' | 'external';
  }[];
}
