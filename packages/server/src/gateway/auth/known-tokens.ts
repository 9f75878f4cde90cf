import type { Identity } from '@ms5/hub';
import type { VerifiedToken } from './token.ts';

interface KnownToken {
  readonly verified: VerifiedToken;
  readonly identity: Identity;
}

/**
 * Tokens whose signature was found good, and what they say: when thousands come back at once, they come with the tokens
 * they had. Some 1 kB each. Whether one was revoked is no matter of its signature, and to be asked each time.
 */
export interface KnownTokens {
  /** `undefined`: it is not known, or has expired. */
  find(token: string, nowMs: number): KnownToken | undefined;
  add(token: string, known: KnownToken): void;
}

/** As many as there are sessions on a large gateway. */
const KEPT = 16_384;
/** Longer ones are checked each time. */
const MAX_CHARS = 2_048;

/** Past `kept` the oldest is forgotten. */
export function createKnownTokens(kept = KEPT): KnownTokens {
  const tokens = new Map<string, KnownToken>();
  return {
    find(token, nowMs) {
      const known = tokens.get(token);
      if (known === undefined || nowMs < known.verified.expiresAt) return known;
      tokens.delete(token);
      return undefined;
    },
    add(token, known) {
      if (token.length > MAX_CHARS) return;
      tokens.set(token, known);
      if (tokens.size <= kept) return;
      for (const oldest of tokens.keys()) {
        tokens.delete(oldest);
        return;
      }
    },
  };
}
