/** How much a count that begins at 0 and only grows has grown within a time. Bounded: one number per look. */
export interface RecentCount {
  /** Takes the count now; returns its growth over the last `windowMs`. */
  growth(total: number, now: number): number;
}

export function createRecentCount(windowMs: number): RecentCount {
  const looks: { readonly at: number; readonly total: number }[] = [{ at: -Infinity, total: 0 }];
  return {
    growth(total, now) {
      looks.push({ at: now, total });
      // The newest look at or before the window's beginning stays: growth is counted from it.
      while (looks.length > 1 && (looks[1]?.at ?? now) <= now - windowMs) looks.shift();
      return total - (looks[0]?.total ?? 0);
    },
  };
}
