import type { HubCore } from '../hub-core.ts';
import { dispatch } from './lifecycle.ts';

/** Closes what these users or tokens hold open; returns how many sessions that were. */
export function revokeSessions(
  core: HubCore,
  userIds: readonly string[],
  tokenIds: readonly string[],
): number {
  const revoked = [...core.sessions].filter(({ state }) => {
    if (state.name !== 'live' && state.name !== 'draining') return false;
    const { userId, tokenId } = state.identity;
    return userIds.includes(userId) || (tokenId !== undefined && tokenIds.includes(tokenId));
  });
  for (const session of revoked) dispatch(core, session, { type: 'closeRequested', close: 'revoked' });
  return revoked.length;
}
