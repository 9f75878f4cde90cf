import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { Downtime } from './downtime.ts';
import { downtimesWithin } from './downtime.ts';

/** Stops inside the stretch are one to people; the runs between them stay runs in every figure. */
export interface MergedStops extends Interval {
  readonly author: string;
  readonly at: EpochMs;
}

/** The stop and those it is merged with, oldest first. */
export function mergedWith(
  downtime: Downtime,
  downtimes: readonly Downtime[],
  merges: readonly MergedStops[],
): readonly Downtime[] {
  const end = downtime.to ?? Infinity;
  const merge = merges.find(({ from, to }) => from < end && to > downtime.from);
  return merge === undefined ? [downtime] : downtimesWithin(downtimes, merge);
}

/** The merges with one more, those it touches taken into it. */
export function withMerge(merges: readonly MergedStops[], added: MergedStops): MergedStops[] {
  const touching = merges.filter(({ from, to }) => from < added.to && to > added.from);
  const from = Math.min(added.from, ...touching.map((merge) => merge.from));
  const to = Math.max(added.to, ...touching.map((merge) => merge.to));
  return [...merges.filter((merge) => !touching.includes(merge)), { ...added, from, to }].sort(
    (a, b) => a.from - b.from,
  );
}

/** The merges with one taken apart at an instant of a run in it. */
export function withoutMergeAt(
  merges: readonly MergedStops[],
  at: EpochMs,
  downtimes: readonly Downtime[],
): MergedStops[] {
  return merges.flatMap((merge) => {
    if (at <= merge.from || at >= merge.to) return [merge];
    const halves = [
      { ...merge, to: at },
      { ...merge, from: at },
    ];
    return halves.filter((half) => downtimesWithin(downtimes, half).length > 1);
  });
}
