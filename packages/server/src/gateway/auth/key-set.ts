import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type RemoteJWKSet } from 'jose';
import { AuthenticationError } from './authentication-error.ts';
import { describeFailure, MAX_CLOCK_AHEAD_MS, timesOf, USER_ID, type VerifiedToken } from './token.ts';

/** Whose tokens are taken besides those issued here, and how they are read. */
export interface KeySetOptions {
  /** Of a JSON Web Key Set (RFC 7517, 5). */
  readonly url: URL;
  /** `iss` and `aud` that tokens must have. */
  readonly issuer: string;
  readonly audience: string;
  /** Claims by name, or by path with dots; the name as a whole goes first. Omitted: `sub`, `name`, `roles`. */
  readonly userClaim?: string;
  readonly nameClaim?: string;
  readonly rolesClaim?: string;
  /** How long fetched keys count, ms. Omitted: 10 min. A key that was taken from the set counts no longer than that. */
  readonly cacheMs?: number;
  /** After a fetch no other for an unknown key, ms. Omitted: 10 s. */
  readonly cooldownMs?: number;
  /** How long a fetch may take, ms. Omitted: 5 s. */
  readonly timeoutMs?: number;
}

/** How far the issuer's clock may be off. */
const CLOCK_TOLERANCE_S = 5;

/** Signatures only: with a public key for a secret, HMAC would let anybody sign (RFC 8725, 3.1). */
export const KEY_SET_ALGORITHMS: readonly string[] = ['RS256', 'ES256', 'EdDSA'];

export interface KeySetVerifier {
  /** Rejects with an `AuthenticationError`: `tokenUnverifiable` when the keys cannot be had now. */
  verify(token: string, nowMs: number): Promise<VerifiedToken>;
}

export function createKeySetVerifier(options: KeySetOptions): KeySetVerifier {
  const { userClaim = 'sub', nameClaim = 'name', rolesClaim = 'roles' } = options;
  const keys = createRemoteJWKSet(options.url, {
    cacheMaxAge: options.cacheMs ?? 600_000,
    cooldownDuration: options.cooldownMs ?? 10_000,
    timeoutDuration: options.timeoutMs ?? 5_000,
  });

  return {
    async verify(token, nowMs) {
      const payload = await verifySignature(keys, token, nowMs, options);
      const userId = claimAt(payload, userClaim);
      if (typeof userId !== 'string' || !USER_ID.test(userId)) throw unusable(userClaim);
      const { iat, exp, jti } = payload;
      if (iat === undefined || exp === undefined) throw unusable('iat, exp');
      const name = claimAt(payload, nameClaim);
      const times = timesOf(iat, exp, nowMs);
      return {
        userId,
        name: typeof name === 'string' && name !== '' ? name : userId,
        roles: rolesIn(claimAt(payload, rolesClaim), rolesClaim),
        ...(jti === undefined ? {} : { tokenId: jti }),
        ...times,
        // By our clock it may have been so much earlier, and then it was there when its user was withdrawn.
        issuedAt: times.issuedAt - MAX_CLOCK_AHEAD_MS,
      };
    },
  };
}

async function verifySignature(
  keys: RemoteJWKSet,
  token: string,
  nowMs: number,
  { issuer, audience }: KeySetOptions,
): Promise<JWTPayload> {
  // Right after a fetch there is no other, so a key that is not known may just be newer than it.
  const mayBeNewer = keys.coolingDown;
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [...KEY_SET_ALGORITHMS],
      issuer,
      audience,
      currentDate: new Date(nowMs),
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'iat'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey)
      throw new AuthenticationError(mayBeNewer ? 'tokenUnverifiable' : 'tokenSignatureInvalid');
    if (error instanceof errors.JWKSMultipleMatchingKeys)
      throw new AuthenticationError('tokenClaimInvalid', 'Its header must name the key (kid): several fit.');
    throw isAboutToken(error) ? describeFailure(error) : new AuthenticationError('tokenUnverifiable');
  }
}

/** Whatever jose says of a token has a code of its own; everything else comes from fetching the keys. */
const ABOUT_KEYS = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ABOUT_KEYS.has(error.code);
}

function unusable(claim: string): AuthenticationError {
  return new AuthenticationError('tokenClaimInvalid', `Claims not usable: ${claim}.`);
}

/** The claim of that name, or what lies at that path. */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const level of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, level)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[level];
  }
  return value;
}

/** Issuers give a list, or one text with spaces; a user without roles may do nothing. */
function rolesIn(value: unknown, claim: string): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return value.split(' ').filter((role) => role !== '');
  if (Array.isArray(value) && value.every((role) => typeof role === 'string')) return value;
  throw unusable(claim);
}
