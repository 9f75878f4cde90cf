import type { Client, ConnectionState, LoginResult } from '@ms5/client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Api } from './api.ts';
import { createSession, type SessionStore } from './session.ts';
import { createWorkspaces, type WorkspaceStore } from './workspace.ts';

type Opened = Pick<Client, 'connect' | 'close' | 'onState'> & {
  readonly calls: string[];
  readonly tell: (status: ConnectionState['status'], code: string) => void;
};

/** The part of a client a workspace touches. */
function openClient(): Opened {
  const listeners: ((state: ConnectionState) => void)[] = [];
  const calls: string[] = [];
  return {
    calls,
    connect: () => void calls.push('connect'),
    close: () => void calls.push('close'),
    onState: (listener) => {
      listeners.push(listener);
      return () => {};
    },
    tell: (status, code) => {
      const reason = { code, message: code };
      for (const listener of listeners) listener({ status, reason, since: 0, isLostForLong: true });
    },
  };
}

const login: LoginResult = {
  token: 't',
  expiresAt: 1_000_000,
  user: { id: 'anna', name: 'Anna', roles: [] },
};
const api: Api = {
  login: async () => login,
  refresh: async () => login,
  plant: async () => ({
    site: { id: 's', name: 'S', timeZone: 'UTC' },
    areas: [],
    products: [],
    reasons: [],
    reasonGroups: [],
  }),
};
let clients: Opened[];
let session: SessionStore;
let workspaces: WorkspaceStore;

beforeEach(() => {
  clients = [];
  const storage = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  session = createSession({ api, storage, now: () => 0 });
  workspaces = createWorkspaces({
    api,
    session,
    createClient: () => {
      const client = openClient();
      clients.push(client);
      return client as unknown as Client;
    },
  });
});

describe('workspaces', () => {
  it('open one connection at sign-in and close it at sign-out', async () => {
    expect(workspaces.get()).toBeNull();
    await session.signIn('anna', 'x');
    expect(clients).toHaveLength(1);
    expect(clients[0]?.calls).toEqual(['connect']);
    session.signOut();
    expect(workspaces.get()).toBeNull();
    expect(clients[0]?.calls).toEqual(['connect', 'close']);
  });

  it('end the session when the token is refused', async () => {
    await session.signIn('anna', 'x');
    clients[0]?.tell('closed', 'unauthorized');
    expect(session.get()).toEqual({ status: 'signedOut', reason: 'expired' });
  });

  it('keep the session when the server refuses for another reason', async () => {
    await session.signIn('anna', 'x');
    clients[0]?.tell('closed', 'serverRefused');
    expect(session.get().status).toBe('signedIn');
  });
});
