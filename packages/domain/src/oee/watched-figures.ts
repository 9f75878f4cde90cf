import type { Figure } from './figure.ts';

export const OEE_FACTORS = ['availability', 'performance', 'quality', 'oee'] as const;
export type OeeFactor = (typeof OEE_FACTORS)[number];
export type Factors = Readonly<Record<OeeFactor, Figure>>;

/** What a line remembers of its figures, so that only news is recorded. */
export interface WatchedFigures {
  /** Recorded last. */
  readonly last?: Factors;
  /** Figures that fell below their threshold and have not risen above it again. */
  readonly below: readonly OeeFactor[];
  /** How long, and with how many parts, products were made faster than their ideal without a break, ms. */
  readonly beaten: Readonly<Record<string, { readonly runMs: number; readonly produced: number }>>;
}

export const NOTHING_WATCHED: WatchedFigures = { below: [], beaten: {} };
