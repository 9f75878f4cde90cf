import type { Spread } from '../../random/random.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Mostly near the median, at times several times that. */
export function about(median: number, sigma = 0.5): Spread {
  return { median, sigma, max: median * 6 };
}
