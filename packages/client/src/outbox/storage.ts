import type { ExpectedState, Json } from '@ms5/wire';

/** A command as kept until its outcome is known. */
export interface StoredCommand {
  readonly counter: number;
  readonly command: string;
  readonly data: Json;
  readonly deadline?: number;
  readonly expected?: ExpectedState;
  /** From when on it is not sent without being asked for again, ms after `at`. Omitted: never. */
  readonly lateAfterMs?: number;
  /** Kept before it went out, where it can be late: whether it counted is then not known. */
  readonly wasSent?: true;
  /** Client clock, ms. */
  readonly at: number;
  /** User id of the person it was given by; `null` when nobody had been signed in here yet. */
  readonly author: string | null;
}

export interface OpenedOutbox {
  /** Who the keys speak for. Never in use by two clients at once. */
  readonly clientId: string;
  /** Larger than any counter ever used with this client id. */
  readonly nextCounter: number;
  /** What an earlier client left, by counter. */
  readonly commands: readonly StoredCommand[];
}

/**
 * Where commands outlive the page, the tab or the process. A command is sent only after `put` resolved, so that
 * no counter is ever used twice.
 */
export interface OutboxStorage {
  /** Whether what was put is still there after the page, tab or process died. */
  readonly isDurable: boolean;
  /** `clientId`: the one asked for; without, the storage's own. `newId` makes ids. Rejects when it cannot be had. */
  open(clientId: string | undefined, newId: () => string): Promise<OpenedOutbox>;
  /** Keeps a command, and remembers that its counter is taken. */
  put(command: StoredCommand): Promise<void>;
  remove(counter: number): Promise<void>;
  /** Lets another client have the id. Idempotent. */
  close(): Promise<void>;
}
