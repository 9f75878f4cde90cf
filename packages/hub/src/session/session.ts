import { LIMITS, type TopicFilter } from '@ms5/wire';
import { createDelivery, type Delivery } from '../delivery/delivery.ts';
import { createWindow } from '../delivery/window.ts';
import type { Endpoint, Request } from '../endpoints/endpoint.ts';
import type { Transport } from '../ports.ts';
import type { Log } from '../topics/log.ts';
import type { Interest } from '../topics/interests.ts';
import { startSession, type SessionState } from './session-state.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** The server's record of one connection: what it may see, what it was sent, when it was heard. */
export interface Session {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly connectedAt: number;
  /** The token of the upgrade, until it is used. */
  upgradeToken: string | null;
  state: SessionState;
  /** The topics of its subscriptions; `null`: it has none. Also `delivery.interest`. */
  interest: Interest<Session> | null;
  readonly delivery: Delivery;
  /** Effective filters by requested filter. */
  readonly subscriptions: Map<string, readonly TopicFilter[]>;
  /** Filters the identity may subscribe to. */
  permitted: readonly TopicFilter[];
  /** Requests that came while the token was being checked. */
  held: Request[];
  /** When the client was heard last, and pinged last. */
  heardAt: number;
  pingedAt: number;
  roundTripMs: number | null;
  /** Endpoints paced by Pongs: how many messages the outstanding Ping follows, -1: none is outstanding. */
  pingFollows: number;
  commandsInFlight: number;
  /** Commands without a key of their own, so far. */
  unkeyedCommands: number;
  readonly commandBucket: TokenBucket;
  readonly invalidBucket: TokenBucket;
  /** The round that serves it, so that it is served once in it. */
  round: number;
}

export interface NewSession {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly token: string | null;
  readonly logs: readonly Log[];
  readonly now: number;
}

export function createSession({ id, endpoint, transport, token, logs, now }: NewSession): Session {
  return {
    id,
    endpoint,
    transport,
    connectedAt: now,
    upgradeToken: token,
    state: startSession(now),
    interest: null,
    delivery: createDelivery(endpoint.encodings.single, createWindow(now), logs),
    subscriptions: new Map(),
    permitted: [],
    held: [],
    heardAt: now,
    pingedAt: now,
    roundTripMs: null,
    pingFollows: -1,
    commandsInFlight: 0,
    unkeyedCommands: 0,
    commandBucket: createTokenBucket(LIMITS.commandBurst, now),
    invalidBucket: createTokenBucket(LIMITS.invalidMessages, now),
    round: 0,
  };
}

/** Whether data and commands flow. */
export function isServing(session: Session): boolean {
  return session.state.name === 'live' || session.state.name === 'draining';
}

export function userIdOf({ state }: Session): string {
  return state.name === 'live' || state.name === 'draining' ? state.identity.userId : '';
}
