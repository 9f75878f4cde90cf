import type { TopicFilter } from '@ms5/wire';
import { createDelivery, type Delivery } from '../delivery/delivery.ts';
import { createWindow, type Window } from '../delivery/window.ts';
import type { Endpoint, Request } from '../endpoints/endpoint.ts';
import { createSessionHealth, type SessionHealth } from '../health/session-health.ts';
import type { Identity, Transport } from '../ports.ts';
import type { Log } from '../topics/log.ts';
import type { Interest } from '../topics/interests.ts';
import { startSession, type SessionState } from './session-state.ts';
import { createBudgets, type Budgets } from './budgets.ts';
import type { Revocation } from './revocation.ts';
import type { Subscription } from './shared-filters.ts';

/** One connection's place for a session: whoever signs out makes room for another. */
export interface Seat {
  session: Session | null;
}

/** The server's record of one authenticated client: what it may see, what it was sent, when it was heard. */
export interface Session {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly seat: Seat;
  readonly connectedAt: number;
  /** The token of the upgrade, until it is used. */
  upgradeToken: string | null;
  state: SessionState;
  /** The topics of its subscriptions; `null`: it has none. Its flows are also those of `delivery`. */
  interest: Interest<Session> | null;
  readonly delivery: Delivery;
  /** Effective filters by requested filter. */
  readonly subscriptions: Map<string, Subscription>;
  /** Filters the identity may subscribe to. This and the next are shared. */
  permitted: readonly TopicFilter[];
  /** Filters the identity may publish to. */
  publishable: readonly TopicFilter[];
  /** Requests that came while the token was being checked, or a hook decided about the one before. */
  held: readonly Request[];
  /** Hooks that decide: about a request, and about a new token that was checked meanwhile. */
  hooksAwaited: number;
  /** What was revoked while a token was being checked. */
  revokedMeanwhile: readonly Revocation[];
  /** When the client was heard last, and pinged last. */
  heardAt: number;
  pingedAt: number;
  roundTripMs: number | null;
  /** Endpoints paced by Pongs: how many messages the outstanding Ping follows, -1: none is outstanding. */
  pingFollows: number;
  commandsInFlight: number;
  publishesInFlight: number;
  /** Commands without a key of their own, so far. */
  unkeyedCommands: number;
  readonly budgets: Budgets;
  readonly health: SessionHealth;
  /** The round that serves it, so that it is served once in it. */
  round: number;
}

export interface NewSession {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly seat: Seat;
  readonly token: string | null;
  readonly logs: readonly Log[];
  readonly now: number;
  /** The session that was signed out on this connection before. */
  readonly predecessor?: Session;
}

/** Of every session at first: an empty list of its own would take each one memory. */
export const NONE: readonly never[] = [];

/**
 * The record of a connection's session. One that follows another on the same connection takes over what counts by
 * connection, and nothing of what the other was sent.
 */
export function createSession({
  id,
  endpoint,
  transport,
  seat,
  token,
  logs,
  now,
  predecessor,
}: NewSession): Session {
  const window: Window = predecessor?.delivery.window ?? createWindow(now);
  return {
    id,
    endpoint,
    transport,
    seat,
    connectedAt: now,
    upgradeToken: token,
    state: startSession(now),
    interest: null,
    delivery: createDelivery(endpoint.encodings.single, window, logs),
    subscriptions: new Map(),
    permitted: NONE,
    publishable: NONE,
    held: NONE,
    hooksAwaited: 0,
    revokedMeanwhile: NONE,
    heardAt: now,
    pingedAt: now,
    roundTripMs: null,
    pingFollows: -1,
    commandsInFlight: 0,
    publishesInFlight: 0,
    unkeyedCommands: 0,
    budgets: predecessor?.budgets ?? createBudgets(),
    health: createSessionHealth(now),
    round: 0,
  };
}

/** Whether data and commands flow. */
export function isServing(session: Session): boolean {
  return session.state.name === 'live' || session.state.name === 'draining';
}

/** Whether further requests have to wait. */
export function isPaused(session: Session): boolean {
  return session.hooksAwaited > 0 || session.state.name === 'authenticating';
}

export function identityOf({ state }: Session): Identity | null {
  return state.name === 'live' || state.name === 'draining' ? state.identity : null;
}

export function userIdOf(session: Session): string {
  return identityOf(session)?.userId ?? '';
}
