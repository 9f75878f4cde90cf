/**
 * The law of the ranges: after 4000–4499 the client reconnects, after 4500–4999 it does not.
 * After any code outside (1000–3999, or none) it reconnects, unless it closed the connection itself.
 */
export const CLOSE_CODE_RANGES = {
  reconnect: { from: 4000, to: 4499 },
  terminal: { from: 4500, to: 4999 },
} as const;

export interface CloseCode {
  readonly code: number;
  readonly name: string;
  /** Whether the client reconnects; follows from the range. */
  readonly reconnect: boolean;
  /** For people; also the close reason. */
  readonly message: string;
}

const closeCode = <Name extends string>(code: number, name: Name, message: string) => ({
  code,
  name,
  reconnect: code <= CLOSE_CODE_RANGES.reconnect.to,
  message,
});

export const CLOSE_CODES = {
  draining: /* @__PURE__ */ closeCode(4000, 'draining', 'the server is shutting down'),
  silent: /* @__PURE__ */ closeCode(4001, 'silent', 'nothing was heard from the client for too long'),
  tokenExpired: /* @__PURE__ */ closeCode(
    4002,
    'tokenExpired',
    'the token has expired; come back with a new one',
  ),
  criticalStalled: /* @__PURE__ */ closeCode(
    4003,
    'criticalStalled',
    'a critical change could not be delivered because nothing was acknowledged',
  ),
  overloaded: /* @__PURE__ */ closeCode(4004, 'overloaded', 'the server takes no more sessions now'),
  internalError: /* @__PURE__ */ closeCode(
    4005,
    'internalError',
    'the server failed to serve this connection',
  ),
  connectTimeout: /* @__PURE__ */ closeCode(4006, 'connectTimeout', 'no token was received in time'),
  authenticationUnavailable: /* @__PURE__ */ closeCode(
    4007,
    'authenticationUnavailable',
    'the token could not be checked now',
  ),
  repliesUnread: /* @__PURE__ */ closeCode(
    4008,
    'repliesUnread',
    'too many replies were sent and not acknowledged',
  ),
  protocolError: /* @__PURE__ */ closeCode(4500, 'protocolError', 'the client broke the protocol'),
  unauthorized: /* @__PURE__ */ closeCode(4501, 'unauthorized', 'the token was refused'),
  userChanged: /* @__PURE__ */ closeCode(4502, 'userChanged', 'a refresh must not change the user'),
  revoked: /* @__PURE__ */ closeCode(4504, 'revoked', 'the access was withdrawn; sign in again'),
  unknownEndpoint: /* @__PURE__ */ closeCode(
    4503,
    'unknownEndpoint',
    'the server does not offer this endpoint',
  ),
} as const satisfies Readonly<Record<string, CloseCode>>;
export type CloseCodeName = keyof typeof CLOSE_CODES;

/** Whether a client comes back after its connection was closed with `code` by the other side. */
export function canReconnect(code: number): boolean {
  return code < CLOSE_CODE_RANGES.terminal.from || code > CLOSE_CODE_RANGES.terminal.to;
}

/** The entry of the catalogue, if `code` is in it. */
export function findCloseCode(code: number): CloseCode | undefined {
  return Object.values(CLOSE_CODES).find((entry) => entry.code === code);
}
