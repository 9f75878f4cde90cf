import type { ClientStatistics, ConnectionState } from './types.ts';

export type HealthBand = 'excellent' | 'good' | 'fair' | 'poor' | 'critical';
export interface ConnectionHealth {
  /** 0–1. */
  readonly score: number;
  readonly band: HealthBand;
}

/** Half the score is gone at these. */
const HALF_ROUND_TRIP_MS = 400;
const HALF_RECONNECTS_PER_HOUR = 6;

const BANDS: readonly (readonly [atLeast: number, band: HealthBand])[] = [
  [0.9, 'excellent'],
  [0.75, 'good'],
  [0.5, 'fair'],
  [0.25, 'poor'],
];

/**
 * How good this connection is, as seen from here: 0 unless live, else `1 / (1 + rtt / 400 ms) ^ ½` times
 * `1 / (1 + r / 6)`, where `r` is reconnects per hour over the client's life, counted as one hour at least.
 */
export function connectionHealth(state: ConnectionState, statistics: ClientStatistics): ConnectionHealth {
  if (state.status !== 'live') return { score: 0, band: 'critical' };
  const reconnectsPerHour = statistics.reconnects / Math.max(1, statistics.watchedMs / 3_600_000);
  const byRoundTrip = 1 / Math.sqrt(1 + (statistics.roundTripMs ?? 0) / HALF_ROUND_TRIP_MS);
  const byReconnects = 1 / (1 + reconnectsPerHour / HALF_RECONNECTS_PER_HOUR);
  const score = byRoundTrip * byReconnects;
  const band = BANDS.find(([atLeast]) => score >= atLeast)?.[1] ?? 'critical';
  return { score, band };
}
