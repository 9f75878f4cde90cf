import type {
  CommandKey,
  ExpectedState,
  Json,
  Lane,
  OutcomeStatus,
  Position,
  PublishLane,
  Rate,
  TopicKind,
} from '@ms5/wire';

/** Why a connection is in its state: `code` is stable, `message` is for people. */
export interface ConnectionReason {
  readonly code: string;
  readonly message: string;
}

/**
 * - `live`: connected, every subscription continues.
 * - `reconnecting`: a short loss; commands queue.
 * - `suspended`: away so long that continuity is lost; still trying.
 * - `closed`: by `close()` or for good (`reason` says why).
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'suspended' | 'closed';
export interface ConnectionState {
  readonly status: ConnectionStatus;
  readonly reason: ConnectionReason;
  /** Client clock, ms. While away: since when. */
  readonly since: number;
  /** Away long enough to tell people: a notice that waits for this does not flicker. */
  readonly isLostForLong: boolean;
  /** When the next attempt is due, client clock; only while waiting. */
  readonly retryAt?: number;
  /** Failures in a row; only while away. */
  readonly attempt?: number;
  /** Whom the connection speaks for; only while `live`. */
  readonly user?: { readonly id: string; readonly name: string; readonly roles: readonly string[] };
}

/** One step of the connection's life, for logs. States are finer than `ConnectionStatus`. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly reason: ConnectionReason;
  /** Client clock, ms. */
  readonly at: number;
}

/**
 * `live`: up to date · `recovering`: being brought up to date · `stale`: connection lost, value is old · `lost`: there
 * is none: never had, removed, or not permitted.
 */
export type Freshness = 'live' | 'recovering' | 'stale' | 'lost';

export interface TopicView<T> {
  readonly topic: string;
  readonly kind: TopicKind;
  readonly lane: Lane | null;
  readonly freshness: Freshness;
  readonly value: T;
  /** Where in its log the topic stands; `null` while it has no whole state, for signals, and for several topics. */
  readonly position: Position | null;
  /** Server time of the newest change, ms; `null` before the first. */
  readonly at: number | null;
}

export interface StoreOptions {
  /**
   * At most so many changes per second of each topic; what lies between is merged. Who listens to the same filter at
   * several rates shares the fastest. Omitted, and of critical topics always: every change at once.
   */
  readonly rate?: Rate;
}

/** A shared, reference-counted subscription to one topic. `subscribe` and `get` fit `useSyncExternalStore`. */
export interface TopicStore<T> {
  get(): TopicView<T>;
  /**
   * Called after each change, at most once per received batch; returns its unsubscribe. The topic is on the wire while
   * at least one listener is.
   */
  subscribe(listener: () => void): () => void;
}

export type RecordValue<T> = Readonly<Partial<T>>;
export type CollectionValue<T> = ReadonlyMap<string, T>;

export interface StreamEvent<T> {
  readonly topic: string;
  readonly offset: number;
  readonly at: number;
  readonly data: T;
}

export interface CommandOptions {
  /**
   * `queue`: may wait offline · `confirm`: may wait, but asks again before it is sent late · `never`: refused while
   * offline. Default `queue`.
   */
  readonly offline?: 'queue' | 'confirm' | 'never';
  /**
   * From when on it is late, ms after it was given: it then waits for `confirm` or `discard`. Default: `queue` is
   * never late, `confirm` after 2 s.
   */
  readonly lateAfterMs?: number;
  /** What its author saw; a newer change makes the outcome `conflict`. */
  readonly expected?: ExpectedState;
  /** Server time in ms after which it must not be applied. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}
export interface Outcome {
  readonly status: OutcomeStatus;
  readonly offset?: number;
  readonly data?: Json;
  readonly reason?: string;
  readonly message?: string;
}
export interface PendingCommand {
  readonly key: CommandKey;
  readonly command: string;
  readonly data: Json;
  /** `saved`: kept here, not sent · `late`: waits for `confirm` or `discard` · `sent`: waiting for the outcome. */
  readonly status: 'saved' | 'late' | 'sent';
  /** When it was given, client clock, ms. */
  readonly at: number;
  /** User id of who gave it; it is sent only for them. `null`: nobody was signed in yet. */
  readonly author: string | null;
}

export interface PublishOptions {
  /** Default `stream`. */
  readonly kind?: TopicKind;
  /** Default `normal`. */
  readonly lane?: PublishLane;
  /** Published once in 7 days, however often it is sent; with a key it is sent again after a lost connection. */
  readonly key?: string;
}
/** `unknown`: sent, and the connection was lost before the answer; a key makes it safe to publish again. */
export type Publication =
  | { readonly status: 'published'; readonly offset?: number; readonly isDuplicate: boolean }
  | { readonly status: 'rejected' | 'unknown'; readonly reason: string; readonly message?: string };

export interface ClientStatistics {
  readonly roundTripMs: number | null;
  /** Server clock minus client clock. */
  readonly skewMs: number | null;
  /** WebSocket messages. */
  readonly messagesReceived: number;
  /** Bytes of the messages, without their frames. */
  readonly bytesReceived: number;
  /** Since the client was created. */
  readonly watchedMs: number;
  /** Connections after the first. */
  readonly reconnects: number;
  /** Topics that came back without their history. */
  readonly losses: number;
  /** Request errors the server answered. */
  readonly errors: number;
  /** Client clock, ms; `null` before the first message. */
  readonly lastMessageAt: number | null;
  /** Whether what waits in the outbox survives this page, tab or process. */
  readonly isOutboxDurable: boolean;
}

export interface Client {
  /** Starts connecting. Idempotent. */
  connect(): void;
  /**
   * Nobody is signed in any more: topics are empty, and what waits in the outbox waits for who gave it. The session
   * ends; the connection is kept for some seconds, so that `signIn` is quick. Commands are refused with `signedOut`.
   * A client that is closed, or that the server ended, forgets the same and stays closed.
   */
  signOut(): void;
  /**
   * Asks `getToken` for whom to speak from now on; subscriptions begin anew. `userId`: who that will be, for commands
   * given before the connection is live. Nothing while somebody is signed in. Before the first: as `connect`.
   */
  signIn(options?: { readonly userId?: string }): void;
  /** Ends now; closing twice is fine. What waits in a durable outbox is sent by the next client with the same id. */
  close(): void;
  state(): ConnectionState;
  onState(listener: (state: ConnectionState) => void): () => void;
  record<T>(topic: string, options?: StoreOptions): TopicStore<RecordValue<T>>;
  collection<T>(topic: string, options?: StoreOptions): TopicStore<CollectionValue<T>>;
  signal<T>(topic: string, options?: StoreOptions): TopicStore<T | undefined>;
  /** All topics of one kind that match a filter, as one store: topic → view. */
  records<T>(
    filter: string,
    options?: StoreOptions,
  ): TopicStore<ReadonlyMap<string, TopicView<RecordValue<T>>>>;
  collections<T>(
    filter: string,
    options?: StoreOptions,
  ): TopicStore<ReadonlyMap<string, TopicView<CollectionValue<T>>>>;
  signals<T>(
    filter: string,
    options?: StoreOptions,
  ): TopicStore<ReadonlyMap<string, TopicView<T | undefined>>>;
  /** Entries in order from now on, across reconnects; `onLost` tells when history was lost. Returns its unsubscribe. */
  stream<T>(
    filter: string,
    onEvent: (event: StreamEvent<T>) => void,
    onLost?: (topic: string) => void,
  ): () => void;
  command(name: string, data: Json, options?: CommandOptions): Promise<Outcome>;
  /** Sends a late command after all. */
  confirm(key: CommandKey): void;
  /** Gives up a command that was not sent: its outcome is `rejected`, `discarded`. */
  discard(key: CommandKey): void;
  /** Publishes to a topic below `app/`. Refused with `offline` without a connection. Never rejects. */
  publish(topic: string, data: Json, options?: PublishOptions): Promise<Publication>;
  /**
   * A critical document (`key` of a collection) was visible for 1 s in a foreground document. Returns whether the
   * server was told: not without a connection, nor while the topic is not whole.
   */
  displayed(topic: string, key: string): boolean;
  pending(): readonly PendingCommand[];
  onPending(listener: (pending: readonly PendingCommand[]) => void): () => void;
  /** Every command's end, also of those that an earlier client left. */
  onOutcome(listener: (command: PendingCommand, outcome: Outcome) => void): () => void;
  /** The server's clock now, ms, corrected for skew. */
  serverTime(): number;
  statistics(): ClientStatistics;
}
