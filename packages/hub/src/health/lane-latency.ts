import { LANES } from '@ms5/wire';
import { createHistogram, observe, type Histogram } from './histogram.ts';

/** From the commit of a change to its being handed to the socket, and to its acknowledgement; by lane. */
export interface LaneLatencies {
  readonly handed: readonly Histogram[];
  readonly acknowledged: readonly Histogram[];
}

/**
 * What one session's latencies are measured by; 0: nothing. A session that is behind counts once, when its lane is at
 * the head again, with the age of the oldest change. First subscriptions, recovery and subscriptions with a rate do not
 * count.
 *
 * Three numbers by lane, in one list because thousands of sessions are gone through again and again: the commit time of
 * the oldest change that is due and not handed over; the message whose acknowledgement is awaited, one at a time; the
 * commit time that one is about.
 */
export type LatencyTrack = number[];

const PER_LANE = 3;
const DUE_SINCE = 0;
const FOLLOWED = 1;
const FOLLOWED_SINCE = 2;

export function createLaneLatencies(): LaneLatencies {
  return {
    handed: LANES.map(() => createHistogram()),
    acknowledged: LANES.map(() => createHistogram()),
  };
}

export function createLatencyTrack(): LatencyTrack {
  return Array.from({ length: PER_LANE * LANES.length }, () => 0);
}

/** Whether a change of the lane was noted and not handed over since. */
export const isDueNoted = (track: LatencyTrack, lane: number): boolean =>
  track[lane * PER_LANE + DUE_SINCE] !== 0;

/** A change that was committed at `at` is due to the session. */
export function noteDue(track: LatencyTrack, lane: number, at: number): void {
  if (!isDueNoted(track, lane)) track[lane * PER_LANE + DUE_SINCE] = at;
}

/** Everything due in the lane was handed over, with message number `sent` as the last; -1: nothing was to be sent. */
export function noteHanded(
  latencies: LaneLatencies,
  track: LatencyTrack,
  lane: number,
  sent: number,
  now: number,
): void {
  const of = lane * PER_LANE;
  const since = track[of + DUE_SINCE] ?? 0;
  if (since === 0) return;
  track[of + DUE_SINCE] = 0;
  const handed = latencies.handed[lane];
  if (sent < 0 || handed === undefined) return;
  observe(handed, now - since);
  if (track[of + FOLLOWED] !== 0) return;
  track[of + FOLLOWED] = sent;
  track[of + FOLLOWED_SINCE] = since;
}

/** The first `acked` messages are acknowledged. */
export function noteAcknowledged(
  latencies: LaneLatencies,
  track: LatencyTrack,
  acked: number,
  now: number,
): void {
  for (let lane = 0, of = 0; of < track.length; lane += 1, of += PER_LANE) {
    const message = track[of + FOLLOWED] ?? 0;
    const histogram = latencies.acknowledged[lane];
    if (message === 0 || message > acked || histogram === undefined) continue;
    track[of + FOLLOWED] = 0;
    observe(histogram, now - (track[of + FOLLOWED_SINCE] ?? now));
  }
}
