import type { EntryChanges, LogImage, PublishResult, SignalChange } from '@ms5/hub';
import type {
  CommandKey,
  ExpectedState,
  Json,
  LogId,
  OutcomeMessage,
  PublishLane,
  TopicKind,
} from '@ms5/wire';
import type { ObservationResult, SystemHealthDocument } from '@ms5/wire/factory';

/**
 * The border between the gateway (main thread: sockets, HTTP, hub) and the engine (its own thread: ingest,
 * domain, log, projections). Everything that crosses is data; only the engine's thread waits for a disk.
 */
export interface EnginePort {
  /** The log as it stood when the engine became ready. */
  readonly image: LogImage;
  /** Called with each committed group, in log order, after the commit. Returns its unsubscribe. */
  onCommitted(listener: (log: LogId, entries: readonly EntryChanges[]) => void): () => void;
  /** Called with the latest telemetry values, coalesced; not persisted. */
  onSignals(listener: (changes: readonly SignalChange[]) => void): () => void;
  /** Called when a connector's state changed. */
  onConnectors(listener: (list: SystemHealthDocument['connectors']['list']) => void): () => void;
  /** Called about once a second with figures of the engine's thread. */
  onFigures(listener: (figures: EngineFigures) => void): () => void;
  /** Called once if the engine died; nothing can be accepted any more. */
  onFailure(listener: (error: Error) => void): () => void;
  /**
   * The raw body of `POST /api/v1/observations`. The buffer is transferred: the caller must not touch it again.
   * Resolves after the commit. `source` is the authenticated user, `permitted` the topic filters of their `publish`
   * permission: an item of a line that none covers is refused.
   */
  observe(body: Uint8Array, source: string, permitted: readonly string[]): Promise<ObserveReply>;
  /** Resolves after the commit of the outcome. `command` and `data` are checked by the engine's side. */
  command(request: CommandRequest): Promise<Omit<OutcomeMessage, 'type' | 'id'>>;
  /**
   * Takes a publication to a topic below `app/`. Resolves after the commit; a signal when it is on its way. The
   * permission was checked; kind, lane and shape of the data are checked here.
   */
  publish(request: PublishRequest): Promise<PublishResult>;
  /** Takes notice that a call was displayed to somebody; the first receipt per occurrence is kept. */
  displayed(receipt: DisplayedReceipt): void;
  query(query: EngineQuery): Promise<QueryReply>;
  /** Offset of the newest committed entry. */
  head(): number;
  /** Stops ingest, commits what was accepted, writes a snapshot, closes the log. Idempotent. */
  close(): Promise<void>;
}

/** Figures of the engine's thread; sizes now, durations since the figures before. */
export interface EngineFigures {
  /** By the engine's clock, ms since the epoch. */
  readonly at: number;
  readonly queuedCommands: number;
  readonly queuedPublications: number;
  readonly queuedObservations: number;
  /** Bodies of observations that wait unparsed. */
  readonly queuedBodyBytes: number;
  /** Since the last commit while something waits to be committed, else 0. */
  readonly pendingMs: number;
  /** How long each commit took. */
  readonly commitMs: readonly number[];
  /** Part of the time the thread was at work, 0 to 1. */
  readonly busyShare: number;
  /** Of the data directory; `null`: not known on this system, or not measured yet. */
  readonly databaseBytes: number | null;
  readonly freeBytes: number | null;
}

export type ObserveReply =
  | { readonly status: 'done'; readonly results: readonly ObservationResult[] }
  /** The body as a whole is not usable: not JSON, not an array, too many items. */
  | { readonly status: 'malformed'; readonly message: string; readonly path?: string }
  /** Too much is waiting to be committed; nothing of this request was taken. */
  | { readonly status: 'busy'; readonly retryAfterMs: number };

export interface CommandRequest {
  readonly command: string;
  readonly data: Json;
  readonly key: CommandKey;
  readonly deadline?: number;
  readonly expected?: ExpectedState;
  readonly author: { readonly userId: string; readonly name: string };
  /** Topic filters of the author's `command` permission. */
  readonly permitted: readonly string[];
  /** Topic filters of what the author may read: `expected` tells nothing about other topics. */
  readonly readable: readonly string[];
}

export interface PublishRequest {
  readonly topic: string;
  readonly kind: TopicKind;
  /** Ignored for signals. */
  readonly lane: PublishLane;
  readonly data: Json;
  /** The same key of the same author is published once in 7 days. */
  readonly key?: string;
  readonly author: { readonly userId: string; readonly name: string };
}

export interface DisplayedReceipt {
  readonly topic: string;
  readonly key: string;
  readonly offset: number;
  readonly reader: { readonly userId: string; readonly name: string };
  /** When it was reported, ms since the epoch. */
  readonly at: number;
}

export type EngineQuery =
  | {
      readonly kind: 'equipmentTimeline';
      readonly equipment: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'plant' }
  /** Committed events by position; the value is a text, the JSON of `LoggedEvents`. */
  | {
      readonly kind: 'events';
      /** Events of entries after this offset. */
      readonly after: number;
      /** Topic filters. */
      readonly topics: readonly string[];
      /** Types of events; omitted: all but what machines say time and again. */
      readonly types?: readonly string[];
    };

export interface LoggedEvents {
  /** Random, given when the log was created. */
  readonly logId: string;
  /** Offset of the newest committed entry. */
  readonly head: number;
  /** Everything up to this offset was looked at: `after` of the next request. */
  readonly next: number;
  readonly events: readonly LoggedEvent[];
}

/** An event of the log, or a publication. */
export interface LoggedEvent {
  readonly offset: number;
  /** Place within its entry; the same whenever it is read. */
  readonly index: number;
  /** Commit time, ms since the epoch. */
  readonly at: number;
  /** For example `callRaised`; `published` for a publication, whose data is `{kind, author, data}`. */
  readonly type: string;
  /**
   * `{site}/{area}/{line}/events`, or the topic published to. `null`: its line is no longer known (it names a call or
   * downtime that ended long ago); such an event passes every filter.
   */
  readonly topic: string | null;
  readonly data: Json;
}

export type QueryReply =
  | { readonly status: 'done'; readonly value: Json }
  | { readonly status: 'notFound'; readonly message: string };

export interface EngineOptions {
  /** Directory of the log; created when absent. */
  readonly dataDir: string;
  /** The plant's YAML file. */
  readonly plantFile: string;
  /** Overrides of connector endpoints by connector id, `host:port` (the demo and tests use free ports). */
  readonly connectorEndpoints?: Readonly<Record<string, string>>;
}

/** Rejects with a `PlantConfigError` (file, line, path, expected) or a `LogError`. */
export type StartEngine = (options: EngineOptions) => Promise<EnginePort>;
