import type { EpochMs, LineStatusDocument, TimelineDocument } from '@ms5/client';
import type { Look } from '../../../theme/states.ts';

/** The stretch of time shown: the shift, or what is known of late when none is running. */
export type TimelineWindow = Pick<
  Exclude<LineStatusDocument['shift'], { readonly unknown: string }>,
  'from' | 'to' | 'breaks'
>;

/** One interval of the shift as drawn; `from` and `to` lie within the shift. */
export interface Segment {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly look: Look;
  readonly reason: string | null;
  readonly raw: string | null;
  /** The state still lasts, so `to` is now. */
  readonly ongoing: boolean;
}

/** The shift's intervals up to `now`, in order, cut at the shift's edges. */
export function segmentsOf(
  documents: Iterable<TimelineDocument>,
  shift: Pick<TimelineWindow, 'from' | 'to'>,
  now: EpochMs,
): Segment[] {
  const end = Math.min(shift.to, Math.max(shift.from, now));
  const segments: Segment[] = [];
  for (const { from, to, state, reason, raw } of documents) {
    const start = Math.max(from, shift.from);
    const stop = Math.min(to ?? end, end);
    if (stop <= start) continue;
    segments.push({
      from: start,
      to: stop,
      look: state,
      reason: reason ?? null,
      raw: raw ?? null,
      ongoing: to === null,
    });
  }
  return segments.sort((a, b) => a.from - b.from);
}

/** Without a shift: from the first interval known until now; `null` when there is none. */
export function recentWindow(documents: Iterable<TimelineDocument>, now: EpochMs): TimelineWindow | null {
  let from = Number.POSITIVE_INFINITY;
  for (const document of documents) from = Math.min(from, document.from);
  return from < now ? { from, to: now, breaks: [] } : null;
}

/** Index of the segment that holds the instant, or of the nearest one; -1 when there is none. */
export function segmentAt(segments: readonly Segment[], at: EpochMs): number {
  let nearest = -1;
  let nearestMs = Number.POSITIVE_INFINITY;
  segments.forEach(({ from, to }, index) => {
    const distanceMs = at < from ? from - at : at >= to ? at - to : -1;
    if (distanceMs < nearestMs) {
      nearest = index;
      nearestMs = distanceMs;
    }
  });
  return nearest;
}

const QUARTER_MS = 15 * 60_000;
const MAX_TICKS = 12;

/**
 * Whole local hours inside the shift. Walks quarters of an hour, so that zones off by 30 or 45 minutes and the
 * change of the clocks come out right.
 */
export function hourTicks(from: EpochMs, to: EpochMs, timeZone: string): EpochMs[] {
  const minute = new Intl.DateTimeFormat('en-GB', { timeZone, minute: 'numeric' });
  const ticks: EpochMs[] = [];
  for (let at = Math.ceil(from / QUARTER_MS) * QUARTER_MS; at <= to; at += QUARTER_MS) {
    if (Number(minute.format(at)) === 0) ticks.push(at);
  }
  const step = Math.ceil(ticks.length / MAX_TICKS);
  return ticks.filter((_, index) => index % step === 0);
}
