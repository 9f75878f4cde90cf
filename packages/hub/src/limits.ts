import { HISTORY } from '@ms5/wire';
import type { HistoryLimits } from './topics/log.ts';

/** Limits of one hub beside those of the protocol. */
export interface HubLimits {
  /** Sessions at a time; one more is told when to come back, and closed. */
  readonly sessions: number;
  /** What a session over the limit is told, ms. */
  readonly retryAfterMs: number;
  /** Requests held while a session's token is being checked. */
  readonly heldRequests: number;
  /** How long a drain waits for commands that were accepted, ms. */
  readonly drainFinishMs: number;
  readonly history: HistoryLimits;
}

export const DEFAULT_HUB_LIMITS: HubLimits = {
  sessions: 100_000,
  retryAfterMs: 5_000,
  heldRequests: 16,
  drainFinishMs: 10_000,
  history: { ...HISTORY, bytes: 268_435_456 },
};
