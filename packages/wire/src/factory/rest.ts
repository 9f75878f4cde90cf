import type { Json, OutcomeStatus } from '../messages.ts';
import type { EpochMs, StateName } from './documents.ts';

/** `POST /api/v1/login` takes `{ user, password }` and answers this. */
export interface LoginResult {
  readonly token: string;
  readonly expiresAt: EpochMs;
  readonly user: { readonly id: string; readonly name: string; readonly roles: readonly string[] };
}

/** `POST /api/v1/token` with a valid bearer answers a fresh `LoginResult`. */

/** `GET /api/v1/plant`. */
export interface PlantDescription {
  readonly site: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly areas: readonly {
    readonly id: string;
    readonly name: string;
    readonly lines: readonly {
      readonly id: string;
      readonly name: string;
      readonly constraint: string;
      readonly equipment: readonly { readonly id: string; readonly name: string }[];
    }[];
  }[];
  readonly products: readonly {
    readonly id: string;
    readonly name: string;
    readonly idealCycleMs: number | null;
  }[];
  /** The leaves of the reason tree. `group`: the branch a reason is on; `retired`: given to stops no more. */
  readonly reasons: readonly {
    readonly code: string;
    readonly name: string;
    readonly group?: string;
    readonly retired?: true;
  }[];
  /** The branches; `group`: the branch it is on itself. */
  readonly reasonGroups: readonly { readonly id: string; readonly name: string; readonly group?: string }[];
}

/** `POST /api/v1/commands` takes `{ command, data, key?, deadline? }` and answers this. */
export interface CommandResult {
  readonly status: OutcomeStatus;
  readonly offset?: number;
  readonly data?: Json;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * What became of one publication of `POST /api/v1/publish`, which takes `{ topic, data, kind?, lane?, key? }` or an
 * array of them.
 */
export interface PublicationResult {
  /** Place in the request's array; 0 for a single one. */
  readonly index: number;
  /** `busy`: nothing was done, send it again later. `unknown`: send it again with the same key. */
  readonly status: 'published' | 'duplicate' | 'refused' | 'busy' | 'unknown';
  /** The log's offset; of a duplicate that of the first time; omitted for signals. */
  readonly offset?: number;
  /** Of what was neither published nor a duplicate, as in `Problem`. */
  readonly code?: string;
  readonly message?: string;
  readonly path?: string;
  readonly retryAfterMs?: number;
}

/** The answer to an array of publications, in its order. */
export interface PublishReply {
  readonly results: readonly PublicationResult[];
}

/** `POST /api/v1/revocations`; at least one of them. */
export interface RevocationRequest {
  readonly userIds?: readonly string[];
  readonly tokenIds?: readonly string[];
}

export interface RevocationResult {
  /** How many were closed. */
  readonly sessions: number;
}

/** `GET /api/v1/equipment/{area}/{line}/{equipment}/timeline?from=&to=` (ISO 8601 or ms). */
export interface EquipmentTimeline {
  readonly equipment: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly intervals: readonly {
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly state: StateName;
    readonly reason?: string;
    readonly raw?: string;
    /** The PackML state it began out of, from which no transition leads here. */
    readonly illegalFrom?: string;
  }[];
  /** Parts by the instant they became known; `observed: false`: made while the machine was not heard, since `since`. */
  readonly parts: readonly {
    readonly at: EpochMs;
    readonly since: EpochMs;
    readonly produced: number;
    readonly observed: boolean;
  }[];
  /** Stretches in which nothing was heard, so the state is unknown. */
  readonly unobserved: readonly { readonly from: EpochMs; readonly to: EpochMs }[];
  /** Stretches in which it was heard in a mode. */
  readonly modes: readonly { readonly from: EpochMs; readonly to: EpochMs; readonly mode: string }[];
}

/** Body of every 4xx and 5xx answer. */
export interface Problem {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly path?: string;
    readonly retryAfterMs?: number;
  };
}
