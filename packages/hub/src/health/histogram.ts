/** Upper bounds of the buckets, ms, inclusive; one more bucket holds what is above all of them. */
export const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000] as const;

/** Counts by bucket since the start. Plain numbers: observing allocates nothing. */
export interface Histogram {
  /** One more than there are bounds; not cumulative. */
  readonly counts: number[];
  sumMs: number;
}

export function createHistogram(): Histogram {
  return { counts: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0), sumMs: 0 };
}

export function observe(histogram: Histogram, valueMs: number): void {
  const value = Math.max(0, valueMs);
  let bucket = 0;
  while (bucket < LATENCY_BOUNDS_MS.length && value > (LATENCY_BOUNDS_MS[bucket] ?? 0)) bucket += 1;
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sumMs += value;
}
