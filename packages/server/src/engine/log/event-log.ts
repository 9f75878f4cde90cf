import type { CommandKey } from '@ms5/wire';
import type { CommandOutcome, LogEntry } from './log-entry.ts';

/**
 * Append-only history of one site, and what must be committed with it: keys for idempotency, and snapshots.
 * Calls block; the log lives on the engine's thread. Every method may throw a `LogError`; after one from `commit`
 * nothing of that group is in the log.
 */
export interface EventLog {
  /** Random, given when the log was created: tells a log from its successor in an emptied directory. */
  readonly id: string;
  /** Offset of the newest entry; 0: none. */
  head(): number;
  /** Writes the group in one transaction. On return it is on disk. */
  commit(group: CommitGroup): void;
  /** Entries with offsets above `after`, in order. What machines said can be read as long as the log is open. */
  entries(after: number): Iterable<LogEntry>;
  /** The newest entry that loaded a configuration. */
  latestConfig(): LogEntry | undefined;
  /** What became of a client's command, and how far its counter has come. */
  commandRecord(key: CommandKey): CommandRecord;
  /** Those of the source's keys that are remembered. */
  knownObservationKeys(source: string, keys: readonly string[]): ReadonlySet<string>;
  /** Offset of the publication this author gave the key to; `undefined`: none that is remembered. */
  publicationOffset(author: string, key: string): number | undefined;
  /** Forgets idempotency keys that expired before `now`, a bounded number per call; true: there are more. */
  prune(now: number): boolean;
  saveSnapshot(snapshot: LogSnapshot): void;
  latestSnapshot(): LogSnapshot | undefined;
  /** Housekeeping that may take long; called while nothing waits to be committed. */
  checkpoint(): void;
  close(): void;
}

export interface CommitGroup {
  /** Offsets continue the head without a gap. */
  readonly entries: readonly LogEntry[];
  readonly commands: readonly StoredCommand[];
  readonly observationKeys: readonly ObservationKey[];
  readonly publicationKeys: readonly PublicationKey[];
}

export interface StoredCommand {
  readonly key: CommandKey;
  readonly offset: number;
  readonly at: number;
  readonly outcome: CommandOutcome;
  /** All that is known of this client may be forgotten from then on; absent: its highest counter never is. */
  readonly expiresAt?: number;
}

export interface ObservationKey {
  readonly source: string;
  readonly key: string;
  readonly expiresAt: number;
}

export interface PublicationKey {
  readonly author: string;
  readonly key: string;
  readonly offset: number;
  readonly expiresAt: number;
}

export interface CommandRecord {
  /** Highest counter seen of this client; 0: none. */
  readonly highest: number;
  /** Absent: never seen, or so long ago that it was forgotten. */
  readonly stored?: StoredCommand;
}

/** Engine state and topic images as of `offset`, encoded; read again only under the same `version`. */
export interface LogSnapshot {
  readonly offset: number;
  readonly at: number;
  readonly version: string;
  readonly data: Uint8Array;
}

/** Outcomes kept per client, so that a repeated command gets its answer again. */
export const OUTCOMES_KEPT_PER_CLIENT = 256;
