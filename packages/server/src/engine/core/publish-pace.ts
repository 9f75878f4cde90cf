/**
 * Documents follow observations at once when the engine is idle; then it rests for `publishMsPerLine` per line
 * published, at most `publishMs`. A line's documents take 0.5 to 1 ms, so that publishing leaves most of the thread to
 * ingest. Under load it rests for `publishMs` and longer, as `LOADED_SHARE` asks, though at most `publishLatestMs`.
 */
export const PUBLISH_TIMES = { publishMsPerLine: 2, publishMs: 100, publishLatestMs: 500 } as const;

/** Of the thread, what publishing takes under load at most. */
const LOADED_SHARE = 0.05;

/** So many observations since documents were published last show that the engine is under load. */
const LOADED_OBSERVATIONS = 1000;

/** When documents that are behind are published. Times are ms of a steady clock. */
export interface PublishPace {
  /** Observations that documents do not tell of yet. */
  observed(count: number): void;
  dueInMs(now: number): number;
  published(took: Publishing): void;
}

interface Publishing {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  /** More waited to be committed. */
  readonly isWaiting: boolean;
}

export function createPublishPace(): PublishPace {
  let restUntil = Number.NEGATIVE_INFINITY;
  let observations = 0;
  return {
    observed: (count) => {
      observations += count;
    },
    dueInMs: (now) => restUntil - now,
    published: ({ from, to, lines, isWaiting }) => {
      const { publishMsPerLine, publishMs, publishLatestMs } = PUBLISH_TIMES;
      const isLoaded = isWaiting || observations >= LOADED_OBSERVATIONS;
      const restMs = isLoaded
        ? Math.min(publishLatestMs, Math.max(publishMs, (to - from) / LOADED_SHARE))
        : Math.min(publishMs, lines * publishMsPerLine);
      restUntil = from + restMs;
      observations = 0;
    },
  };
}
