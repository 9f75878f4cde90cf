import type { HealthHistory, HealthSample } from '@ms5/wire/factory';

/** Samples of 10 s for an hour, of a minute for a day. In memory: a restart begins anew. */
const FINE_MS = 10_000;
const FINE_KEPT = 360;
const COARSE_MS = 60_000;
const COARSE_KEPT = 1_440;
/** Samples of one answer at most. */
export const HISTORY_SAMPLES = 2_000;

export interface History {
  /** Takes the figures of the last 10 s. */
  push(sample: HealthSample): void;
  /** Samples whose steps ended in `(from, to]`, merged to steps of `stepMs` (the finest there is or wider). */
  read(from: number, to: number, stepMs: number): HealthHistory;
}

export function createHistory(): History {
  const fine: HealthSample[] = [];
  const coarse: HealthSample[] = [];
  let minute: HealthSample[] = [];

  return {
    push(sample) {
      fine.push(sample);
      if (fine.length > FINE_KEPT) fine.shift();
      minute.push(sample);
      if (minute.length < COARSE_MS / FINE_MS) return;
      coarse.push(merge(minute));
      if (coarse.length > COARSE_KEPT) coarse.shift();
      minute = [];
    },
    read(from, to, stepMs) {
      const reachesBack = (fine[0]?.at ?? Infinity) - FINE_MS <= from || coarse.length === 0;
      const isFine = stepMs < COARSE_MS && reachesBack;
      const kept = isFine ? fine : [...coarse, ...minute];
      const step = Math.max(stepMs, isFine ? FINE_MS : COARSE_MS);
      const steps = new Map<number, HealthSample[]>();
      for (const sample of kept) {
        if (sample.at <= from || sample.at > to) continue;
        const place = Math.floor((sample.at - from) / step);
        const there = steps.get(place);
        if (there === undefined) steps.set(place, [sample]);
        else there.push(sample);
      }
      return { from, to, stepMs: step, samples: [...steps.values()].map(merge).slice(-HISTORY_SAMPLES) };
    },
  };
}

/** Means of all figures, but of those named by `Max` the highest. The time is the last one's. */
function merge(samples: readonly HealthSample[]): HealthSample {
  const last = samples.at(-1);
  if (last === undefined) throw new Error('nothing to merge');
  const merged: Record<string, number> = {};
  for (const name of Object.keys(last) as (keyof HealthSample)[]) {
    const values = samples.map((sample) => sample[name]);
    merged[name] = name.includes('Max') ? Math.max(...values) : mean(values);
  }
  return { ...last, ...merged, at: last.at };
}

function mean(values: readonly number[]): number {
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1_000) / 1_000;
}
