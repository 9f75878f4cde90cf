import type { Entry, Recording, Segment } from './recording.ts';

export interface ScheduleOptions {
  /**
   * Which segments, by index, in the order given; or all: `recorded`, in the order of the file; `cyclic`, in the
   * order of their clocks, beginning with the first of the file, as a loop has them.
   */
  readonly segments: readonly number[] | 'recorded' | 'cyclic';
  /** A longer silence, inside or between segments, is shortened to this, and announced. */
  readonly maxGapMs: number;
}

/** `playMs`: when it is due, in ms since the start of play at speed 1. */
export type Step =
  | { readonly kind: 'segment'; readonly playMs: number; readonly segment: Segment }
  | { readonly kind: 'entry'; readonly playMs: number; readonly entry: Entry }
  /** Nothing is sent between `playMs` and `playMs + playedMs`. */
  | {
      readonly kind: 'gap';
      readonly playMs: number;
      /** How long it was in the recording; `null` where the next segment is older than the one before it. */
      readonly recordedMs: number | null;
      readonly playedMs: number;
      readonly between: 'segments' | 'lines';
    };

/** The order and pace of play, a pure function of the recording. */
export function* schedule(recording: Recording, options: ScheduleOptions): Generator<Step> {
  let playMs = 0;
  let previous: Segment | undefined;
  for (const segment of chooseSegments(recording, options.segments)) {
    if (previous !== undefined) {
      const gap = gapBetween(previous, segment, options.maxGapMs);
      yield { kind: 'gap', playMs, ...gap, between: 'segments' };
      playMs += gap.playedMs;
    }
    previous = segment;
    yield { kind: 'segment', playMs, segment };
    let clockMs = segment.fromMs;
    for (const entry of segment.entries) {
      const silenceMs = entry.clockMs - clockMs;
      clockMs = entry.clockMs;
      if (silenceMs > options.maxGapMs) {
        yield {
          kind: 'gap',
          playMs,
          recordedMs: silenceMs,
          playedMs: options.maxGapMs,
          between: 'lines',
        };
      }
      playMs += Math.min(silenceMs, options.maxGapMs);
      yield { kind: 'entry', playMs, entry };
    }
  }
}

/**
 * Silence between two segments as it was, or `maxGapMs` where it was longer or ran backwards (none, if that is
 * unlimited).
 */
function gapBetween(
  before: Segment,
  after: Segment,
  maxGapMs: number,
): { readonly recordedMs: number | null; readonly playedMs: number } {
  const recordedMs = after.fromMs - before.toMs;
  if (recordedMs < 0) return { recordedMs: null, playedMs: Number.isFinite(maxGapMs) ? maxGapMs : 0 };
  return { recordedMs, playedMs: Math.min(recordedMs, maxGapMs) };
}

function chooseSegments(recording: Recording, choice: ScheduleOptions['segments']): readonly Segment[] {
  if (choice === 'recorded') return recording.segments;
  if (choice === 'cyclic') {
    const ordered = recording.segments.toSorted((a, b) => a.fromMs - b.fromMs);
    const first = ordered.findIndex(({ index }) => index === 0);
    return [...ordered.slice(first), ...ordered.slice(0, first)];
  }
  return choice.map((index) => {
    const segment = recording.segments[index];
    if (segment === undefined) {
      throw new RangeError(`the recording has segments 0 to ${recording.segments.length - 1}, not ${index}`);
    }
    return segment;
  });
}
