import type { HubCore } from '../hub-core.ts';
import { dispatch } from './lifecycle.ts';
import { isRevokedBy, type Revocation } from './revocation.ts';
import { identityOf, type Session } from './session.ts';

/**
 * Closes what these users or tokens hold open; returns how many sessions that were. Tokens that are being checked at
 * this moment are judged when it is known whose they are.
 */
export function revokeSessions(core: HubCore, revocation: Revocation): number {
  const revoked: Session[] = [];
  for (const session of core.sessions) {
    const identity = identityOf(session);
    if (identity !== null && isRevokedBy(revocation, identity)) revoked.push(session);
    else if (isCheckingToken(session)) session.revokedMeanwhile = [...session.revokedMeanwhile, revocation];
  }
  for (const session of revoked) dispatch(core, session, { type: 'closeRequested', close: 'revoked' });
  return revoked.length;
}

function isCheckingToken({ state }: Session): boolean {
  if (state.name === 'authenticating') return true;
  return (state.name === 'live' || state.name === 'draining') && state.refreshId !== null;
}
