import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AuthenticationError } from './authentication-error.ts';

/** Only what is listed is accepted, whatever a token's header asks for. */
const ALGORITHMS = ['HS256'];
const ISSUER = 'ms5';
const AUDIENCE = 'ms5';

/** Topic levels are built from user ids, so neither wildcards nor separators are allowed in them. */
export const USER_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

const Claims = z.object({
  sub: z.string().regex(USER_ID),
  name: z.string(),
  roles: z.array(z.string()),
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(1),
});

/** What a token says of its bearer. */
export interface TokenSubject {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface VerifiedToken extends TokenSubject {
  readonly tokenId: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

export interface IssuedToken {
  readonly token: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** Signs a token that is valid for `lifetimeMs` from `nowMs`. */
export async function issueToken(
  key: Uint8Array,
  subject: TokenSubject,
  nowMs: number,
  lifetimeMs: number,
): Promise<IssuedToken> {
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = Math.floor((nowMs + lifetimeMs) / 1000);
  const token = await new SignJWT({ name: subject.name, roles: [...subject.roles] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject.userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(randomUUID())
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
  const { sub, name, roles, exp, jti } = claims.data;
  return { userId: sub, name, roles, tokenId: jti, expiresAt: exp * 1000 };
}

async function verifySignature(key: Uint8Array, token: string, nowMs: number): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key, {
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

function describeFailure(error: unknown): AuthenticationError {
  if (error instanceof errors.JWTExpired) return new AuthenticationError('tokenExpired');
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new AuthenticationError('tokenSignatureInvalid');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return new AuthenticationError('tokenAlgorithmRefused');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? new AuthenticationError('tokenNotYetValid')
      : new AuthenticationError('tokenClaimInvalid', `Claim not usable: ${error.claim}.`);
  }
  return new AuthenticationError('tokenMalformed');
}
