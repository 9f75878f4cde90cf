import type { Random } from '@ms5/hub';

/** The wait after so many failed attempts: doubled each time, half of it by chance, so that retries do not meet. */
export function backoffMs(
  { retryFromMs, retryToMs }: { readonly retryFromMs: number; readonly retryToMs: number },
  attempts: number,
  random: Random,
): number {
  const longest = Math.min(retryToMs, retryFromMs * 2 ** Math.min(attempts - 1, 30));
  return longest * (0.5 + random.next() / 2);
}
