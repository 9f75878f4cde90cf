import type { ConnectionReason } from '../types.ts';

/** Every transition of a connection has one of these codes. Codes are stable, texts are not. */
export const CONNECTION_REASONS = {
  notStarted: 'Not started',
  connectCalled: 'Connecting',
  tokenReady: 'Token received, opening the socket',
  tokenFailed: 'No token could be had',
  tokenTimedOut: 'No token came in time',
  unauthorized: 'Not signed in',
  socketOpened: 'Socket open, greeting the server',
  openTimedOut: 'The server could not be reached in time',
  welcomed: 'Connected',
  welcomeTimedOut: 'The server did not answer the greeting',
  socketClosed: 'Connection lost',
  serverAdvised: 'The server asked to come back later',
  serverRefused: 'The server ended the connection for good',
  pingLate: 'Nothing was heard from the server',
  probing: 'Asking whether the server is still there',
  probeAnswered: 'The server is still there',
  probeTimedOut: 'The server did not answer a probe',
  retryDue: 'Trying again',
  networkOnline: 'The network is back, trying again',
  foreground: 'The screen is back, trying again',
  lostForLong: 'Still no connection',
  continuityLost: 'No connection for so long that continuity is lost',
  gapFound: 'A message was missed',
  malformedMessage: 'The server sent something unreadable',
  signOutCalled: 'Signing out',
  signedOut: 'Signed out',
  signInCalled: 'Signing in',
  closeCalled: 'Closed',
} as const;

export type ConnectionReasonCode = keyof typeof CONNECTION_REASONS;

/** `detail` is what is known of the single case, for example a close code. */
export function reasonFor(code: ConnectionReasonCode, detail?: string): ConnectionReason {
  const text = CONNECTION_REASONS[code];
  return { code, message: detail === undefined || detail === '' ? text : `${text}: ${detail}` };
}
