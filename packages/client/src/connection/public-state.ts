import type { ConnectionState, ConnectionStatus } from '../types.ts';
import { reasonFor } from './reasons.ts';
import type { Absence, State } from './states.ts';

function awayStatus(absence: Absence): ConnectionStatus {
  if (absence.isSuspended) return 'suspended';
  return absence.wasLive ? 'reconnecting' : 'connecting';
}

/** The connection as people see it. While away, `reason` says why it was lost or why the last attempt failed. */
export function publicState(state: State): ConnectionState {
  if (state.name === 'idle' || state.name === 'closed')
    return { status: state.name, reason: state.reason, since: state.since, isLostForLong: false };
  // Nobody to speak for, as before the first connection.
  if (state.name === 'signingOut' || state.name === 'vacant' || state.name === 'signedOut')
    return { status: 'idle', reason: reasonFor('signedOut'), since: state.since, isLostForLong: false };
  if (state.name === 'live' || state.name === 'probing')
    return { status: 'live', reason: state.reason, since: state.since, isLostForLong: false };
  const { absence } = state;
  return {
    status: awayStatus(absence),
    reason: absence.reason,
    since: absence.since,
    isLostForLong: absence.isLostForLong,
    attempt: state.name === 'admitting' ? 0 : state.attempt,
    ...(state.name === 'waiting' ? { retryAt: state.retryAt } : {}),
  };
}

/** Whether a listener has something new to be told. */
export function isSameState(a: ConnectionState, b: ConnectionState): boolean {
  return (
    a.status === b.status &&
    a.reason.code === b.reason.code &&
    a.reason.message === b.reason.message &&
    a.since === b.since &&
    a.isLostForLong === b.isLostForLong &&
    a.retryAt === b.retryAt &&
    a.attempt === b.attempt
  );
}
