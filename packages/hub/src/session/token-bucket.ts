/** Allows `burst` at once and one more every `refillMs`. Two numbers per user of it. */
export interface TokenBucket {
  tokens: number;
  at: number;
}

export function createTokenBucket(burst: number, now: number): TokenBucket {
  return { tokens: burst, at: now };
}

/** Takes one; false: there is none, and nothing was taken. */
export function takeToken(bucket: TokenBucket, burst: number, refillMs: number, now: number): boolean {
  const refilled = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / refillMs);
  bucket.at = Math.max(bucket.at, now);
  bucket.tokens = refilled >= 1 ? refilled - 1 : refilled;
  return refilled >= 1;
}

/** How long until there is one again, ms. */
export function nextTokenMs(bucket: TokenBucket, refillMs: number): number {
  return Math.max(0, Math.ceil((1 - bucket.tokens) * refillMs));
}
