/** One round trip: asked and answered by the client's clock, stamped by the server's. All in ms. */
interface RoundTrip {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly serverAt: number;
}

export interface ServerClock {
  take(trip: RoundTrip): void;
  /** A message the server stamped when it sent it. True when it does not fit what was measured: measure again. */
  check(serverAt: number, receivedAt: number): boolean;
  /** Server clock minus client clock, ms; `null` before the first measurement. */
  skewMs(): number | null;
  /** Of the newest round trip, ms. */
  roundTripMs(): number | null;
}

const KEPT_TRIPS = 8;
/** A stamp may be late by the way it came, so only more than this speaks of a clock that was set. */
const SUSPICIOUS_MS = 2_000;

/**
 * The skew is that of the fastest of the last eight round trips: its error is at most half that trip's time.
 * A clock that was set meanwhile shows as a stamp that cannot be, and voids what was measured before.
 */
export function createServerClock(): ServerClock {
  let trips: readonly RoundTrip[] = [];
  /** From one stamp alone, so too low by the way it came; until the next measurement. */
  let roughSkewMs: number | null = null;
  const timeOf = (trip: RoundTrip): number => trip.receivedAt - trip.sentAt;

  function fastest(): RoundTrip | undefined {
    let best: RoundTrip | undefined;
    for (const trip of trips) if (best === undefined || timeOf(trip) <= timeOf(best)) best = trip;
    return best;
  }

  function skewMs(): number | null {
    const best = fastest();
    return best === undefined ? roughSkewMs : best.serverAt - (best.sentAt + best.receivedAt) / 2;
  }

  function isPossible(skew: number, serverAt: number, receivedAt: number): boolean {
    const best = fastest();
    const errorMs = best === undefined ? 0 : timeOf(best) / 2;
    return Math.abs(serverAt - receivedAt - skew) < SUSPICIOUS_MS + errorMs;
  }

  return {
    take(trip) {
      // The client's clock went back in between: no measurement.
      if (trip.receivedAt < trip.sentAt) return;
      trips = [...trips, trip].slice(-KEPT_TRIPS);
    },
    check(serverAt, receivedAt) {
      const skew = skewMs();
      if (skew !== null && isPossible(skew, serverAt, receivedAt)) return false;
      trips = [];
      roughSkewMs = serverAt - receivedAt;
      return true;
    },
    skewMs,
    roundTripMs() {
      const newest = trips.at(-1);
      return newest === undefined ? null : timeOf(newest);
    },
  };
}
