import type { Lane } from './lane.ts';
import type { LogId, Mark } from './position.ts';
import type { Rate } from './rate.ts';
import type { TopicKind } from './topic-kind.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value the server does not know, and why; never `null`. */
export interface Unknown {
  readonly unknown: string;
}

/** Identifies a command for ever: the counter is given at first sending and only grows. */
export interface CommandKey {
  readonly clientId: string;
  readonly counter: number;
}

export const OUTCOME_STATUSES = [
  'applied',
  'duplicate',
  'expired',
  'conflict',
  'rejected',
  'unknown',
] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

// ---- client to server -------------------------------------------------------------------------------

/** First message on a connection. The token may instead have come as `Authorization` on the upgrade. */
export interface ConnectMessage {
  readonly type: 'connect';
  readonly token?: string;
  /** `id` is the durable client id that command keys carry. */
  readonly client: { readonly id: string; readonly name: string; readonly version: string };
}

/**
 * Where the client stands: marks, and the topics that were behind or ahead of their lane's mark.
 * Marks may be given only for filters that were `synced` once; until then `marks` is empty and `topics` lists
 * what the client holds whole. A topic covered by neither is sent as on a first subscription.
 */
export interface Resume {
  /** The newest received per lane and log. */
  readonly marks: readonly Mark[];
  /** Exceptions by topic: the offset applied last, in the epoch of the topic's log. */
  readonly topics?: Readonly<Record<string, { readonly epoch: string; readonly offset: number }>>;
  /**
   * The filters that `subscribed` listed when they were last in force: of other topics the marks say nothing. Omitted:
   * those of the request.
   */
  readonly filters?: readonly string[];
}

export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly id: number;
  readonly filters: readonly string[];
  /** Omitted: every change as soon as the lane allows. Refused where a filter matches streams or critical topics. */
  readonly rate?: Rate;
  readonly resume?: Resume;
}

export interface UnsubscribeMessage {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly filters: readonly string[];
}

export interface CommandMessage {
  readonly type: 'command';
  readonly id: number;
  readonly command: string;
  readonly data: Json;
  readonly key: CommandKey;
  /** Server time in ms since the epoch after which the command must not be applied. Omitted: no limit. */
  readonly deadline?: number;
  /** What the author saw; a newer change makes the outcome `conflict`. Omitted: none. */
  readonly expected?: ExpectedState;
}

/** A topic, or one key of it, that must not have changed after `offset`. */
export interface ExpectedState {
  readonly topic: string;
  readonly key?: string;
  readonly offset: number;
}

/** A change to a topic of one's own, below a permitted prefix. */
export interface PublishMessage {
  readonly type: 'publish';
  readonly id: number;
  readonly topic: string;
  /** Of the topic, for as long as it exists. Omitted: `stream`. */
  readonly kind?: TopicKind;
  /** Of the topic, as `kind`. Omitted: `normal`; of a signal always `low`. */
  readonly lane?: PublishLane;
  /** A stream's entry, a signal's value, a record's fields to set, a collection's `{set?, remove?}`. */
  readonly data: Json;
  /** The same key of the same user is published once in 7 days. Omitted: published each time it is sent. */
  readonly key?: string;
}

/** Lanes that others may publish in: `critical` belongs to calls, escalations and system alerts. */
export type PublishLane = Exclude<Lane, 'critical'>;

/** A critical document was on a visible screen, in the foreground, for 1 s. */
export interface DisplayedMessage {
  readonly type: 'displayed';
  readonly topic: string;
  readonly key: string;
  /** Offset of the document that was shown. */
  readonly offset: number;
}

/** Ends the session and keeps the connection; `connect` starts another. */
export interface SignOutMessage {
  readonly type: 'signOut';
  readonly id: number;
}

/**
 * Cumulative count of WebSocket messages received and applied on this connection: every one counts once,
 * `welcome` and `ping` too, however many protocol messages it holds.
 */
export interface AckMessage {
  readonly type: 'ack';
  readonly received: number;
}

export interface PongMessage {
  readonly type: 'pong';
  /** `at` of the ping answered. */
  readonly at: number;
}

/** The client's own probe, for example after waking; answered by `probed` at once. */
export interface ProbeMessage {
  readonly type: 'probe';
  readonly id: number;
}

export interface RefreshMessage {
  readonly type: 'refresh';
  readonly id: number;
  readonly token: string;
}

export type ClientMessage =
  | ConnectMessage
  | SubscribeMessage
  | UnsubscribeMessage
  | CommandMessage
  | PublishMessage
  | DisplayedMessage
  | SignOutMessage
  | AckMessage
  | PongMessage
  | ProbeMessage
  | RefreshMessage;

// ---- server to client -------------------------------------------------------------------------------
// A WebSocket message holds one of these, or a JSON array of several (`decodeServerMessages`).
// Types a client does not know are to be ignored.

export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly session: string;
  readonly user: { readonly id: string; readonly name: string; readonly roles: readonly string[] };
  /** `timeMs`: the server's clock, for measuring skew. */
  readonly server: { readonly version: string; readonly timeMs: number };
  /** When the token expires, ms since the epoch. */
  readonly expiresAt: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /**
   * How many bytes may be outstanding, besides what is reserved for `critical`. The client acks once half of it was
   * received and not acked, and `ackDelayMs` after data at the latest.
   */
  readonly windowBytes: number;
  readonly ackDelayMs: number;
}

/** Answer to `subscribe`; the topics' snapshots or deltas follow. */
export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly id: number;
  /** The filters in force after permissions were applied, this request's only. */
  readonly filters: readonly string[];
  /** Whether the request carried positions. */
  readonly wasRecovering: boolean;
  /** True when every topic continues from its position; false when some topic got a snapshot instead. */
  readonly recovered: boolean;
  /**
   * Where the lanes stand in which nothing is to be brought to its head; replaces the marks known so far, even if
   * lower. A resume of `synced` filters from here misses nothing. What this connection was told already is left out.
   */
  readonly marks: readonly Mark[];
  /**
   * Logs whose positions could not be used at all (new epoch, lost tail, forgotten removals). Every topic of these
   * filters in these logs that no filter in force before covers is sent as a snapshot; at `synced` the client drops
   * those that were not. Until then the filters do not count as synced.
   */
  readonly reset?: readonly LogId[];
}

/** Every topic that the `subscribe` with this id matched has been brought to the head. */
export interface SyncedMessage {
  readonly type: 'synced';
  readonly id: number;
}

export interface UnsubscribedMessage {
  readonly type: 'unsubscribed';
  readonly id: number;
  readonly filters: readonly string[];
}

/**
 * A whole topic, in one or more parts in key order. The first part has `begin`, the last `end`; keys named
 * neither by a part nor by a delta since `begin` are to be dropped at the end. Deltas may interleave: the offset
 * of a part is the topic's position once it is applied. The position counts for resuming only after `end`.
 * A stream's snapshot is one part with an empty `set`: it says from where its entries start.
 */
export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly topic: string;
  readonly kind: TopicKind;
  readonly lane: Lane;
  readonly log: LogId;
  readonly epoch: string;
  readonly offset: number;
  readonly begin?: true;
  readonly end?: true;
  /** Server time of the newest change, ms since the epoch; 0 when nothing was published yet. */
  readonly at: number;
  /** Record fields or collection documents. */
  readonly set: Readonly<Record<string, Json>>;
  /** Present when the client asked to recover and could not: its history after this offset is lost. */
  readonly lostSince?: number;
  /**
   * Lane `critical`, with `lostSince`, last part: keys removed meanwhile with their last documents, as far as they
   * are known; those the client never held began and ended unseen.
   */
  readonly ended?: Readonly<Record<string, Json>>;
}

/** All changes of a record or collection in `(from, to]`: apply when `from <= position < to`. */
export interface DeltaMessage {
  readonly type: 'delta';
  readonly topic: string;
  readonly from: number;
  readonly to: number;
  /** Server time of the newest change, ms since the epoch. */
  readonly at: number;
  readonly set?: Readonly<Record<string, Json>>;
  readonly remove?: readonly string[];
  /** How many changes the range holds, when more than one. */
  readonly merged?: number;
}

/**
 * Entries of a stream in `(from, to]`; may be empty. `from` equals the position the client told or was left at;
 * a client skips entries at or below its position, and takes `from > position` as a gap: it reconnects.
 */
export interface EntriesMessage {
  readonly type: 'entries';
  readonly topic: string;
  readonly from: number;
  readonly to: number;
  readonly entries: readonly StreamEntry[];
}

export interface StreamEntry {
  readonly offset: number;
  readonly at: number;
  readonly data: Json;
}

/** The latest value of a signal. `epoch` is random per gateway process. */
export interface SignalMessage {
  readonly type: 'signal';
  readonly topic: string;
  readonly epoch: string;
  readonly offset: number;
  readonly at: number;
  readonly value: Json;
}

export interface MarkMessage extends Mark {
  readonly type: 'mark';
}

/** The flow-control window changed; as in `WelcomeMessage`. */
export interface WindowMessage {
  readonly type: 'window';
  readonly windowBytes: number;
  readonly ackDelayMs: number;
}

export interface GoneMessage {
  readonly type: 'gone';
  readonly topic: string;
  readonly reason: 'removed' | 'forbidden';
}

export interface OutcomeMessage {
  readonly type: 'outcome';
  readonly id: number;
  readonly status: OutcomeStatus;
  /** The log's offset the command was committed at, when applied or duplicate. */
  readonly offset?: number;
  /** What the command returned, for example `{ "callId": … }`. */
  readonly data?: Json;
  /** Why, for anyone but `applied`. */
  readonly reason?: string;
  readonly message?: string;
}

/** Answer to `publish`; it is durable (signals excepted). */
export interface PublishedMessage {
  readonly type: 'published';
  readonly id: number;
  /** The log's offset; of a repeated key that of the first time; omitted for signals. */
  readonly offset?: number;
  /** The key was published before; nothing was done now. */
  readonly duplicate?: true;
}

/** Answer to `signOut`: the session is over; the connection waits for `connect`, as long as at its start. */
export interface SignedOutMessage {
  readonly type: 'signedOut';
  readonly id: number;
}

/** Encodings with numbers for topics: what a number means, before it is first used on a connection. */
export interface NamesMessage {
  readonly type: 'names';
  readonly names: Readonly<Record<string, number>>;
}

export interface PingMessage {
  readonly type: 'ping';
  readonly at: number;
}

export interface ProbedMessage {
  readonly type: 'probed';
  readonly id: number;
  readonly timeMs: number;
}

export interface RefreshedMessage {
  readonly type: 'refreshed';
  readonly id: number;
  readonly expiresAt: number;
  /** The filters in force now, of all subscriptions. Omitted: the same as before. */
  readonly filters?: readonly string[];
}

/** The token runs out at `expiresAt`; send `refresh` before `closesAt`. */
export interface ExpiringMessage {
  readonly type: 'expiring';
  readonly expiresAt: number;
  readonly closesAt: number;
}

/** The server is shutting down: it will close, come back after `retryAfterMs`. */
export interface DrainMessage {
  readonly type: 'drain';
  readonly retryAfterMs: number;
}

/** A request failed. The connection stays open. */
export interface ErrorMessage {
  readonly type: 'error';
  readonly id?: number;
  readonly code: number;
  readonly name: string;
  readonly message: string;
  /** True when the same request may succeed later. */
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
}

export type ServerMessage =
  | WelcomeMessage
  | SubscribedMessage
  | SyncedMessage
  | UnsubscribedMessage
  | SnapshotMessage
  | DeltaMessage
  | EntriesMessage
  | SignalMessage
  | MarkMessage
  | WindowMessage
  | GoneMessage
  | OutcomeMessage
  | PublishedMessage
  | SignedOutMessage
  | NamesMessage
  | PingMessage
  | ProbedMessage
  | RefreshedMessage
  | ExpiringMessage
  | DrainMessage
  | ErrorMessage;
