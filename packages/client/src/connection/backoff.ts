const FLOOR_MS = 500;
const CEILING_MS = 20_000;
/** A server's wish beyond this is taken as a mistake: a wall screen must come back by itself. */
const ADVICE_LIMIT_MS = 600_000;

/** `0.5 s + random(0, min(20 s, 0.5 s · 2ⁿ))`; `attempt` is n, `random` uniform in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  return FLOOR_MS + random * Math.min(CEILING_MS, FLOOR_MS * 2 ** attempt);
}

/** What the server asked for with `retryAfterMs`, kept within reason. */
export function advisedMs(retryAfterMs: number): number {
  return Math.min(ADVICE_LIMIT_MS, Math.max(0, retryAfterMs));
}
