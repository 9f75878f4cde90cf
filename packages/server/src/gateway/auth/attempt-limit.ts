/** A number of attempts that refills with time: `burst` at once, one more every `refillMs`. */
export interface AttemptLimit {
  /** 0 when the attempt may go ahead (and is counted), else how long to wait, ms. */
  take(key: string, nowMs: number): number;
  /** The attempt was a good one and is not counted. */
  giveBack(key: string, nowMs: number): void;
}

export interface AttemptLimitOptions {
  readonly burst: number;
  readonly refillMs: number;
  /** Keys remembered; past it the one longest untouched is forgotten, so memory is bounded. */
  readonly maxKeys?: number;
}

const DEFAULT_MAX_KEYS = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export function createAttemptLimit(options: AttemptLimitOptions): AttemptLimit {
  const { burst, refillMs, maxKeys = DEFAULT_MAX_KEYS } = options;
  const buckets = new Map<string, Bucket>();

  const tokensAt = (key: string, nowMs: number): number => {
    const bucket = buckets.get(key);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + Math.max(0, nowMs - bucket.at) / refillMs);
  };
  const store = (key: string, tokens: number, nowMs: number): void => {
    buckets.delete(key);
    if (tokens < burst) buckets.set(key, { tokens, at: nowMs });
    if (buckets.size <= maxKeys) return;
    const [oldest] = buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
  };

  return {
    take(key, nowMs) {
      const tokens = tokensAt(key, nowMs);
      if (tokens < 1) return Math.ceil((1 - tokens) * refillMs);
      store(key, tokens - 1, nowMs);
      return 0;
    },
    giveBack(key, nowMs) {
      store(key, Math.min(burst, tokensAt(key, nowMs) + 1), nowMs);
    },
  };
}
