import type { AlarmSeverity } from './alarm-documents.ts';

/**
 * One item of `POST /api/v1/observations` (an array of these). `equipment` is `{area}/{line}/{equipment}`.
 * `at` is ISO 8601 or ms since the epoch; omitted: stamped on arrival. `key`: unique per `source`; a repeated
 * key is answered `duplicate` and changes nothing. At least one of the values must be present.
 */
export interface ObservationInput {
  readonly equipment: string;
  readonly at?: string | number;
  readonly source?: string;
  readonly key?: string;
  /** State as the machine names it; mapped by the equipment's state mapping. */
  readonly state?: string;
  readonly reason?: string;
  /** Mode as the machine names it; mapped by the equipment's mode mapping. */
  readonly mode?: string;
  /** Product now on the equipment; `null`: none. */
  readonly product?: string | null;
  /** Increments since the last such observation. */
  readonly good?: number;
  readonly scrap?: number;
  readonly rework?: number;
  /** Running totals. */
  readonly counter?: number;
  readonly rejectCounter?: number;
  /** That an alarm of the machine is active, or no longer. */
  readonly alarm?: {
    /** The data item of the machine it belongs to. */
    readonly item?: string;
    /** Omitted where `active` is false: all alarms of the item. */
    readonly code?: string;
    readonly active: boolean;
    /** Omitted: `fault`. */
    readonly severity?: AlarmSeverity;
    readonly text?: string;
    /** It stays until it is reset. */
    readonly latched?: boolean;
  };
  readonly telemetry?: Readonly<Record<string, number | string | boolean>>;
}

/** One item of the answer, in the order of the request. */
export interface ObservationResult {
  readonly index: number;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  /** Of a rejected item that the sender may not send. */
  readonly code?: 'forbidden';
  /** Of a rejected item: where in the item, what was expected, what was found. */
  readonly path?: string;
  readonly message?: string;
}

/** Body of the 207 answer. */
export interface ObservationsReply {
  readonly results: readonly ObservationResult[];
}
