import { LIMITS } from '@ms5/wire';
import { createTokenBucket, nextTokenMs, takeToken, type TokenBucket } from './token-bucket.ts';

/** What a connection may send in a time; signing out does not fill them again. */
export type Budgets = {
  /** `null`: it is full, nothing was taken yet. */
  -readonly [Name in keyof typeof ALLOWANCES]: TokenBucket | null;
};

interface Allowance {
  readonly burst: number;
  readonly refillMs: number;
}

const ALLOWANCES = {
  requests: { burst: LIMITS.requestBurst, refillMs: 1_000 / LIMITS.requestsPerSecond },
  commands: { burst: LIMITS.commandBurst, refillMs: 1_000 / LIMITS.commandsPerSecond },
  publishes: { burst: LIMITS.publishBurst, refillMs: 1_000 / LIMITS.publishesPerSecond },
  receipts: { burst: LIMITS.receiptBurst, refillMs: 1_000 / LIMITS.receiptsPerSecond },
  /** Messages that are tolerated. */
  invalid: { burst: LIMITS.invalidMessages, refillMs: LIMITS.invalidForgivenMs },
} satisfies Readonly<Record<string, Allowance>>;

export function createBudgets(): Budgets {
  return { requests: null, commands: null, publishes: null, receipts: null, invalid: null };
}

/** Takes one. 0: it may go ahead; else how long to wait, ms, and nothing was taken. */
export function spend(budgets: Budgets, name: keyof Budgets, now: number): number {
  const { burst, refillMs } = ALLOWANCES[name];
  const bucket = (budgets[name] ??= createTokenBucket(burst, now));
  if (takeToken(bucket, burst, refillMs, now)) return 0;
  return Math.max(1, nextTokenMs(bucket, refillMs));
}
