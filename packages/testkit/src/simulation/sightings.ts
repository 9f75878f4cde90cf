import type { CommandKey, OutcomeStatus } from '@ms5/wire';

/** Text that is equal for equal values: of long ones a hash. */
export type Digest = string;

/**
 * What one client observed, as plain data: the simulation and the harness of real processes write the same record,
 * and the same invariants judge it. Times are ms of one clock that all share.
 */
export type Sighting =
  /**
   * A topic was announced. `heldOffset`: where the client stood whole, -1: it held nothing of this epoch. `isVoid`: it
   * was told that this counts no more.
   */
  | {
      readonly kind: 'start';
      readonly client: string;
      readonly topic: string;
      readonly epoch: string;
      readonly offset: number;
      readonly heldOffset: number;
      readonly isVoid: boolean;
      readonly isLossTold: boolean;
    }
  /** An entry of a stream reached the listener. Without `epoch` (the client does not say): of whichever fits. */
  | {
      readonly kind: 'entry';
      readonly client: string;
      readonly topic: string;
      readonly epoch?: string;
      readonly offset: number;
      readonly digest: Digest;
    }
  /** The client was told that it misses entries. */
  | { readonly kind: 'loss'; readonly client: string; readonly topic: string }
  /** The client let go of the topic, or was told to: whatever comes next begins anew. */
  | { readonly kind: 'end'; readonly client: string; readonly topic: string }
  /** The log grew to this offset. A harness that cannot tell when leaves it out. */
  | { readonly kind: 'committed'; readonly epoch: string; readonly offset: number }
  /** A change was applied that covers `(from, to]`. */
  | {
      readonly kind: 'change';
      readonly client: string;
      readonly topic: string;
      readonly epoch: string;
      readonly from: number;
      readonly to: number;
    }
  /** The client holds the whole of a record or collection. */
  | {
      readonly kind: 'state';
      readonly client: string;
      readonly topic: string;
      readonly epoch: string;
      readonly offset: number;
      readonly keys: ReadonlyMap<string, Digest>;
    }
  /** From one time to another the client called what it stood at the present state. */
  | {
      readonly kind: 'live';
      readonly client: string;
      readonly topic: string;
      readonly epoch: string;
      readonly offset: number;
      readonly untilMs: number;
    };

/** Where a client stands once faults have ceased. */
export interface Rest {
  readonly client: string;
  /** Topics its subscriptions match. */
  readonly isMatched: (topic: string) => boolean;
  readonly topics: ReadonlyMap<
    string,
    { readonly epoch: string; readonly offset: number; readonly isCurrent: boolean }
  >;
}

/** A command as it was asked for, and each answer it got. */
export interface AskedCommand {
  readonly key: CommandKey;
  readonly deadlineMs: number | null;
  readonly answers: readonly { readonly status: OutcomeStatus; readonly offset: number | null }[];
}

/** A command as the log holds it. */
export interface LoggedCommand {
  readonly key: CommandKey;
  readonly offset: number;
  readonly atMs: number;
  readonly status: OutcomeStatus;
}

/** Something that is done once, however often it was asked for. */
export interface AskedAct {
  readonly kind: 'publication' | 'command' | 'receipt';
  /** Tells it from all others of its kind. */
  readonly subject: string;
  readonly user: string;
  /** `never`: its author may not. */
  expected: 'never' | 'atMostOnce' | 'once';
}

/** An act as the server took it. */
export interface NotedAct {
  readonly kind: AskedAct['kind'];
  readonly subject: string;
  readonly user: string;
  /** The log's epoch: what another held is no more, and is done anew. */
  readonly log: string;
}

/** A publication that was answered. */
export interface AnsweredPublication {
  readonly topic: string;
  readonly digest: Digest;
  readonly offset: number;
}

/** One user's session on a connection that others had before, or have after: what it asked for and what reached it. */
export interface Seat {
  readonly session: string;
  readonly user: string;
  readonly isPermitted: (topic: string) => boolean;
  /** Ids of its requests, which no other session has. */
  readonly asked: ReadonlySet<number>;
  readonly answered: readonly number[];
  readonly topics: ReadonlySet<string>;
  /** Whom it was welcomed as. */
  readonly welcomed: ReadonlySet<string>;
}

const LONG = 64;

export function digestOf(text: string): Digest {
  if (text.length <= LONG) return text;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return `${text.slice(0, 24)}~${text.length}~${hash >>> 0}`;
}

const known = new WeakMap<object, Digest>();

/** The digest of a decoded value; objects are never changed, so theirs is remembered. */
export function digestOfValue(value: unknown): Digest {
  if (typeof value !== 'object' || value === null) return digestOf(JSON.stringify(value));
  let digest = known.get(value);
  if (digest === undefined) {
    digest = digestOf(JSON.stringify(value));
    known.set(value, digest);
  }
  return digest;
}

export function digestKeys(keys: Iterable<readonly [string, unknown]>): ReadonlyMap<string, Digest> {
  const digests = new Map<string, Digest>();
  for (const [key, value] of keys) digests.set(key, digestOfValue(value));
  return digests;
}
