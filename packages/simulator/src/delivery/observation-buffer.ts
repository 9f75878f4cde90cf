import type { ObservationInput } from '@ms5/wire/factory';

/** What had to be given up because the server was away for too long. */
export interface Dropped {
  readonly count: number;
  /** Event times of the first and the last. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Observations waiting to be taken by the server: bounded, oldest first, and honest about what did not fit. */
export interface ObservationBuffer {
  readonly size: number;
  push(observations: readonly ObservationInput[]): void;
  /**
   * The oldest, at most `count`, on their way out: they stay, and are not dropped, until they are removed or held anew.
   */
  hold(count: number): readonly ObservationInput[];
  /** Removes what is held. */
  removeHeld(): void;
  /** What was dropped since this was last asked; `null`: nothing. */
  takeDropped(): Dropped | null;
}

export function createObservationBuffer(capacity: number): ObservationBuffer {
  let items: ObservationInput[] = [];
  let heldCount = 0;
  let dropped: Dropped | null = null;

  const drop = (count: number) => {
    const gone = items.slice(heldCount, heldCount + count);
    items = [...items.slice(0, heldCount), ...items.slice(heldCount + count)];
    const times = gone.map(({ at }) => Number(at)).filter((at) => Number.isFinite(at));
    dropped = {
      count: (dropped?.count ?? 0) + gone.length,
      fromMs: times.reduce((first, at) => Math.min(first, at), dropped?.fromMs ?? Number.POSITIVE_INFINITY),
      toMs: times.reduce((last, at) => Math.max(last, at), dropped?.toMs ?? Number.NEGATIVE_INFINITY),
    };
  };
  return {
    get size() {
      return items.length;
    },
    push(observations) {
      items = items.concat(observations);
      // By a tenth more than needed: to make room for every single one would cost more than they are worth.
      if (items.length > capacity) drop(items.length - capacity + Math.floor(capacity / 10));
    },
    hold(count) {
      heldCount = Math.min(count, items.length);
      return items.slice(0, heldCount);
    },
    removeHeld() {
      items = items.slice(heldCount);
      heldCount = 0;
    },
    takeDropped() {
      const taken = dropped;
      dropped = null;
      return taken;
    },
  };
}
