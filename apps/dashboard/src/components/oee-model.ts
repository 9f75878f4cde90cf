import type { OeeDocument } from '@ms5/client';
import { known, type Known } from '../format/figure.ts';

export const FACTORS = ['availability', 'performance', 'quality'] as const;
export type Factor = (typeof FACTORS)[number];

export interface OeeFigures {
  readonly oee: Known<number>;
  /** Present when planned time is unknown, so that the figure can only be placed between two bounds. */
  readonly between: { readonly worst: number; readonly best: number } | null;
  readonly factors: Readonly<Record<Factor, Known<number>>>;
}

/** Bounds closer than this print alike with one decimal. */
const VISIBLE_RATIO = 0.0005;

export function oeeFigures(document: Partial<OeeDocument> | undefined): OeeFigures {
  const worst = known(document?.oee?.worst);
  const best = known(document?.oee?.best);
  const between =
    worst.known && best.known && best.value - worst.value > VISIBLE_RATIO
      ? { worst: worst.value, best: best.value }
      : null;
  return {
    oee: known(document?.oee?.value),
    between,
    factors: {
      availability: known(document?.availability?.value),
      performance: known(document?.performance?.value),
      quality: known(document?.quality?.value),
    },
  };
}
