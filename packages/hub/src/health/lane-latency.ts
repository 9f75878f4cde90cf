import { LANES } from '@ms5/wire';
import { createHistogram, observe, type Histogram } from './histogram.ts';

/** From the commit of a change to its being handed to the socket, and to its acknowledgement; by lane. */
export interface LaneLatencies {
  readonly handed: readonly Histogram[];
  readonly acknowledged: readonly Histogram[];
}

/**
 * What one session's latencies are measured by, by lane; 0: nothing. A session that is behind counts once, when its
 * lane is at the head again, with the age of the oldest change. First subscriptions, recovery and subscriptions
 * with a rate do not count.
 */
export interface LatencyTrack {
  /** Commit time of the oldest change that is due and not handed over. */
  readonly dueSince: number[];
  /** The message whose acknowledgement is awaited, one per lane at a time, and the commit time it is about. */
  readonly followed: number[];
  readonly followedSince: number[];
}

export function createLaneLatencies(): LaneLatencies {
  return {
    handed: LANES.map(() => createHistogram()),
    acknowledged: LANES.map(() => createHistogram()),
  };
}

export function createLatencyTrack(): LatencyTrack {
  return { dueSince: LANES.map(() => 0), followed: LANES.map(() => 0), followedSince: LANES.map(() => 0) };
}

/** A change that was committed at `at` is due to the session. */
export function noteDue({ dueSince }: LatencyTrack, lane: number, at: number): void {
  if (dueSince[lane] === 0) dueSince[lane] = at;
}

/** Everything due in the lane was handed over, with message number `sent` as the last; -1: nothing was to be sent. */
export function noteHanded(
  latencies: LaneLatencies,
  { dueSince, followed, followedSince }: LatencyTrack,
  lane: number,
  sent: number,
  now: number,
): void {
  const since = dueSince[lane] ?? 0;
  if (since === 0) return;
  dueSince[lane] = 0;
  const handed = latencies.handed[lane];
  if (sent < 0 || handed === undefined) return;
  observe(handed, now - since);
  if (followed[lane] !== 0) return;
  followed[lane] = sent;
  followedSince[lane] = since;
}

/** The first `acked` messages are acknowledged. */
export function noteAcknowledged(
  latencies: LaneLatencies,
  { followed, followedSince }: LatencyTrack,
  acked: number,
  now: number,
): void {
  for (let lane = 0; lane < followed.length; lane += 1) {
    const message = followed[lane] ?? 0;
    const histogram = latencies.acknowledged[lane];
    if (message === 0 || message > acked || histogram === undefined) continue;
    followed[lane] = 0;
    observe(histogram, now - (followedSince[lane] ?? now));
  }
}
