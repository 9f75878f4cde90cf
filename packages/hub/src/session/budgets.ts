import { LIMITS } from '@ms5/wire';
import { createTokenBucket, nextTokenMs, takeToken, type TokenBucket } from './token-bucket.ts';

/** What a connection may send in a time; signing out does not fill them again. */
export interface Budgets {
  readonly requests: TokenBucket;
  readonly commands: TokenBucket;
  readonly publishes: TokenBucket;
  readonly receipts: TokenBucket;
  /** Invalid messages, which are tolerated. */
  readonly invalid: TokenBucket;
}

interface Allowance {
  readonly burst: number;
  readonly refillMs: number;
}

const ALLOWANCES: { readonly [Name in keyof Budgets]: Allowance } = {
  requests: { burst: LIMITS.requestBurst, refillMs: 1_000 / LIMITS.requestsPerSecond },
  commands: { burst: LIMITS.commandBurst, refillMs: 1_000 / LIMITS.commandsPerSecond },
  publishes: { burst: LIMITS.publishBurst, refillMs: 1_000 / LIMITS.publishesPerSecond },
  receipts: { burst: LIMITS.receiptBurst, refillMs: 1_000 / LIMITS.receiptsPerSecond },
  invalid: { burst: LIMITS.invalidMessages, refillMs: LIMITS.invalidForgivenMs },
};

export function createBudgets(now: number): Budgets {
  return {
    requests: createTokenBucket(ALLOWANCES.requests.burst, now),
    commands: createTokenBucket(ALLOWANCES.commands.burst, now),
    publishes: createTokenBucket(ALLOWANCES.publishes.burst, now),
    receipts: createTokenBucket(ALLOWANCES.receipts.burst, now),
    invalid: createTokenBucket(ALLOWANCES.invalid.burst, now),
  };
}

/** Takes one. 0: it may go ahead; else how long to wait, ms, and nothing was taken. */
export function spend(budgets: Budgets, name: keyof Budgets, now: number): number {
  const { burst, refillMs } = ALLOWANCES[name];
  if (takeToken(budgets[name], burst, refillMs, now)) return 0;
  return Math.max(1, nextTokenMs(budgets[name], refillMs));
}
