import type { ClientMessage, ErrorMessage } from '@ms5/wire';
import { isUnauthorizedError, messageOf } from './errors.ts';
import type { Clock } from './ports.ts';

const RETRY_MS = 2_000;

export interface TokenRefreshOptions {
  readonly clock: Clock;
  readonly getToken: () => Promise<string>;
  readonly nextId: () => number;
  readonly send: (message: ClientMessage) => void;
  readonly onUnauthorized: (message: string) => void;
}

/** Brings a new token on the live connection. What fails is tried again until the server closes. */
export interface TokenRefresh {
  readonly begin: () => void;
  /** True when the error answers a refresh. */
  takeError(message: ErrorMessage): boolean;
  /** Refreshed, or the connection is gone. */
  readonly end: () => void;
}

export function createTokenRefresh(options: TokenRefreshOptions): TokenRefresh {
  /** Tells the refresh under way from one given up. */
  let round = 0;
  let requestId: number | null = null;
  let cancelRetry = (): void => {};

  function end(): void {
    round += 1;
    requestId = null;
    cancelRetry();
  }

  async function attempt(own: number): Promise<void> {
    try {
      const token = await options.getToken();
      if (own !== round) return;
      requestId = options.nextId();
      options.send({ type: 'refresh', id: requestId, token });
    } catch (error) {
      if (own !== round) return;
      if (isUnauthorizedError(error)) options.onUnauthorized(messageOf(error));
      else retry(own, RETRY_MS);
    }
  }

  function retry(own: number, delayMs: number): void {
    cancelRetry = options.clock.after(delayMs, () => void attempt(own));
  }

  return {
    begin() {
      end();
      void attempt(round);
    },
    takeError(message) {
      if (requestId === null || message.id !== requestId) return false;
      requestId = null;
      retry(round, message.retryAfterMs ?? RETRY_MS);
      return true;
    },
    end,
  };
}
