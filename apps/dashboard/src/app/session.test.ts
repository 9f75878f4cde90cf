import type { LoginResult } from '@ms5/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from './api.ts';
import { createSession, type SessionStore } from './session.ts';

const LIFE_MS = 10_000;
let now = 0;
let entries: Map<string, string>;
let refreshed: string[];
let refusal: ApiError | null;
let session: SessionStore;

const storage = {
  getItem: (key: string) => entries.get(key) ?? null,
  setItem: (key: string, value: string) => void entries.set(key, value),
  removeItem: (key: string) => void entries.delete(key),
};
const result = (token: string): LoginResult => ({
  token,
  expiresAt: now + LIFE_MS,
  user: { id: 'anna', name: 'Anna', roles: ['operator'] },
});
const api = {
  login: async (user: string) => {
    if (user !== 'anna') throw new ApiError(401, 'unauthorized', 'no');
    return result('first');
  },
  refresh: async (token: string) => {
    refreshed.push(token);
    if (refusal !== null) throw refusal;
    return result(`${token}+`);
  },
};
const start = (): SessionStore => createSession({ api, storage, now: () => now });

beforeEach(() => {
  now = 1000;
  entries = new Map();
  refreshed = [];
  refusal = null;
  session = start();
});

describe('session', () => {
  it('starts signed out and stays so after a wrong password', async () => {
    expect(session.get()).toEqual({ status: 'signedOut', reason: 'never' });
    await expect(session.signIn('eve', 'x')).rejects.toMatchObject({ status: 401 });
    expect(session.get().status).toBe('signedOut');
  });

  it('survives a reload of the tab, but not past its end', async () => {
    await session.signIn('anna', 'x');
    expect(start().get().status).toBe('signedIn');
    now += LIFE_MS;
    expect(start().get().status).toBe('signedOut');
  });

  it('refreshes once half of the life is over, one request for many askers', async () => {
    await session.signIn('anna', 'x');
    expect(await session.token()).toBe('first');
    now += LIFE_MS / 2;
    expect(await Promise.all([session.token(), session.token()])).toEqual(['first+', 'first+']);
    expect(refreshed).toEqual(['first']);
  });

  it('uses the old token while the server is away', async () => {
    await session.signIn('anna', 'x');
    now += LIFE_MS * 0.6;
    refusal = new ApiError(0, 'unreachable', 'no');
    expect(await session.token()).toBe('first');
    expect(session.get().status).toBe('signedIn');
  });

  it('ends when the server refuses to refresh', async () => {
    await session.signIn('anna', 'x');
    now += LIFE_MS * 0.6;
    refusal = new ApiError(401, 'unauthorized', 'revoked');
    await expect(session.token()).rejects.toMatchObject({ status: 401 });
    expect(session.get()).toEqual({ status: 'signedOut', reason: 'expired' });
    expect(entries.size).toBe(0);
  });
});
