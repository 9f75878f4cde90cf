import type { Authenticator } from '@ms5/hub';
import type { LoginResult } from '@ms5/wire/factory';
import { permissionsOf } from './roles.ts';
import { issueToken, verifyToken, type TokenSubject } from './token.ts';

/** How long a login lasts, unless renewed: a shift. */
const LOGIN_LIFETIME_MS = 8 * 3600 * 1000;

export interface TokenService extends Authenticator {
  issueFor(subject: TokenSubject): Promise<LoginResult>;
}

export interface TokenServiceOptions {
  readonly key: Uint8Array;
  readonly siteId: string;
  readonly now: () => number;
  readonly lifetimeMs?: number;
}

/** Issues tokens, and turns them back into identities with the permissions of their roles. */
export function createTokenService(options: TokenServiceOptions): TokenService {
  const { key, siteId, now, lifetimeMs = LOGIN_LIFETIME_MS } = options;
  return {
    async authenticate(token) {
      const { userId, name, roles, expiresAt } = await verifyToken(key, token, now());
      return { userId, name, roles, expiresAt, permissions: permissionsOf(roles, siteId, userId) };
    },
    async issueFor(subject) {
      const { token, expiresAt } = await issueToken(key, subject, now(), lifetimeMs);
      return {
        token,
        expiresAt,
        user: { id: subject.userId, name: subject.name, roles: [...subject.roles] },
      };
    },
  };
}
