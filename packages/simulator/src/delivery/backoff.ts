import type { Random } from '../random/random.ts';

const FIRST_MS = 500;
const MOST_MS = 10_000;

/** How long to wait before attempt number `attempt` (from 1) after a failure: doubling, scattered, bounded. */
export function backoffMs(attempt: number, random: Random): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
  return ceiling / 2 + random.next() * (ceiling / 2);
}
