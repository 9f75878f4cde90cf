import { randomBytes } from 'node:crypto';
import type { UserConfig } from '../../config/index.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { hashPassword, passwordMatches } from './password.ts';

/** A user of the plant file; `password` is a hash, omitted: no login by password. */
export type LocalUser = UserConfig;

type LoginReply =
  | { readonly status: 'done'; readonly user: LocalUser }
  | { readonly status: 'refused' }
  | { readonly status: 'tooMany'; readonly retryAfterMs: number };

export interface LoginDirectory {
  find(userId: string): LocalUser | undefined;
  login(userId: string, password: string, remoteAddress: string, nowMs: number): Promise<LoginReply>;
}

/** Wrong attempts: ten at once from one address, then one every 6 s. */
const PER_ADDRESS = { burst: 10, refillMs: 6_000 };
/** Wrong attempts: five at once for one user, then one every 12 s, wherever they come from. */
const PER_USER = { burst: 5, refillMs: 12_000 };
/** Each hash takes 32 MiB and a thread of the pool; more than these wait their turn. */
const CONCURRENT_HASHES = 2;
const WAITING_LOGINS = 64;
const QUEUE_RETRY_MS = 2_000;

/**
 * Logins of local users. A user that does not exist costs the same hash as a wrong password, so that the
 * time of the answer does not tell them apart. Only wrong attempts count towards the limits.
 */
export function createLoginDirectory(users: readonly LocalUser[]): LoginDirectory {
  const byId = new Map(users.map((user) => [user.id, user]));
  const perAddress = createAttemptLimit(PER_ADDRESS);
  const perUser = createAttemptLimit(PER_USER);
  const inTurn = createTurnstile(CONCURRENT_HASHES);
  let decoy: Promise<string> | undefined;

  const matches = async (user: LocalUser | undefined, password: string): Promise<boolean> => {
    decoy ??= hashPassword(randomBytes(16).toString('hex'));
    const hash = user?.password ?? (await decoy);
    const isMatch = await passwordMatches(password, hash);
    return isMatch && user?.password !== undefined;
  };

  return {
    find: (userId) => byId.get(userId),
    async login(userId, password, remoteAddress, nowMs) {
      if (inTurn.waiting() >= WAITING_LOGINS) return { status: 'tooMany', retryAfterMs: QUEUE_RETRY_MS };
      const retryAfterMs = perAddress.take(remoteAddress, nowMs);
      if (retryAfterMs > 0) return { status: 'tooMany', retryAfterMs };
      const userRetryAfterMs = perUser.take(userId, nowMs);
      if (userRetryAfterMs > 0) return { status: 'tooMany', retryAfterMs: userRetryAfterMs };
      const user = byId.get(userId);
      const isMatch = await inTurn.run(() => matches(user, password));
      if (!isMatch || user === undefined) return { status: 'refused' };
      perAddress.giveBack(remoteAddress, nowMs);
      perUser.giveBack(userId, nowMs);
      return { status: 'done', user };
    },
  };
}

interface Turnstile {
  waiting(): number;
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** At most `width` tasks at a time, the rest in order of arrival. */
function createTurnstile(width: number): Turnstile {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    waiting: () => waiting.length,
    async run(task) {
      if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
