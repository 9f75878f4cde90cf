import type { EpochMs, ShiftConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { normalised } from '../time/interval.ts';
import { addDays, instantOf } from '../time/zone.ts';

/** A shift pattern on one day, in instants. */
export interface ShiftInstance extends Interval {
  /** `{local date it starts on}.{pattern id}`. */
  readonly id: string;
  readonly name: string;
  readonly breaks: readonly Interval[];
}

/** A pattern on the local date it starts on. A break at or after midnight of an overnight shift is the next day's. */
export function instanceOf(pattern: ShiftConfig, date: string, timeZone: string): ShiftInstance {
  const nextDate = addDays(date, 1);
  const overnight = pattern.to <= pattern.from;
  const from = instantOf(date, pattern.from, timeZone);
  const to = instantOf(overnight ? nextDate : date, pattern.to, timeZone);
  const dated = (time: string): EpochMs =>
    instantOf(overnight && time < pattern.from ? nextDate : date, time, timeZone);
  const breaks = pattern.breaks.map((pause) => ({
    from: Math.max(from, dated(pause.from)),
    // A break that ends exactly when the pattern starts again would be the next day's end: it closes the shift.
    to: Math.min(to, pause.to === pattern.from ? to : dated(pause.to)),
  }));
  return { id: `${date}.${pattern.id}`, name: pattern.name, from, to, breaks: normalised(breaks) };
}
