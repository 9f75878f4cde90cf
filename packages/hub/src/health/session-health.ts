import { TIMES } from '@ms5/wire';
import type { Delivery } from '../delivery/delivery.ts';
import { oldestSentAt } from '../delivery/window.ts';
import { bandOf, type Band } from './band.ts';
import { sessionScore, type SessionMeasures } from './session-score.ts';

/** What a session keeps for its health: a few numbers. */
export interface SessionHealth {
  score: number;
  band: Band;
  bandSince: number;
  /** Refused requests and invalid messages since the start. */
  errors: number;
  /** The same, fading with a time constant of a minute: at a steady rate the errors per minute. */
  recentErrors: number;
  reconnects: number;
  messagesReceived: number;
  bytesReceived: number;
  measuredAt: number;
}

const FADE_MS = 60_000;

export function createSessionHealth(now: number): SessionHealth {
  return {
    score: 1,
    band: 'excellent',
    bandSince: now,
    errors: 0,
    recentErrors: 0,
    reconnects: 0,
    messagesReceived: 0,
    bytesReceived: 0,
    measuredAt: now,
  };
}

export function noteError(health: SessionHealth): void {
  health.errors += 1;
  health.recentErrors += 1;
}

/** What was due and could not be sent, read from cursors: nothing is queued. */
export interface Backlog {
  /** Topics that are being brought to their heads. */
  readonly topics: number;
  /** How long the lane that waits longest has waited for the window, ms; 0: none does. */
  readonly ageMs: number;
}

export function backlogOf(delivery: Delivery, now: number): Backlog {
  let topics = 0;
  for (const slot of delivery.behind.values()) topics += slot.size;
  return { topics, ageMs: backlogAgeMs(delivery, now) };
}

function backlogAgeMs({ waitingSince }: Delivery, now: number): number {
  let oldest = now;
  for (const since of waitingSince) if (since > 0 && since < oldest) oldest = since;
  return now - oldest;
}

/** The newest acknowledgement's lag or the age of the oldest unacknowledged message, whichever is more. */
export function ackLagMs({ window }: Delivery, now: number): number | null {
  const oldest = oldestSentAt(window);
  if (oldest >= 0) return Math.max(window.ackLagMs, now - oldest);
  return window.ackLagMs < 0 ? null : window.ackLagMs;
}

/** The same without what the client was told to wait beyond what it waits on a server with few sessions. */
function lateAckMs(delivery: Delivery, now: number): number | null {
  const lag = ackLagMs(delivery, now);
  return lag === null ? null : Math.max(0, lag - (delivery.window.ackDelayMs - TIMES.ackDelayMs));
}

/** Scores the session anew. */
export function measure(
  health: SessionHealth,
  { delivery, roundTripMs }: { readonly delivery: Delivery; readonly roundTripMs: number | null },
  now: number,
): void {
  if (health.recentErrors > 0) health.recentErrors *= Math.exp((health.measuredAt - now) / FADE_MS);
  health.measuredAt = now;
  const measures: SessionMeasures = {
    roundTripMs,
    ackLagMs: lateAckMs(delivery, now),
    backlogMs: backlogAgeMs(delivery, now),
    errorsPerMinute: health.recentErrors,
    reconnectsPerHour: health.reconnects,
  };
  health.score = sessionScore(measures);
  const band = bandOf(health.score, health.band);
  if (band !== health.band) health.bandSince = now;
  health.band = band;
}
