import type { PluginHookName } from './hook-names.ts';

/** Upper bounds of the histogram's buckets, ms; one more bucket holds what is slower. */
export const HOOK_DURATION_BUCKETS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000] as const;

export interface HookFigures {
  readonly hook: PluginHookName;
  readonly calls: number;
  readonly errors: number;
  readonly timeouts: number;
  /** Acts refused, by the hook or by its plugin's `onFailure`. */
  readonly refusals: number;
  /** After-hook calls and changes that were not passed on because the plugin was behind or not running. */
  readonly dropped: number;
  readonly durationMs: {
    /** Counts per bucket of `HOOK_DURATION_BUCKETS_MS`, not cumulative; the last is for what is slower. */
    readonly buckets: readonly number[];
    readonly sum: number;
    readonly count: number;
  };
}

export interface PluginFigures {
  readonly plugin: string;
  readonly state: 'running' | 'starting' | 'down' | 'closed';
  /** Times its thread ended by itself or was ended for not answering. */
  readonly restarts: number;
  /** After-hook calls and event batches it has not finished. */
  readonly pending: number;
  readonly logLinesDropped: number;
  readonly hooks: readonly HookFigures[];
}

export type HookFailure = 'error' | 'timeout';

/** Counts of one hook of one plugin. */
export interface HookCounts {
  called(durationMs: number, failure: HookFailure | null): void;
  refused(): void;
  dropped(count: number): void;
  figures(): HookFigures;
}

export function createHookCounts(hook: PluginHookName): HookCounts {
  const buckets = Array.from({ length: HOOK_DURATION_BUCKETS_MS.length + 1 }, () => 0);
  const counts = { calls: 0, errors: 0, timeouts: 0, refusals: 0, dropped: 0 };
  let sum = 0;
  return {
    called(durationMs, failure) {
      counts.calls += 1;
      if (failure === 'error') counts.errors += 1;
      if (failure === 'timeout') counts.timeouts += 1;
      const found = HOOK_DURATION_BUCKETS_MS.findIndex((bound) => durationMs <= bound);
      const bucket = found === -1 ? HOOK_DURATION_BUCKETS_MS.length : found;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      sum += durationMs;
    },
    refused() {
      counts.refusals += 1;
    },
    dropped(count) {
      counts.dropped += count;
    },
    figures: () => ({
      hook,
      ...counts,
      durationMs: { buckets: [...buckets], sum, count: counts.calls },
    }),
  };
}
