import type { EpochMs, EquipmentPath, StateName } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';

/** A recorded stop of a line's constraint inside one planned stretch. What people say of it stands beside, by time. */
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
  /** What a rule of the plant made of it; comes before the machine's reason, and after a person's. */
  readonly ruled: RuledReason | null;
}

export interface RuledReason {
  readonly rule: string;
  readonly reason: string;
}

/** A stop that a late observation showed not to have been, or not to have begun then. */
export interface WithdrawnDowntime {
  readonly id: string;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
}

/** Withdrawn stops remembered per line, so that who still sees one is told. */
export const WITHDRAWN_KEPT = 50;

export function downtimeId(equipment: EquipmentPath, from: EpochMs): string {
  return `${equipment}@${from}`;
}

/** The recorded stop that takes the place of a withdrawn one. */
export function heirOf(
  { from, to }: WithdrawnDowntime,
  downtimes: readonly Downtime[],
): Downtime | undefined {
  return downtimes.find((each) => from < (each.to ?? Infinity) && (to ?? Infinity) > each.from);
}

/** Those that overlap the stretch. `downtimes` are sorted by start and do not overlap each other. */
export function downtimesWithin(downtimes: readonly Downtime[], stretch: Interval): readonly Downtime[] {
  let end = downtimes.length;
  while (end > 0 && (downtimes[end - 1]?.from ?? 0) >= stretch.to) end -= 1;
  let start = end;
  while (start > 0 && (downtimes[start - 1]?.to ?? Infinity) > stretch.from) start -= 1;
  return downtimes.slice(start, end);
}
