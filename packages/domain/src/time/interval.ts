import type { EpochMs } from '../plant/plant.ts';

/** The instants `from ≤ t < to`. */
export interface Interval {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Sorted, disjoint, touching ones joined, empty ones dropped. */
export function normalised(intervals: Iterable<Interval>): readonly Interval[] {
  const sorted = [...intervals].filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  const joined: { from: EpochMs; to: EpochMs }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Index of the last interval that has begun at `at`, −1 when none has. Intervals are sorted by start. */
export function lastStartedBy(intervals: readonly Interval[], at: EpochMs): number {
  let low = -1;
  let high = intervals.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.from ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

export function overlapMs(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}
