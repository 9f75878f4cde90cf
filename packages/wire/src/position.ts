import type { Lane } from './lane.ts';

/** Name of a log: a site's id, or `system`. */
export type LogId = string;

/**
 * A place in a log. `offset` is the log's entry number, from 1; 0 is before the first entry.
 * `epoch` names the log and the version of the projection: a new epoch voids every offset.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** Nothing permitted to this session in `lane` of `log` at or below `offset` is still to come. */
export interface Mark extends Position {
  readonly lane: Lane;
  readonly log: LogId;
}
