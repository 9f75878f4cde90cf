import type { ObservationResult } from '@ms5/wire/factory';

/**
 * What became of the items of a body, as it crosses between the threads: an object per item would cost more than all
 * else.
 */
export interface EncodedResults {
  /** One per item, by its index. */
  readonly statuses: Uint8Array<ArrayBuffer>;
  readonly rejected: readonly ObservationResult[];
}

const STATUSES = ['accepted', 'duplicate', 'rejected'] as const;

/** `results` are those of a whole body, in the order of its items. */
export function encodeResults(results: readonly ObservationResult[]): EncodedResults {
  const statuses = new Uint8Array(results.length);
  for (const { index, status } of results) statuses[index] = STATUSES.indexOf(status);
  return { statuses, rejected: results.filter(({ status }) => status === 'rejected') };
}

export function decodeResults({ statuses, rejected }: EncodedResults): readonly ObservationResult[] {
  const results: ObservationResult[] = [];
  for (const [index, status] of statuses.entries()) {
    results.push({ index, status: STATUSES[status] ?? 'rejected' });
  }
  for (const result of rejected) results[result.index] = result;
  return results;
}
