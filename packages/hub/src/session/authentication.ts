import { CLOSE_CODES } from '@ms5/wire';
import type { HubCore } from '../hub-core.ts';
import type { AuthenticationError, Identity } from '../ports.ts';
import { behindHooks } from './hooks.ts';
import { answer, dispatch } from './lifecycle.ts';
import { errorReply } from './outbound.ts';
import { takeRevokedMeanwhile } from './revoke.ts';
import type { AuthenticationFailure } from './session-state.ts';
import type { Session } from './session.ts';

/** Has a token checked: the first of a session, or a new one of a session that goes on. */
export function authenticate(core: HubCore, session: Session, token: string): void {
  core.authenticator.authenticate(token).then(
    (identity) => core.contained(session, () => askAdmission(core, session, identity)),
    (error: unknown) => core.contained(session, () => fail(core, session, failureOf(error))),
  );
}

function askAdmission(core: HubCore, session: Session, identity: Identity): void {
  if (session.state.name === 'closed') return;
  const act = { session: session.id, remoteAddress: session.transport.remoteAddress, identity };
  behindHooks(core, session, 'authenticate', act, (refusal) => {
    if (refusal === null) admit(core, session, identity);
    else fail(core, session, { kind: 'refused', message: refusal });
  });
}

function admit(core: HubCore, session: Session, identity: Identity): void {
  if (takeRevokedMeanwhile(session, identity))
    return dispatch(core, session, { type: 'closeRequested', close: 'revoked' });
  const isNew = session.state.name === 'authenticating';
  if (isNew && (core.users.get(identity.userId) ?? 0) >= core.limits.sessionsPerUser)
    return refuseForUser(core, session);
  dispatch(core, session, { type: 'authenticated', identity });
  const act = { session: session.id, remoteAddress: session.transport.remoteAddress, identity };
  if (session.state.name !== 'closed') core.hooks?.after('authenticate', act, {});
}

function refuseForUser(core: HubCore, session: Session): void {
  const retryAfterMs = spreadRetryMs(core);
  answer(core, session, errorReply('tooManySessions', { retryAfterMs }));
  dispatch(core, session, { type: 'closeRequested', close: 'overloaded' });
}

/** When whoever is refused for lack of room may try again: not all at once. */
export function spreadRetryMs({ limits, random }: HubCore): number {
  return Math.round(limits.retryAfterMs * (1 + random.next()));
}

function fail(core: HubCore, session: Session, failure: AuthenticationFailure): void {
  session.revokedMeanwhile = [];
  dispatch(core, session, { type: 'authenticationFailed', failure });
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
