/** Upper bounds of the buckets, ms, inclusive; one more bucket holds what is above all of them. */
const COMMIT_BOUNDS_MS = [0.5, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000] as const;

export interface CommitHistogram {
  readonly boundsMs: readonly number[];
  readonly counts: number[];
  sumMs: number;
}

export function createCommitHistogram(): CommitHistogram {
  return { boundsMs: COMMIT_BOUNDS_MS, counts: [...COMMIT_BOUNDS_MS.map(() => 0), 0], sumMs: 0 };
}

export function noteCommits(histogram: CommitHistogram, commitMs: readonly number[]): void {
  for (const tookMs of commitMs) {
    const found = COMMIT_BOUNDS_MS.findIndex((bound) => tookMs <= bound);
    const bucket = found === -1 ? COMMIT_BOUNDS_MS.length : found;
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histogram.sumMs += tookMs;
  }
}
