import type {
  CommandMessage,
  DisplayedMessage,
  Json,
  Lane,
  LogId,
  OutcomeMessage,
  PublishMessage,
  TopicKind,
} from '@ms5/wire';
import type { Band } from './health/band.ts';
import type { DegradationLevel } from './health/degradation.ts';
import type { HubCounts } from './health/hub-counts.ts';
import type { LaneLatencies } from './health/lane-latency.ts';
import type { SessionOrder } from './health/session-order.ts';

/** Time and timers, as the hub needs them. */
export interface Clock {
  /** Ms since the epoch, may be fractional (finer steps make the flush intervals better); never goes back. */
  now(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it, and may be called again. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` as soon as the current turn of the event loop is over. */
  soon(task: () => void): void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** One socket's write side. The hub writes whole messages; the adapter frames them. */
export interface Transport {
  /**
   * Hands over one or more encoded protocol messages to be written in one system call.
   * The hub keeps the buffers: they are shared with other sessions and must not be changed. Where a buffer holds
   * `HEADER_ROOM_BYTES` and the message, these bytes before it are free for a header that is the same for all.
   */
  write(messages: readonly Uint8Array[]): void;
  /** Sends a WebSocket Ping behind everything written before; its Pong comes as `Connection.ponged`. */
  ping(): void;
  /** Closes with a WebSocket close code of the catalogue in `@ms5/wire`. Idempotent. */
  close(code: number, reason: string): void;
  /** Address of the peer, for limits and logs. */
  readonly remoteAddress: string;
}

/** Who a session speaks for. */
export interface Identity {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** When the token expires, ms since the epoch. */
  readonly expiresAt: number;
  /** The token's own id, for revocation. Omitted: it has none. */
  readonly tokenId?: string;
  /** The token that was renewed into this one, through however many; revoking it revokes this. Omitted: none. */
  readonly firstTokenId?: string;
  /** Topic filters by verb. `command` filters name commands as `{site}/{area}/{line}` topics the command may act on. */
  readonly permissions: {
    readonly subscribe: readonly string[];
    readonly publish: readonly string[];
    readonly command: readonly string[];
  };
}

/**
 * Why a token was not accepted: an `Error` named `AuthenticationError` whose `code` says which check failed.
 * `tokenExpired`: the client may come back with a new one; `tokenUnverifiable`: it could not be checked now;
 * any other: it is refused. The message is shown to the client and must not quote the token.
 */
export interface AuthenticationError extends Error {
  readonly name: 'AuthenticationError';
  readonly code: string;
}

export interface Authenticator {
  /**
   * Resolves with the identity or rejects with an `AuthenticationError`. Any other rejection counts as
   * `tokenUnverifiable`.
   */
  authenticate(token: string): Promise<Identity>;
}

/** Takes commands to whoever decides them. Resolves when the outcome is durable. */
export interface CommandPort {
  execute(command: CommandMessage, author: Identity): Promise<Omit<OutcomeMessage, 'type' | 'id'>>;
}

/** Takes publications to the log. */
export interface PublishPort {
  /** Resolves when it is durable (signals: when it is on its way). */
  publish(publication: Omit<PublishMessage, 'type' | 'id'>, author: Identity): Promise<PublishResult>;
}
export type PublishResult =
  /** `offset` is omitted for signals. */
  | { readonly status: 'published'; readonly offset?: number; readonly isDuplicate: boolean }
  /** For ever, as it is: the message says why and what was expected. */
  | { readonly status: 'refused'; readonly message: string }
  | { readonly status: 'busy'; readonly retryAfterMs: number };

/** Takes notice that a critical document was displayed to somebody. Nothing is answered. */
export interface ReceiptPort {
  displayed(receipt: Omit<DisplayedMessage, 'type'>, reader: Identity, session: string): void;
}

/** The act a hook is about; what it may look at. */
export interface HookActs {
  readonly connect: { readonly session: string; readonly endpoint: string; readonly remoteAddress: string };
  readonly authenticate: {
    readonly session: string;
    readonly remoteAddress: string;
    readonly identity: Identity;
  };
  readonly subscribe: {
    readonly session: string;
    readonly identity: Identity;
    readonly filters: readonly string[];
  };
  readonly publish: {
    readonly identity: Identity;
    readonly publication: Omit<PublishMessage, 'type' | 'id'>;
  };
  readonly command: { readonly identity: Identity; readonly command: Omit<CommandMessage, 'type' | 'id'> };
}
export type HookName = keyof HookActs;

/** What comes of an act, for hooks after it. */
export interface HookResults {
  readonly connect: Record<string, never>;
  readonly authenticate: Record<string, never>;
  /** The filters in force. */
  readonly subscribe: { readonly effective: readonly string[] };
  readonly publish: { readonly result: PublishResult };
  readonly command: { readonly outcome: Omit<OutcomeMessage, 'type' | 'id'> };
}

export type HookVerdict =
  | { readonly verdict: 'continue' }
  /** Told to the client with `refusedByPlugin`. */
  | { readonly verdict: 'refuse'; readonly message: string };

/**
 * What others want to know of a session's acts and may refuse. Whoever implements it bounds their time, contains
 * their errors and keeps their order; nothing here rejects or throws.
 */
export interface Hooks {
  /** `undefined`: nobody wants to know, the act goes on in the same turn. */
  before<Name extends HookName>(name: Name, act: HookActs[Name]): Promise<HookVerdict> | undefined;
  /** The act is done; never waited for. */
  after<Name extends HookName>(name: Name, act: HookActs[Name], result: HookResults[Name]): void;
  disconnected(session: string, identity: Identity | null, code: number): void;
}

/** One topic's change inside a log entry. At most one change per topic and entry. Values are encoded JSON (UTF-8). */
export type TopicChange =
  | { readonly kind: 'stream'; readonly topic: string; readonly lane: Lane; readonly entry: Uint8Array }
  | {
      readonly kind: 'record' | 'collection';
      readonly topic: string;
      readonly lane: Lane;
      readonly set: readonly (readonly [key: string, value: Uint8Array])[];
      readonly remove: readonly string[];
    }
  | { readonly kind: 'removed'; readonly topic: string };

/** What one committed log entry changed, in log order. Entries that change no topic may be left out. */
export interface EntryChanges {
  readonly offset: number;
  /** Commit time, ms since the epoch. */
  readonly at: number;
  readonly changes: readonly TopicChange[];
}

/** State of one topic with the offset at which each key last changed, as kept beside the log across restarts. */
export interface TopicImage {
  readonly topic: string;
  readonly kind: Exclude<TopicKind, 'signal'>;
  readonly lane: Lane;
  /** Time of the newest change, ms since the epoch. Omitted: not known; clients then show no time. */
  readonly at?: number;
  /** Record fields or collection documents; empty for a stream. */
  readonly keys: readonly { readonly key: string; readonly offset: number; readonly value: Uint8Array }[];
  /** Removed keys (collections), newest offsets only. */
  readonly tombstones: readonly { readonly key: string; readonly offset: number }[];
  /** Below this offset removals are forgotten. */
  readonly tombstoneHorizon: number;
  /** Recent entries of a stream, oldest first; complete after `historyFrom`. */
  readonly entries: readonly { readonly offset: number; readonly at: number; readonly data: Uint8Array }[];
  /** Of a record or collection: the offset at which it began to be. */
  readonly historyFrom: number;
  /** Recent changes of a critical record or collection, oldest first; complete after `from`. Omitted: none is known. */
  readonly singles?: { readonly from: number; readonly changes: readonly SingleChangeImage[] };
}

export interface SingleChangeImage {
  readonly offset: number;
  readonly at: number;
  readonly set: readonly (readonly [key: string, value: Uint8Array])[];
  readonly remove: readonly string[];
}

/** Everything the hub needs to serve a log from `offset` on. */
export interface LogImage {
  readonly log: LogId;
  readonly epoch: string;
  readonly offset: number;
  readonly topics: readonly TopicImage[];
  /** Topics that were removed, as far back as is known; whoever was away is told. Omitted: none. */
  readonly removed?: readonly { readonly topic: string; readonly lane: Lane; readonly offset: number }[];
  /** Removals at or below this offset are forgotten. Omitted: 0, all are known. */
  readonly removalHorizon?: number;
}

export interface SignalChange {
  readonly topic: string;
  readonly at: number;
  readonly value: Uint8Array;
}

/** Statistics of one session, for health. `ms`: milliseconds; counts and bytes are since its start. */
export interface SessionFigures {
  readonly session: string;
  /** Empty: nobody is authenticated yet. */
  readonly userId: string;
  readonly roles: readonly string[];
  /** Empty on endpoints where clients do not name themselves. */
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly endpoint: string;
  readonly subscriptions: number;
  readonly connectedAt: number;
  readonly bytesSent: number;
  readonly messagesSent: number;
  readonly unackedBytes: number;
  /** The newest acknowledgement's lag or the age of the oldest unacknowledged message, whichever is more. */
  readonly ackLagMs: number | null;
  readonly roundTripMs: number | null;
  readonly bytesHeld: number;
  readonly bytesReceived: number;
  readonly messagesReceived: number;
  /** Topics that are being brought to their heads, and how long the lane that waits longest has waited. */
  readonly backlogTopics: number;
  readonly backlogMs: number;
  /** Refused requests and invalid messages. */
  readonly errors: number;
  /** Connections of the same client in the last hour, beyond the first. */
  readonly reconnects: number;
  /** 0 to 1, and the range it is in, as of the newest look: about once a second. */
  readonly score: number;
  readonly band: Band;
  readonly bandSince: number;
}

export interface SessionQuery {
  readonly order: SessionOrder;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Omitted: all. */
  readonly band?: Band;
  readonly userId?: string;
}

export interface SessionPage {
  /** Sessions that the query matches, of which `sessions` is a part. */
  readonly total: number;
  readonly sessions: readonly SessionFigures[];
}

/** All sessions that are served, rolled up about once a second. */
export interface SessionCensus {
  /** Sessions by band, in the order of `BANDS`. */
  readonly bands: readonly number[];
  readonly byEndpoint: ReadonlyMap<string, readonly number[]>;
  /** A session with several roles counts in each. */
  readonly byRole: ReadonlyMap<string, readonly number[]>;
  /** The hundred worst, worst first. */
  readonly worst: readonly SessionFigures[];
}

/** One connection as its socket's owner sees it. */
export interface Connection {
  /** One message from the peer, already unframed. Text for JSON endpoints. */
  receive(message: string | Uint8Array): void;
  /** The peer's socket is gone, or broke the WebSocket protocol. Idempotent. */
  closed(code: number): void;
  /** A WebSocket Pong arrived (basic endpoint: the sign of life and the ack). */
  ponged(): void;
}

/** Counts since the start and sizes now, of the whole hub. */
export interface HubFigures {
  readonly sessions: number;
  readonly sessionsOpened: number;
  /** Users with a session. */
  readonly users: number;
  readonly topics: number;
  /** Distinct sets of filters that sessions have. */
  readonly interests: number;
  /** Times a frame was built. A frame is built once however many sessions get it. */
  readonly encodes: number;
  /** Times frames were put together for sessions at the same position. */
  readonly batches: number;
  readonly cachedBytes: number;
  /** Calls of `Transport.write`. */
  readonly writes: number;
  readonly messagesSent: number;
  readonly bytesSent: number;
  readonly rounds: number;
  readonly slices: number;
  /** Time spent flushing since the start, ms. */
  readonly flushMs: number;
  /** The rest each lane takes between flushes at present, ms; critical, high, normal, low. */
  readonly intervalMs: readonly number[];
  readonly commandsInFlight: number;
  readonly publishesInFlight: number;
  readonly messagesReceived: number;
  readonly bytesReceived: number;
  /** Committed entries and topic changes taken, and values of signals. */
  readonly entriesTaken: number;
  readonly changesTaken: number;
  readonly signalsTaken: number;
  readonly counts: HubCounts;
  /** By lane, most urgent first. */
  readonly latency: LaneLatencies;
}

export interface Hub {
  /** Serves a log from its image; replaces an earlier image of the same log. */
  load(image: LogImage): void;
  /** Takes committed entries, offsets rising; an entry at or below the head is ignored. */
  append(log: LogId, entries: readonly EntryChanges[]): void;
  /** Takes the latest values of signals. */
  signal(changes: readonly SignalChange[]): void;
  /**
   * Takes a new connection on the named endpoint (`basic`, `ms5.v1.json`). `token`: from the upgrade's
   * `Authorization`, if any.
   */
  connect(endpoint: string, transport: Transport, token?: string): Connection;
  sessions(): readonly SessionFigures[];
  /** Some of the sessions, in order. Takes time in proportion to all of them. */
  sessionPage(query: SessionQuery): SessionPage;
  census(): SessionCensus;
  /** Sheds load as the level says, from now on; see `DegradationLevel`. */
  degrade(level: DegradationLevel): void;
  figures(): HubFigures;
  /** Tells every client to come back, spread over the window, then closes all. Resolves when all are closed. */
  drain(options?: { readonly windowMs?: number }): Promise<void>;
  /** Closes everything now. Idempotent. */
  close(): void;
  /**
   * Closes the sessions of these users or tokens with `revoked`; returns how many. New tokens are the authenticator's.
   */
  revoke(whose: { readonly userIds?: readonly string[]; readonly tokenIds?: readonly string[] }): number;
}

export type { Json };
