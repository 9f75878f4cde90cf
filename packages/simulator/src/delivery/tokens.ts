import type { Json } from '@ms5/wire';
import { sleep, type Clock } from '../clock/clock.ts';
import type { Api } from './api.ts';

/** Tokens by user id, kept fresh. */
export interface Tokens {
  /** The user's token; `undefined`: there is none. */
  of(user: string): string | undefined;
  put(tokens: Readonly<Record<string, string>>): void;
  /** Resolves when the user's token is another than `refused`, or the signal aborts. */
  other(user: string, refused: string | undefined, signal: AbortSignal): Promise<void>;
  /** Renews each token with `POST /api/v1/token` when half of its life is over, until the signal aborts. */
  keepFresh(api: Api, clock: Clock, signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 15_000;

export function createTokens(): Tokens {
  const byUser = new Map<string, string>();
  const waiting = new Set<() => void>();
  const put: Tokens['put'] = (tokens) => {
    for (const [user, token] of Object.entries(tokens)) byUser.set(user, token);
    for (const look of waiting) look();
  };
  return {
    of: (user) => byUser.get(user),
    put,
    other: (user, refused, signal) =>
      new Promise((resolve) => {
        const look = () => {
          if (byUser.get(user) === refused && !signal.aborted) return;
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener('abort', look);
        look();
      }),
    async keepFresh(api, clock, signal) {
      while (!signal.aborted) {
        for (const [user, token] of byUser) {
          if (!isHalfOver(token, clock.now())) continue;
          const reply = await api.post('/api/v1/token', {}, token, signal);
          const fresh = reply.status === 'done' ? tokenIn(reply.value) : undefined;
          if (fresh !== undefined) put({ [user]: fresh });
        }
        await sleep(clock, LOOK_EVERY_MS, signal);
      }
    },
  };
}

/** Whether half of a JWT's life is over at `nowMs`; false where it says neither when it began nor when it ends. */
export function isHalfOver(token: string, nowMs: number): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims) || !('iat' in claims))
      return false;
    const { exp, iat } = claims;
    if (typeof exp !== 'number' || typeof iat !== 'number') return false;
    return nowMs >= ((iat + exp) / 2) * 1000;
  } catch {
    return false;
  }
}

function tokenIn(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || !('token' in value)) return undefined;
  return typeof value['token'] === 'string' ? value['token'] : undefined;
}
