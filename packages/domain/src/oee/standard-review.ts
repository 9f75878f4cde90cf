import type { WatchedFigures } from './watched-figures.ts';
import type { Weights } from './weights.ts';

/** Faster than the ideal by so much counts as beating it. */
const BEATEN_FROM = 1.05;
/** Running time over which a standard must be beaten in every shift before its review is proposed, ms. */
const REVIEW_AFTER_MS = 24 * 3_600_000;

/** What is known of a product's speed after one more shift of it. A shift that does not beat the ideal begins anew. */
export function beatenAfter(
  beaten: WatchedFigures['beaten'],
  product: string,
  { idealMs, countedRunMs, produced }: Weights,
): WatchedFigures['beaten'] {
  if (idealMs === null || countedRunMs === 0) return beaten;
  const { [product]: known = { runMs: 0, produced: 0 }, ...others } = beaten;
  if (idealMs / countedRunMs < BEATEN_FROM) return others;
  return {
    ...others,
    [product]: { runMs: known.runMs + countedRunMs, produced: known.produced + (produced ?? 0) },
  };
}

export function isReviewDue(beaten: WatchedFigures['beaten'], product: string): boolean {
  return (beaten[product]?.runMs ?? 0) >= REVIEW_AFTER_MS;
}
