import { CLOSE_CODES, REQUEST_ERRORS } from '@ms5/wire';
import type { HubCore } from '../hub-core.ts';
import type { AuthenticationError, Identity } from '../ports.ts';
import { behindHooks } from './hooks.ts';
import { isRevokedBy } from './revocation.ts';
import type { AuthenticationFailure, SessionEvent } from './session-state.ts';
import { NONE, type Session } from './session.ts';

/** Has a token checked, the first of a session or a new one, and reports what comes of it, once. */
export function checkToken(
  core: HubCore,
  session: Session,
  token: string,
  report: (event: SessionEvent) => void,
): void {
  const fail = (failure: AuthenticationFailure): void => {
    session.revokedMeanwhile = NONE;
    report({ type: 'authenticationFailed', failure });
  };
  const askHooks = (identity: Identity): void => {
    if (session.state.name === 'closed') return;
    const act = { session: session.id, remoteAddress: session.transport.remoteAddress, identity };
    behindHooks(core, session, 'authenticate', act, (refusal) => {
      if (refusal !== null) return fail({ kind: 'refused', message: refusal });
      report(judge(core, session, identity));
      if (session.state.name === 'live') core.hooks?.after('authenticate', act, {});
    });
  };
  core.authenticator.authenticate(token).then(
    (identity) => core.contained(session, () => askHooks(identity)),
    (error: unknown) => core.contained(session, () => fail(failureOf(error))),
  );
}

/** The token is good; what may have changed while it was checked counts too. */
function judge(core: HubCore, session: Session, identity: Identity): SessionEvent {
  const isRevoked = session.revokedMeanwhile.some((revocation) => isRevokedBy(revocation, identity));
  session.revokedMeanwhile = NONE;
  if (isRevoked) return { type: 'closeRequested', close: 'revoked' };
  const isNew = session.state.name === 'authenticating';
  if (!isNew || (core.users.get(identity.userId) ?? 0) < core.limits.sessionsPerUser)
    return { type: 'authenticated', identity };
  const failure = { kind: 'crowded', message: REQUEST_ERRORS.tooManySessions.message } as const;
  return { type: 'authenticationFailed', failure };
}

/** When whoever is refused for lack of room may try again: not all at once. */
export function spreadRetryMs({ limits, random }: HubCore): number {
  return Math.round(limits.retryAfterMs * (1 + random.next()));
}

function isAuthenticationError(error: unknown): error is AuthenticationError {
  return error instanceof Error && error.name === 'AuthenticationError' && 'code' in error;
}

/** Codes of an `AuthenticationError` that mean more than that the token is refused. */
const KINDS: Readonly<Record<string, AuthenticationFailure['kind']>> = {
  tokenExpired: 'expired',
  tokenRevoked: 'revoked',
};

function failureOf(error: unknown): AuthenticationFailure {
  if (!isAuthenticationError(error) || error.code === 'tokenUnverifiable')
    return { kind: 'unavailable', message: CLOSE_CODES.authenticationUnavailable.message };
  return { kind: KINDS[error.code] ?? 'refused', message: error.message };
}
