import { LATENCY_BOUNDS_MS } from '@ms5/hub';

/** What was counted between two looks at counts that only grow. */
export function countsSince(before: readonly number[], now: readonly number[]): readonly number[] {
  return now.map((count, bucket) => count - (before[bucket] ?? 0));
}

/**
 * A quantile estimated from bucket counts, linear inside a bucket; above the last bound that bound. `null`: nothing
 * was counted.
 */
export function quantile(
  counts: readonly number[],
  part: number,
  boundsMs: readonly number[] = LATENCY_BOUNDS_MS,
): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = part * total;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const from = boundsMs[bucket - 1] ?? 0;
      const to = boundsMs[bucket] ?? boundsMs.at(-1) ?? from;
      return from + ((to - from) * (rank - below)) / count;
    }
    below += count;
  }
  return boundsMs.at(-1) ?? 0;
}
