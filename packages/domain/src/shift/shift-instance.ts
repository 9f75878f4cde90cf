import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig, ShiftConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { normalised } from '../time/interval.ts';
import { addDays, instantOf, localDate, weekdayOf } from '../time/zone.ts';

/** A shift pattern on one day, in instants. */
export interface ShiftInstance extends Interval {
  /** `{local date it starts on}.{pattern id}`. */
  readonly id: string;
  readonly name: string;
  readonly breaks: readonly Interval[];
}

/** Instances per set of patterns, complete for the local dates `firstDate` to `lastDate`. Sorted by `from`. */
interface Calendar {
  firstDate: string;
  lastDate: string;
  coveredFrom: EpochMs;
  coveredTo: EpochMs;
  instances: ShiftInstance[];
}

const calendars = new WeakMap<PlantConfig, Map<string, Calendar>>();

/** The shift instance at work on a line at `at`; the later starting one when two overlap. */
export function currentShift(config: PlantConfig, line: LinePath, at: EpochMs): ShiftInstance | null {
  const { instances } = calendarFor(config, line, at, at + 1);
  for (let index = lastStartedBy(instances, at); index >= 0; index -= 1) {
    const instance = instances[index];
    if (instance === undefined || at - instance.from > MAX_SHIFT_MS) return null;
    if (instance.to > at) return instance;
  }
  return null;
}

/** Instances that overlap `[from, to)`, sorted by start. */
export function shiftsBetween(
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  to: EpochMs,
): readonly ShiftInstance[] {
  const { instances } = calendarFor(config, line, from, to);
  const found: ShiftInstance[] = [];
  for (let index = lastStartedBy(instances, from - MAX_SHIFT_MS) + 1; index < instances.length; index += 1) {
    const instance = instances[index];
    if (instance === undefined || instance.from >= to) break;
    if (instance.to > from) found.push(instance);
  }
  return found;
}

/** The instance that ended last at or before `at`, looking back up to eight days. */
export function previousShift(config: PlantConfig, line: LinePath, at: EpochMs): ShiftInstance | null {
  const ended = shiftsBetween(config, line, at - 8 * DAY_MS, at).filter(({ to }) => to <= at);
  return ended.reduce<ShiftInstance | null>(
    (latest, instance) => (latest === null || instance.to >= latest.to ? instance : latest),
    null,
  );
}

const DAY_MS = 86_400_000;
/** A pattern ends by its start time on the next day: 24 h and a clock change. */
const MAX_SHIFT_MS = 26 * 3_600_000;
/** Days computed beyond what was asked, so that a moving clock asks seldom. */
const AHEAD_DAYS = 7;

function lastStartedBy(instances: readonly ShiftInstance[], at: EpochMs): number {
  let low = -1;
  let high = instances.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((instances[middle]?.from ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

function calendarFor(config: PlantConfig, line: LinePath, from: EpochMs, to: EpochMs): Calendar {
  const worked = plantIndex(config).lines.get(line)?.config.shifts ?? [];
  const key = worked.join('\n');
  let byPatterns = calendars.get(config);
  if (byPatterns === undefined) {
    byPatterns = new Map();
    calendars.set(config, byPatterns);
  }
  const known = byPatterns.get(key);
  if (known !== undefined && known.coveredFrom <= from && known.coveredTo >= to) return known;
  const patterns =
    worked.length === 0 ? config.shifts : config.shifts.filter(({ id }) => worked.includes(id));
  const calendar = extended(known, patterns, config.site.timeZone, from, to);
  byPatterns.set(key, calendar);
  return calendar;
}

/** A calendar over `[from, to)` and what `known` held, or afresh when the two lie far apart. */
function extended(
  known: Calendar | undefined,
  patterns: readonly ShiftConfig[],
  timeZone: string,
  from: EpochMs,
  to: EpochMs,
): Calendar {
  const near =
    known !== undefined && from < known.coveredTo + 40 * DAY_MS && to > known.coveredFrom - 40 * DAY_MS;
  // An overnight shift of the day before may reach into `from`.
  const wantedFirst = addDays(localDate(from, timeZone), -2);
  const wantedLast = addDays(localDate(to, timeZone), AHEAD_DAYS);
  const firstDate = near && known.firstDate < wantedFirst ? known.firstDate : wantedFirst;
  const lastDate = near && known.lastDate > wantedLast ? known.lastDate : wantedLast;
  const instances: ShiftInstance[] = [];
  for (let date = firstDate; date <= lastDate; date = addDays(date, 1)) {
    if (near && date === known.firstDate) {
      instances.push(...known.instances);
      date = known.lastDate;
      continue;
    }
    const weekday = weekdayOf(date);
    for (const pattern of patterns) {
      if (!pattern.days.includes(weekday)) continue;
      const instance = instanceOf(pattern, date, timeZone);
      if (instance.to > instance.from) instances.push(instance);
    }
  }
  return {
    firstDate,
    lastDate,
    coveredFrom: instantOf(addDays(firstDate, 2), '00:00', timeZone),
    coveredTo: instantOf(lastDate, '00:00', timeZone),
    instances: instances.sort((a, b) => a.from - b.from || a.to - b.to),
  };
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
