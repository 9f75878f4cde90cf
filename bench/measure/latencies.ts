/** Counts of latencies in steps of 10 µs up to 100 ms, 1 ms up to 20 s. */
const FINE = 10_000;
const COARSE = 20_000;

export interface Latencies {
  add(latencyMs: number): void;
  clear(): void;
  count(): number;
  /** In ms; NaN when nothing was counted. */
  percentile(share: number): number;
  max(): number;
  /** How many of each step were counted, to be added to those of other processes. */
  steps(): readonly Step[];
  addSteps(steps: readonly Step[], maxMs: number): void;
}

type Step = readonly [step: number, count: number];

export function createLatencies(): Latencies {
  const counts = new Uint32Array(FINE + COARSE + 1);
  let total = 0;
  let maxMs = 0;
  return {
    add(latencyMs) {
      const ms = Math.max(0, latencyMs);
      const index = ms < 100 ? Math.floor(ms * 100) : FINE + Math.min(COARSE, Math.floor(ms - 100));
      counts[index] = (counts[index] ?? 0) + 1;
      total += 1;
      if (ms > maxMs) maxMs = ms;
    },
    clear() {
      counts.fill(0);
      total = 0;
      maxMs = 0;
    },
    count: () => total,
    percentile(share) {
      if (total === 0) return Number.NaN;
      let left = Math.ceil(total * share);
      for (let index = 0; index < counts.length; index += 1) {
        left -= counts[index] ?? 0;
        if (left <= 0) return index < FINE ? (index + 1) / 100 : index - FINE + 101;
      }
      return maxMs;
    },
    max: () => maxMs,
    steps: () => [...counts.entries()].filter(([, count]) => count > 0),
    addSteps(steps, most) {
      for (const [step, count] of steps) {
        counts[step] = (counts[step] ?? 0) + count;
        total += count;
      }
      maxMs = Math.max(maxMs, most);
    },
  };
}
