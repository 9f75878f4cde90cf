import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import { z } from 'zod';
import { AuthenticationError } from './authentication-error.ts';

/** Only what is listed is accepted, whatever a token's header asks for. */
const ALGORITHMS = ['HS256'];
/** No token lives longer: for so long it has to be remembered that one was revoked. */
export const MAX_TOKEN_LIFETIME_MS = 400 * 86_400_000;
const ISSUER = 'ms5';
const AUDIENCE = 'ms5';

/** Topic levels are built from user ids, so neither wildcards nor separators are allowed in them. */
export const USER_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Private claim (RFC 7519, 4.3): the id of the token that was renewed into this one. */
const FIRST_TOKEN = 'ms5_first';

const Claims = z.object({
  sub: z.string().regex(USER_ID),
  name: z.string(),
  roles: z.array(z.string()),
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(1),
  [FIRST_TOKEN]: z.string().min(1).optional(),
});

/** Ids of renewals begin with that of the first token, so that withdrawing one reaches those renewed from it. */
const RENEWAL_ID = /^(.+)\/[0-9a-f-]{36}$/;

/** The id of the token that was renewed into the one of this id; `undefined`: by its id it is the first. */
export function firstOfRenewal(tokenId: string): string | undefined {
  return RENEWAL_ID.exec(tokenId)?.[1];
}

/** What a token says of its bearer. */
export interface TokenSubject {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface VerifiedToken extends TokenSubject {
  /** Omitted: it has none. */
  readonly tokenId?: string;
  /** The token that was renewed into this one. Omitted: it is the first. */
  readonly firstTokenId?: string;
  /** Ms since the epoch, both. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface IssuedToken {
  readonly token: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** Signs a token that is valid for `lifetimeMs` from `nowMs`. `firstTokenId`: of a renewal. */
export async function issueToken(
  key: Uint8Array,
  subject: TokenSubject,
  nowMs: number,
  lifetimeMs: number,
  firstTokenId?: string,
): Promise<IssuedToken> {
  // To the millisecond, so that a login right after a revocation is not taken for one before it.
  const issuedAt = Math.floor(nowMs) / 1000;
  const expiresAt = Math.floor((nowMs + lifetimeMs) / 1000);
  const token = await new SignJWT({
    name: subject.name,
    roles: [...subject.roles],
    ...(firstTokenId === undefined ? {} : { [FIRST_TOKEN]: firstTokenId }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject.userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(firstTokenId === undefined ? randomUUID() : `${firstTokenId}/${randomUUID()}`)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
  return { token, expiresAt: expiresAt * 1000 };
}

/** Rejects with an `AuthenticationError` that names the check that failed. */
export async function verifyToken(key: Uint8Array, token: string, nowMs: number): Promise<VerifiedToken> {
  const payload = await verifySignature(key, token, nowMs);
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    const fields = claims.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new AuthenticationError('tokenClaimInvalid', `Claims not usable: ${fields}.`);
  }
  const { sub, name, roles, exp, iat, jti, [FIRST_TOKEN]: firstTokenId } = claims.data;
  const verified = { userId: sub, name, roles, tokenId: jti, ...timesOf(iat, exp, nowMs) };
  return firstTokenId === undefined ? verified : { ...verified, firstTokenId };
}

/** Issued later than this after now, a token would outlive the revocation of its user. */
export const MAX_CLOCK_AHEAD_MS = 60_000;

/** Ms since the epoch of two NumericDates, which are seconds. */
export function timesOf(
  iat: number,
  exp: number,
  nowMs: number,
): { readonly issuedAt: number; readonly expiresAt: number } {
  const times = { issuedAt: Math.round(iat * 1000), expiresAt: Math.round(exp * 1000) };
  if (times.issuedAt > nowMs + MAX_CLOCK_AHEAD_MS) throw new AuthenticationError('tokenNotYetValid');
  if (times.expiresAt - times.issuedAt <= MAX_TOKEN_LIFETIME_MS) return times;
  throw new AuthenticationError('tokenClaimInvalid', 'It lives longer than 400 days.');
}

/** Imported once: to do so for every token takes a third of the time of its check. */
const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();

function importedKey(key: Uint8Array): Promise<CryptoKey> {
  const known = imported.get(key);
  if (known !== undefined) return known;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const promise = crypto.subtle.importKey('raw', Uint8Array.from(key), hmac, false, ['verify']);
  imported.set(key, promise);
  return promise;
}

async function verifySignature(key: Uint8Array, token: string, nowMs: number): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, await importedKey(key), {
      algorithms: ALGORITHMS,
      issuer: ISSUER,
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    });
    return payload;
  } catch (error) {
    throw describeFailure(error);
  }
}

/** Which check failed, of an error of jose. */
export function describeFailure(error: unknown): AuthenticationError {
  if (error instanceof errors.JWTExpired) return new AuthenticationError('tokenExpired');
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new AuthenticationError('tokenSignatureInvalid');
  }
  if (error instanceof AuthenticationError) return error;
  if (error instanceof errors.JOSEAlgNotAllowed) return new AuthenticationError('tokenAlgorithmRefused');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? new AuthenticationError('tokenNotYetValid')
      : new AuthenticationError('tokenClaimInvalid', `Claim not usable: ${error.claim}.`);
  }
  return new AuthenticationError('tokenMalformed');
}
