import type { Freshness } from '@ms5/client';

const WORST_FIRST: readonly Freshness[] = ['lost', 'stale', 'recovering', 'live'];

/** Of figures shown together: as old as the oldest. */
export function worstFreshness(all: readonly Freshness[]): Freshness {
  return WORST_FIRST.find((freshness) => all.includes(freshness)) ?? 'lost';
}
