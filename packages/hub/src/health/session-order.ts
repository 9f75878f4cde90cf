/** What a list of sessions may be sorted by. */
export const SESSION_ORDERS = [
  'score',
  'roundTripMs',
  'ackLagMs',
  'backlogMs',
  'bytesSent',
  'errors',
  'reconnects',
  'connectedAt',
] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];
