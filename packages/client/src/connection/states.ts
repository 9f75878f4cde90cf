import type { ConnectionReason } from '../types.ts';

/** The time without a connection: since when, why, and what has been said about it. */
export interface Absence {
  readonly since: number;
  readonly reason: ConnectionReason;
  /** Whether there was a connection before. */
  readonly wasLive: boolean;
  /** Long enough to tell people. */
  readonly isLostForLong: boolean;
  /** So long that continuity is lost. */
  readonly isSuspended: boolean;
}

/** One state of the connection's life, with only its own fields. Times are client clock, ms. */
export type State =
  | { readonly name: 'idle'; readonly reason: ConnectionReason; readonly since: number }
  /** Waiting for `getToken`. `attempt` counts failures in a row. */
  | {
      readonly name: 'authorizing';
      readonly attempt: number;
      readonly deadline: number;
      readonly absence: Absence;
    }
  | {
      readonly name: 'opening';
      readonly attempt: number;
      readonly deadline: number;
      readonly absence: Absence;
    }
  /** Socket open, `connect` sent. */
  | {
      readonly name: 'greeting';
      readonly attempt: number;
      readonly deadline: number;
      readonly notBefore: number | null;
      readonly absence: Absence;
    }
  | {
      readonly name: 'live';
      readonly since: number;
      readonly reason: ConnectionReason;
      readonly attempt: number;
      /** Silence longer than this means dead. */
      readonly silenceMs: number;
      /** When the server wants us back after it closes. */
      readonly notBefore: number | null;
    }
  /** Live as far as known, and asked for a sign of life. */
  | {
      readonly name: 'probing';
      readonly since: number;
      readonly reason: ConnectionReason;
      readonly attempt: number;
      readonly silenceMs: number;
      readonly notBefore: number | null;
      readonly deadline: number;
    }
  | {
      readonly name: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      /** Not sooner, even when the network returns. */
      readonly notBefore: number | null;
      readonly absence: Absence;
    }
  /** `signOut` was sent. Whoever asked for the connection does not hear of it any more. */
  | {
      readonly name: 'signingOut';
      readonly since: number;
      readonly reason: ConnectionReason;
      readonly deadline: number;
      /** Somebody else is to be signed in as soon as that is done. */
      readonly isNextWaiting: boolean;
      readonly notBefore: number | null;
    }
  /** Nobody is signed in; the socket is kept for a while, should somebody be. */
  | {
      readonly name: 'vacant';
      readonly since: number;
      readonly reason: ConnectionReason;
      readonly deadline: number;
    }
  /** Nobody is signed in, and there is no socket. */
  | { readonly name: 'signedOut'; readonly reason: ConnectionReason; readonly since: number }
  /** Waiting for `getToken` with a socket whose last session is over. */
  | { readonly name: 'admitting'; readonly deadline: number; readonly absence: Absence }
  | { readonly name: 'closed'; readonly reason: ConnectionReason; readonly since: number };

export type StateName = State['name'];
export type StateOf<N extends StateName> = Extract<State, { readonly name: N }>;

export type ConnectionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'close' }
  | { readonly type: 'signOut' }
  | { readonly type: 'signIn' }
  /** The server ended the session and keeps the connection. */
  | { readonly type: 'signedOut' }
  /** The server does not know how to. */
  | { readonly type: 'signOutFailed' }
  | { readonly type: 'tokenReady' }
  | { readonly type: 'tokenFailed'; readonly unauthorized: boolean; readonly message: string }
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly pingIntervalMs: number }
  | { readonly type: 'dropped'; readonly code: number; readonly reason: string }
  /** A message came; matters only to a probe. */
  | { readonly type: 'heard' }
  | { readonly type: 'advised'; readonly retryAfterMs: number }
  /** `heardAt`: when the last message came. */
  | { readonly type: 'deadlinePassed'; readonly heardAt: number }
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  | { readonly type: 'foreground' }
  | {
      readonly type: 'violated';
      readonly code: 'gapFound' | 'malformedMessage';
      readonly message: string;
    };

export type EventName = ConnectionEvent['type'];
export type EventOf<T extends EventName> = Extract<ConnectionEvent, { readonly type: T }>;

/** What the owner of the socket is to do, in order. */
export type Effect = 'requestToken' | 'openSocket' | 'greet' | 'probe' | 'signOut' | 'closeSocket';

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
  /** `null`: nothing changed. */
  readonly reason: ConnectionReason | null;
}

export interface Context {
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export const TIMINGS = {
  tokenTimeoutMs: 30_000,
  openTimeoutMs: 10_000,
  welcomeTimeoutMs: 15_000,
  probeTimeoutMs: 5_000,
  signOutTimeoutMs: 5_000,
  /** The server waits 10 s for the next to sign in. */
  vacantMs: 8_000,
  /** How late a ping may be. */
  pingGraceMs: 10_000,
  /** A connection that lived this long resets the count of failures. */
  stableAfterMs: 10_000,
  /** People are told after this, so that screens don't flicker. */
  lostNoticeAfterMs: 4_000,
  suspendAfterMs: 120_000,
} as const;
