/** Names for ranges of a score, best first. */
export const BANDS = ['excellent', 'good', 'fair', 'poor', 'critical'] as const;
export type Band = (typeof BANDS)[number];

/** Lowest score of each band. */
export const BAND_FLOORS: Readonly<Record<Band, number>> = {
  excellent: 0.9,
  good: 0.7,
  fair: 0.5,
  poor: 0.25,
  critical: 0,
};

/** How far a score must rise above a band's floor to enter it from below. */
export const BAND_MARGIN = 0.05;

/**
 * The band of a score. From a worse one it is entered only `BAND_MARGIN` above its floor, so a score that swings by
 * less than that changes the band once at most. `before`: `null`: none yet.
 */
export function bandOf(score: number, before: Band | null): Band {
  const worst = before === null ? -1 : BANDS.indexOf(before);
  const band = BANDS.find((name, index) => score >= BAND_FLOORS[name] + (index < worst ? BAND_MARGIN : 0));
  return band ?? 'critical';
}
