import type { HubCore } from '../hub-core.ts';
import type { Identity } from '../ports.ts';
import { dispatch } from './lifecycle.ts';
import { identityOf, type Session } from './session.ts';

/** Users and tokens whose access is withdrawn. */
export interface Revocation {
  readonly userIds: readonly string[];
  readonly tokenIds: readonly string[];
}

/**
 * Closes what these users or tokens hold open; returns how many sessions that were. Tokens that are being checked at
 * this moment are judged when it is known whose they are.
 */
export function revokeSessions(core: HubCore, revocation: Revocation): number {
  const revoked: Session[] = [];
  for (const session of core.sessions) {
    const identity = identityOf(session);
    if (identity !== null && isRevokedBy(revocation, identity)) revoked.push(session);
    else if (isCheckingToken(session)) session.revokedMeanwhile.push(revocation);
  }
  for (const session of revoked) dispatch(core, session, { type: 'closeRequested', close: 'revoked' });
  return revoked.length;
}

/** Whether the identity, just found out, was revoked while it was being found out. */
export function takeRevokedMeanwhile(session: Session, identity: Identity): boolean {
  const { revokedMeanwhile } = session;
  session.revokedMeanwhile = [];
  return revokedMeanwhile.some((revocation) => isRevokedBy(revocation, identity));
}

function isCheckingToken({ state }: Session): boolean {
  if (state.name === 'authenticating') return true;
  return (state.name === 'live' || state.name === 'draining') && state.refreshId !== null;
}

function isRevokedBy(
  { userIds, tokenIds }: Revocation,
  { userId, tokenId, firstTokenId }: Identity,
): boolean {
  const isToken = (id: string | undefined): boolean => id !== undefined && tokenIds.includes(id);
  return userIds.includes(userId) || isToken(tokenId) || isToken(firstTokenId);
}
