import { HISTORY } from '@ms5/wire';
import type { HistoryLimits } from './topics/log.ts';

/** Rounds of many sessions, `critical` excepted: rounds of a few go in between. */
export interface LongRoundLimits {
  /** A round of more sessions is long. */
  readonly sessions: number;
  /** Sessions in a group of it; after each others get their turn. */
  readonly groupSize: number;
  /** So many sessions at most are served between two groups. */
  readonly innerSessions: number;
  /** And no sooner than this after the last of these rounds, ms. */
  readonly innerEveryMs: number;
}

/** Limits of one hub beside those of the protocol. */
export interface HubLimits {
  /** Sessions at a time; one more is told when to come back, and closed. */
  readonly sessions: number;
  /** Sessions of one user at a time; one more is told when to come back, and closed. */
  readonly sessionsPerUser: number;
  /** What a session over a limit is told at least, and twice of it at most, ms. */
  readonly retryAfterMs: number;
  /** Requests held while a session's token is being checked. */
  readonly heldRequests: number;
  /** Requests held while a hook decides about an earlier one of the same session. */
  readonly heldForHook: number;
  /** How long a drain waits for commands and publications that were accepted, ms. */
  readonly drainFinishMs: number;
  readonly history: HistoryLimits;
  readonly longRounds: LongRoundLimits;
}

export const DEFAULT_HUB_LIMITS: HubLimits = {
  sessions: 100_000,
  sessionsPerUser: 100_000,
  retryAfterMs: 5_000,
  heldRequests: 16,
  heldForHook: 64,
  drainFinishMs: 10_000,
  history: { ...HISTORY, bytes: 268_435_456 },
  longRounds: { sessions: 2_000, groupSize: 500, innerSessions: 1_000, innerEveryMs: 50 },
};
