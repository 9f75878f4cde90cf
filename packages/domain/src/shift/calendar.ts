import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig, ShiftConfig } from '../plant/plant.ts';
import { lastStartedBy } from '../time/interval.ts';
import { addDays, instantOf, localDate } from '../time/zone.ts';
import { patternsOn } from './patterns-on.ts';
import type { PlanSegment } from './plan.ts';
import { planSegments } from './plan.ts';
import type { ShiftInstance } from './shift-instance.ts';
import { instanceOf } from './shift-instance.ts';

/** Shift instances of one set of patterns, complete for the local dates `firstDate` to `lastDate`. */
interface Calendar {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly coveredFrom: EpochMs;
  readonly coveredTo: EpochMs;
  /** Sorted by start. */
  readonly instances: readonly ShiftInstance[];
  /** The covered time cut by the plan. */
  readonly plan: readonly PlanSegment[];
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

/** The plan of a line over `[from, to)` as its shifts make it, without gap or overlap. */
export function calendarPlan(
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  to: EpochMs,
): readonly PlanSegment[] {
  if (to <= from) return [];
  const { plan } = calendarFor(config, line, from, to);
  const segments: PlanSegment[] = [];
  for (let index = Math.max(0, lastStartedBy(plan, from)); index < plan.length; index += 1) {
    const segment = plan[index];
    if (segment === undefined || segment.from >= to) break;
    const whole = segment.from >= from && segment.to <= to;
    segments.push(
      whole
        ? segment
        : { kind: segment.kind, from: Math.max(segment.from, from), to: Math.min(segment.to, to) },
    );
  }
  return segments;
}

const DAY_MS = 86_400_000;
/** A pattern ends by its start time on the next day: 24 h and a clock change. */
const MAX_SHIFT_MS = 26 * 3_600_000;
/** Days computed beyond what was asked, so that a moving clock asks seldom. */
const AHEAD_DAYS = 7;

function calendarFor(config: PlantConfig, line: LinePath, from: EpochMs, to: EpochMs): Calendar {
  const key = plantIndex(config).lines.get(line)?.shiftsKey ?? '';
  let byPatterns = calendars.get(config);
  if (byPatterns === undefined) {
    byPatterns = new Map();
    calendars.set(config, byPatterns);
  }
  const known = byPatterns.get(key);
  if (known !== undefined && known.coveredFrom <= from && known.coveredTo >= to) return known;
  const worked = plantIndex(config).lines.get(line)?.config.shifts ?? [];
  const patternsOf = (date: string): readonly ShiftConfig[] => patternsOn(config, line, worked, date);
  const calendar = extended(known, patternsOf, config.site.timeZone, from, to);
  byPatterns.set(key, calendar);
  return calendar;
}

/** A calendar over `[from, to)` and what `known` held, or afresh when the two lie far apart. */
function extended(
  known: Calendar | undefined,
  patternsOf: (date: string) => readonly ShiftConfig[],
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
    for (const pattern of patternsOf(date)) {
      const instance = instanceOf(pattern, date, timeZone);
      if (instance.to > instance.from) instances.push(instance);
    }
  }
  instances.sort((a, b) => a.from - b.from || a.to - b.to);
  const coveredFrom = instantOf(addDays(firstDate, 2), '00:00', timeZone);
  const coveredTo = instantOf(lastDate, '00:00', timeZone);
  const parts = {
    planned: instances,
    breaks: instances.flatMap(({ breaks }) => breaks),
    plannedDowntime: [],
  };
  const plan = planSegments(parts, coveredFrom, coveredTo);
  return { firstDate, lastDate, coveredFrom, coveredTo, instances, plan };
}
