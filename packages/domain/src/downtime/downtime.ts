import type { EpochMs, EquipmentPath, StateName } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';

/** A recorded stop of a line's constraint inside one planned stretch. */
export interface Downtime {
  readonly id: string;
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  /** `null` while it lasts. */
  readonly to: EpochMs | null;
  readonly state: StateName;
  /** What the machine itself gave. */
  readonly machineReason: string | null;
  /** Shorter than the equipment's threshold, by planned time; `false` while it lasts. */
  readonly minor: boolean;
  /** What a person said it was; comes before the machine's reason. */
  readonly classified: { readonly reason: string; readonly author: string; readonly at: EpochMs } | null;
}

export function downtimeId(equipment: EquipmentPath, from: EpochMs): string {
  return `${equipment}@${from}`;
}

export function reasonOf(downtime: Downtime): string | null {
  return downtime.classified?.reason ?? downtime.machineReason;
}

/** Those that overlap the stretch. `downtimes` are sorted by start and do not overlap each other. */
export function downtimesWithin(downtimes: readonly Downtime[], stretch: Interval): readonly Downtime[] {
  let end = downtimes.length;
  while (end > 0 && (downtimes[end - 1]?.from ?? 0) >= stretch.to) end -= 1;
  let start = end;
  while (start > 0 && (downtimes[start - 1]?.to ?? Infinity) > stretch.from) start -= 1;
  return downtimes.slice(start, end);
}
