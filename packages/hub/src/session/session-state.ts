import { TIMES, type CloseCodeName } from '@ms5/wire';
import type { Identity } from '../ports.ts';

/** Who a client says it is, for command keys and figures. */
interface ClientInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** The life of one session. Each state has only its own fields. */
export type SessionState =
  | { readonly name: 'awaitingToken'; readonly deadlineAt: number }
  | { readonly name: 'authenticating'; readonly deadlineAt: number; readonly client: ClientInfo }
  | Live
  | Draining
  | { readonly name: 'closed'; readonly code: number };

interface Authenticated {
  readonly identity: Identity;
  readonly client: ClientInfo;
  /** Whether the client was told that its token runs out. */
  readonly isExpiryAnnounced: boolean;
  /** The `refresh` whose token is being checked. */
  readonly refreshId: number | null;
}
export interface Live extends Authenticated {
  readonly name: 'live';
}
/** Told to go; what was accepted is being finished. */
export interface Draining extends Authenticated {
  readonly name: 'draining';
}

export interface AuthenticationFailure {
  /** `crowded`: the token is good, and its user has too many sessions. */
  readonly kind: 'expired' | 'refused' | 'revoked' | 'unavailable' | 'crowded';
  readonly message: string;
}

export type SessionEvent =
  | { readonly type: 'tokenGiven'; readonly token: string; readonly client: ClientInfo }
  | { readonly type: 'authenticated'; readonly identity: Identity }
  | { readonly type: 'authenticationFailed'; readonly failure: AuthenticationFailure }
  | { readonly type: 'refreshRequested'; readonly id: number; readonly token: string }
  | { readonly type: 'signOutRequested'; readonly id: number }
  | { readonly type: 'timePassed' }
  | { readonly type: 'drainRequested'; readonly retryAfterMs: number }
  | { readonly type: 'closeRequested'; readonly close: CloseCodeName; readonly detail?: string }
  | { readonly type: 'peerClosed'; readonly code: number };

/** What is to be done about a transition, in order. */
export type SessionEffect =
  | { readonly do: 'authenticate'; readonly token: string }
  | { readonly do: 'welcome'; readonly identity: Identity }
  | { readonly do: 'adopt'; readonly id: number; readonly identity: Identity }
  | { readonly do: 'refuseRefresh'; readonly id: number; readonly failure: AuthenticationFailure }
  | { readonly do: 'refuseState'; readonly id?: number; readonly message: string }
  | { readonly do: 'announceExpiry'; readonly expiresAt: number; readonly closesAt: number }
  | { readonly do: 'announceDrain'; readonly retryAfterMs: number }
  | { readonly do: 'close'; readonly close: CloseCodeName; readonly detail?: string }
  /** The session is over: its resources are to be given back. */
  | { readonly do: 'end' }
  /** Another session takes its place on the connection, and answers the `signOut`. */
  | { readonly do: 'makeRoom'; readonly id: number };

export interface Transition {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export function startSession(now: number): SessionState {
  return { name: 'awaitingToken', deadlineAt: now + TIMES.connectTimeoutMs };
}
