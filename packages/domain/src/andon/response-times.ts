import type { Call } from './call.ts';

export interface ResponseTimes {
  /** ms; absent: it was not acknowledged. A call resolved without was acknowledged by that. */
  readonly toAcknowledgeMs?: number;
  /** ms; absent: it is open, or was cancelled. */
  readonly toResolveMs?: number;
}

/**
 * From the person's instant, corrected for the tablet's clock, so that an outage of ours counts against nobody else.
 */
export function responseTimes(call: Call): ResponseTimes {
  const resolvedAt = call.status === 'resolved' ? call.resolved.at : undefined;
  const acknowledgedAt = call.status === 'raised' ? undefined : (call.acknowledged?.at ?? resolvedAt);
  return {
    ...(acknowledgedAt === undefined ? null : { toAcknowledgeMs: acknowledgedAt - call.raisedAt }),
    ...(resolvedAt === undefined ? null : { toResolveMs: resolvedAt - call.raisedAt }),
  };
}
