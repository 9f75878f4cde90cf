import type { EpochMs } from '../plant/plant.ts';

interface Dated {
  readonly at: EpochMs;
}

/** Index of the last item at or before `at`, −1 when there is none. Items are sorted by `at`. */
export function lastAtOrBefore(items: readonly Dated[], at: EpochMs): number {
  let high = items.length - 1;
  const newest = items[high];
  // In-order arrival asks for the tail: no search.
  if (newest === undefined || newest.at <= at) return high;
  let low = -1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.at ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Drops items before the last one at or before `at`, which stays as the boundary. */
export function dropBefore(items: Dated[], at: EpochMs): void {
  const boundary = lastAtOrBefore(items, at);
  if (boundary > 0) items.splice(0, boundary);
}
