type Span = readonly [from: number, to: number];

/** Collects instants at which a machine was heard, in any order, merged where they are close. */
export interface HeardSpans {
  add(at: number): void;
  /** What was collected since the last call, in order of time. */
  take(): readonly Span[];
}

/**
 * Merged gaps are never wider than `mergeMs`. It must not exceed the time after which the machine counts as silent:
 * then the merged spans say the same as the single instants.
 */
export function createHeardSpans(mergeMs: number): HeardSpans {
  let spans: [number, number][] = [];
  return {
    add: (at) => {
      // The newest span nearly always takes it: instants come roughly in order.
      for (let index = spans.length - 1; index >= 0; index -= 1) {
        const span = spans[index];
        if (span !== undefined && at >= span[0] - mergeMs && at <= span[1] + mergeMs) {
          span[0] = Math.min(span[0], at);
          span[1] = Math.max(span[1], at);
          return;
        }
        if (index < spans.length - 8) break;
      }
      spans.push([at, at]);
    },
    take: () => {
      const taken = mergeSpans(spans, mergeMs);
      spans = [];
      return taken;
    },
  };
}

function mergeSpans(spans: readonly Span[], mergeMs: number): readonly Span[] {
  const merged: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + mergeMs) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
