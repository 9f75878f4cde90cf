import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { nextLocalHour } from '../time/zone.ts';

/** The window cut at the site's full hours; a clock change inside an hour cuts it where the clock shows a full one. */
export function hourStretches({ from, to }: Interval, timeZone: string): readonly Interval[] {
  const stretches: Interval[] = [];
  let start: EpochMs = from;
  while (start < to) {
    const end = Math.min(to, nextLocalHour(start, timeZone));
    stretches.push({ from: start, to: end });
    start = end;
  }
  return stretches;
}
