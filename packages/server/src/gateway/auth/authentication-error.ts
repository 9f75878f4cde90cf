/**
 * Which check of a token or a login failed. `expired` asks for a new login, `signature` for a token of this
 * installation, the rest for a correct client.
 */
const AUTHENTICATION_FAILURES = {
  tokenMissing: 'This request needs a token: send it as "Authorization: Bearer <token>".',
  tokenMalformed: 'The token is not a signed JSON Web Token (three base64url parts with dots between).',
  tokenAlgorithmRefused: 'The token is signed with an algorithm this server does not accept.',
  tokenSignatureInvalid:
    'The signature of the token does not match: it was issued by another installation, or altered.',
  tokenUnverifiable:
    'The token cannot be checked now: the keys of its issuer cannot be had. Try again later.',
  tokenRevoked: 'The token was revoked: log in again.',
  tokenExpired: 'The token has expired: log in again.',
  tokenNotYetValid: 'The token is not valid yet: check the clock of whoever issued it.',
  tokenClaimInvalid: 'The token carries a claim this server does not accept, or lacks one it needs.',
  ticketRefused: 'The ticket is not known, was used already, or is older than 30 s: get another.',
  wrongCredentials: 'The user or the password is wrong.',
} as const;

export type AuthenticationFailure = keyof typeof AUTHENTICATION_FAILURES;

/** Says which check failed, and never quotes the token. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
  readonly code: AuthenticationFailure;

  constructor(code: AuthenticationFailure, detail?: string) {
    super(
      detail === undefined ? AUTHENTICATION_FAILURES[code] : `${AUTHENTICATION_FAILURES[code]} ${detail}`,
    );
    this.code = code;
  }
}
