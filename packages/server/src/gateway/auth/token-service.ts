import type { Authenticator, Identity } from '@ms5/hub';
import type { LoginResult } from '@ms5/wire/factory';
import { decodeProtectedHeader } from 'jose';
import { AuthenticationError } from './authentication-error.ts';
import { KEY_SET_ALGORITHMS, type KeySetVerifier } from './key-set.ts';
import { createKnownTokens } from './known-tokens.ts';
import type { Revocations } from './revocations.ts';
import { permissionsOf } from './roles.ts';
import { issueToken, verifyToken, type TokenSubject, type VerifiedToken } from './token.ts';

/** How long a login lasts, unless renewed: a shift. */
const LOGIN_LIFETIME_MS = 8 * 3600 * 1000;

export interface TokenService extends Authenticator {
  issueFor(subject: TokenSubject): Promise<LoginResult>;
  /**
   * A fresh token for the bearer of one, which `identity` came from; revoking that one revokes this. `null`: another
   * issuer's tokens are renewed there. Rejects with an `AuthenticationError` when it was revoked meanwhile.
   */
  renew(identity: Identity, subject: TokenSubject): Promise<LoginResult | null>;
}

export interface TokenServiceOptions {
  readonly key: Uint8Array;
  readonly siteId: string;
  readonly now: () => number;
  readonly revocations: Revocations;
  /** Tokens of another issuer, by its keys. Omitted: only those issued here are taken. */
  readonly keySet?: KeySetVerifier;
  readonly lifetimeMs?: number;
}

/** Issues tokens, and turns them back into identities with the permissions of their roles. */
export function createTokenService(options: TokenServiceOptions): TokenService {
  const { key, siteId, now, revocations, keySet, lifetimeMs = LOGIN_LIFETIME_MS } = options;
  /** Tokens that were issued here, by the identities they were turned into. */
  const own = new WeakMap<Identity, VerifiedToken>();
  /** Of those alone: another issuer may take back its keys. */
  const known = createKnownTokens();

  const requireUnrevoked = (verified: VerifiedToken): void => {
    if (revocations.isRevoked(verified)) throw new AuthenticationError('tokenRevoked');
  };
  const issue = async (subject: TokenSubject, firstTokenId?: string): Promise<LoginResult> => {
    const { token, expiresAt } = await issueToken(key, subject, now(), lifetimeMs, firstTokenId);
    return {
      token,
      expiresAt,
      user: { id: subject.userId, name: subject.name, roles: [...subject.roles] },
    };
  };

  return {
    async authenticate(token) {
      const found = known.find(token, now());
      if (found !== undefined) {
        requireUnrevoked(found.verified);
        return found.identity;
      }
      const isOwn = keySet === undefined || !KEY_SET_ALGORITHMS.includes(algorithmOf(token));
      const verified = await (isOwn ? verifyToken(key, token, now()) : keySet.verify(token, now()));
      requireUnrevoked(verified);
      const identity = identityFrom(verified, siteId);
      if (isOwn) {
        own.set(identity, verified);
        known.add(token, { verified, identity });
      }
      return identity;
    },
    issueFor: (subject) => issue(subject),
    async renew(identity, subject) {
      const verified = own.get(identity);
      if (verified === undefined) return null;
      requireUnrevoked(verified);
      return issue(subject, verified.firstTokenId ?? verified.tokenId);
    },
  };
}

/** What the token says it is signed with; it decides whose keys are asked, which accept only theirs. */
function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? '';
  } catch {
    return '';
  }
}

function identityFrom(verified: VerifiedToken, siteId: string): Identity {
  const { userId, name, roles, expiresAt, tokenId, firstTokenId } = verified;
  return {
    userId,
    name,
    roles,
    expiresAt,
    ...(tokenId === undefined ? {} : { tokenId }),
    ...(firstTokenId === undefined ? {} : { firstTokenId }),
    permissions: permissionsOf(roles, siteId, userId),
  };
}
