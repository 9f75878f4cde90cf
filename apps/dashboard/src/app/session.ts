import type { LoginResult } from '@ms5/client';
import { type Api, ApiError } from './api.ts';
import { createSignal } from './signal.ts';

export type Session =
  | { readonly status: 'signedOut'; readonly reason: 'never' | 'signedOut' | 'expired' }
  | { readonly status: 'signedIn'; readonly login: LoginResult };

/** Who is signed in, in this tab. `get` and `subscribe` fit `useSyncExternalStore`. */
export interface SessionStore {
  readonly get: () => Session;
  readonly subscribe: (listener: () => void) => () => void;
  /** Rejects with an `ApiError`. */
  readonly signIn: (user: string, password: string) => Promise<void>;
  readonly signOut: () => void;
  /** The session is over: the person has to sign in again, and comes back to where they were. */
  readonly expire: () => void;
  /**
   * A token good for a while: the kept one, or a fresh one when half its life is over.
   * Rejects with an `ApiError`; with status 401 the session has ended.
   */
  readonly token: () => Promise<string>;
}

export interface SessionPorts {
  readonly api: Pick<Api, 'login' | 'refresh'>;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly now: () => number;
}

const STORAGE_KEY = 'ms5.session';

interface Kept {
  readonly login: LoginResult;
  /** When it was received, browser clock. */
  readonly at: number;
}

export function createSession({ api, storage, now }: SessionPorts): SessionStore {
  let kept = readKept(storage, now());
  const session = createSignal<Session>(
    kept ? { status: 'signedIn', login: kept.login } : { status: 'signedOut', reason: 'never' },
  );
  let refreshing: Promise<string> | null = null;

  const keep = (login: LoginResult): void => {
    kept = { login, at: now() };
    storage.setItem(STORAGE_KEY, JSON.stringify(kept));
  };
  const forget = (reason: 'signedOut' | 'expired'): void => {
    kept = null;
    storage.removeItem(STORAGE_KEY);
    if (session.get().status === 'signedIn') session.set({ status: 'signedOut', reason });
  };
  const refresh = async (current: Kept): Promise<string> => {
    try {
      const login = await api.refresh(current.login.token);
      if (kept === current) keep(login);
      return login.token;
    } catch (error) {
      const ended = error instanceof ApiError && error.status === 401;
      if (ended && kept === current) forget('expired');
      if (ended || now() >= current.login.expiresAt) throw error;
      // The server is away for the moment; the old token may still do.
      return current.login.token;
    }
  };

  return {
    get: session.get,
    subscribe: session.subscribe,
    signIn: async (user, password) => {
      const login = await api.login(user, password);
      keep(login);
      session.set({ status: 'signedIn', login });
    },
    signOut: () => forget('signedOut'),
    expire: () => forget('expired'),
    token: async () => {
      if (kept === null) throw new ApiError(401, 'signedOut', 'nobody is signed in');
      const halfLife = kept.at + (kept.login.expiresAt - kept.at) / 2;
      if (now() < halfLife) return kept.login.token;
      refreshing ??= refresh(kept).finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}

function readKept(storage: SessionPorts['storage'], now: number): Kept | null {
  try {
    const kept = JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null') as Kept | null;
    return kept !== null && typeof kept.login.token === 'string' && kept.login.expiresAt > now ? kept : null;
  } catch {
    return null;
  }
}
