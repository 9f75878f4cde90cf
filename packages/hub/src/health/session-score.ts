/** What one session's score is made of. `null`: not measured yet, which counts as good. */
export interface SessionMeasures {
  /** Of the newest ping. */
  readonly roundTripMs: number | null;
  /**
   * The newest acknowledgement's lag or the age of the oldest unacknowledged message, whichever is more; without what
   * the client was told to wait beyond the usual.
   */
  readonly ackLagMs: number | null;
  /** How long the lane that waits longest for the window has waited; 0: none does. */
  readonly backlogMs: number;
  /** Refused requests and invalid messages, per minute. */
  readonly errorsPerMinute: number;
  /** Connections of the same client in the last hour, beyond the first. */
  readonly reconnectsPerHour: number;
}

/** Full marks up to `good`, none from `bad` on; between them by the logarithm, since what counts is the ratio. */
interface MarkBounds {
  readonly good: number;
  readonly bad: number;
}

export const SESSION_MARKS: Readonly<Record<keyof SessionMeasures, MarkBounds>> = {
  roundTripMs: { good: 150, bad: 5_000 },
  ackLagMs: { good: 750, bad: 15_000 },
  backlogMs: { good: 750, bad: 15_000 },
  errorsPerMinute: { good: 1, bad: 60 },
  reconnectsPerHour: { good: 2, bad: 60 },
};

/** 1 up to `good`, 0 from `bad` on, `ln(bad / value) / ln(bad / good)` between. Never rises with the value. */
export function markOf(value: number | null, { good, bad }: MarkBounds): number {
  if (value === null || value <= good) return 1;
  return value >= bad ? 0 : Math.log(bad / value) / Math.log(bad / good);
}

/**
 * How well a session is served, 0 to 1: the product of the marks of its measures. So one measure alone can make it
 * 0, several middling ones add up, and no measure that gets worse ever raises it.
 */
export function sessionScore(measures: SessionMeasures): number {
  return (
    markOf(measures.roundTripMs, SESSION_MARKS.roundTripMs) *
    markOf(measures.ackLagMs, SESSION_MARKS.ackLagMs) *
    markOf(measures.backlogMs, SESSION_MARKS.backlogMs) *
    markOf(measures.errorsPerMinute, SESSION_MARKS.errorsPerMinute) *
    markOf(measures.reconnectsPerHour, SESSION_MARKS.reconnectsPerHour)
  );
}
