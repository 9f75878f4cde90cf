import type { LocalHours, LocalInstant, RotaConfig } from '../plant/escalation-config.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { addDays, daysBetween, instantOf, localDate, weekdayOf } from '../time/zone.ts';

const DAY_MS = 86_400_000;

/** Who is on call at `at`; `null`: nobody. */
export function onCall(rota: RotaConfig, timeZone: string, at: EpochMs): string | null {
  if (rota.hours.length > 0 && !isWithinHours(rota.hours, timeZone, at)) return null;
  const covers = ({ from, to }: { readonly from: LocalInstant; readonly to: LocalInstant }): boolean =>
    instantIn(rota, from, timeZone) <= at && at < instantIn(rota, to, timeZone);
  const turn = rota.turns.findLast(covers);
  const planned = turn === undefined ? byRotation(rota, timeZone, at) : turn.person;
  const substitution = rota.substitutions.findLast(
    (each) => (each.for === undefined || each.for === planned) && covers(each),
  );
  return substitution === undefined ? planned : substitution.person;
}

/** Whether `at` lies in hours of the site's local time. They belong to the day they start on. */
export function isWithinHours(hours: readonly LocalHours[], timeZone: string, at: EpochMs): boolean {
  return hoursAround(hours, timeZone, at).length > 0;
}

/** Hours that follow each other without end are no hours any more. */
const MOST_HOURS = 100;

/** The first instant from `at` on that lies in none of these hours; `null`: all do. */
export function endOfHours(hours: readonly LocalHours[], timeZone: string, at: EpochMs): EpochMs | null {
  let end = at;
  for (let count = 0; count < MOST_HOURS; count += 1) {
    const around = hoursAround(hours, timeZone, end);
    if (around.length === 0) return end;
    end = Math.max(...around.map(({ to }) => to));
  }
  return null;
}

/** The stretches of these hours in which `at` lies. */
function hoursAround(hours: readonly LocalHours[], timeZone: string, at: EpochMs): readonly Interval[] {
  const today = localDate(at, timeZone);
  return [addDays(today, -1), today]
    .flatMap((date) => hours.map((each) => spanOf(each, date, timeZone)))
    .filter((span) => span !== null)
    .filter(({ from, to }) => from <= at && at < to);
}

/** How far ahead somebody is looked for. */
const LOOKED_AHEAD_DAYS = 400;
const FOUND_KEPT = 1000;
const found = new WeakMap<RotaConfig, Map<EpochMs, EpochMs | null>>();

/** The first instant from `from` on at which somebody is on call; `null`: nobody is for more than a year. */
export function nextOnCall(rota: RotaConfig, timeZone: string, from: EpochMs): EpochMs | null {
  const known = found.get(rota) ?? new Map<EpochMs, EpochMs | null>();
  found.set(rota, known);
  const cached = known.get(from);
  if (cached !== undefined) return cached;
  if (known.size >= FOUND_KEPT) known.clear();
  const next = searchOnCall(rota, timeZone, from);
  known.set(from, next);
  return next;
}

function searchOnCall(rota: RotaConfig, timeZone: string, from: EpochMs): EpochMs | null {
  if (onCall(rota, timeZone, from) !== null) return from;
  for (let day = 0; day < LOOKED_AHEAD_DAYS; day += 1) {
    const start = from + day * DAY_MS;
    const edges = changesOf(rota, timeZone, start - 1, start + DAY_MS).toSorted((a, b) => a - b);
    const next = edges.find((at) => at >= from && onCall(rota, timeZone, at) !== null);
    if (next !== undefined) return next;
  }
  return null;
}

/** Stretches of `[from, to)` in which nobody is on call. */
export function rotaHoles(
  rota: RotaConfig,
  timeZone: string,
  from: EpochMs,
  to: EpochMs,
): readonly { readonly from: EpochMs; readonly to: EpochMs }[] {
  const edges = [...new Set([from, ...changesOf(rota, timeZone, from, to)])].sort((a, b) => a - b);
  const holes: { from: EpochMs; to: EpochMs }[] = [];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1] ?? to;
    if (onCall(rota, timeZone, start) !== null) continue;
    const last = holes.at(-1);
    if (last?.to === start) last.to = end;
    else holes.push({ from: start, to: end });
  }
  return holes;
}

/** Every instant within the window at which another person may be on call. */
function changesOf(rota: RotaConfig, timeZone: string, from: EpochMs, to: EpochMs): readonly EpochMs[] {
  const dated = [...rota.turns, ...rota.substitutions].flatMap((each) => [
    instantIn(rota, each.from, timeZone),
    instantIn(rota, each.to, timeZone),
  ]);
  const edges = [...dated];
  const last = localDate(to, timeZone);
  for (let date = addDays(localDate(from, timeZone), -1); date <= last; date = addDays(date, 1)) {
    edges.push(instantOf(date, rota.handover, timeZone));
    for (const each of rota.hours) {
      const span = spanOf(each, date, timeZone);
      if (span !== null) edges.push(span.from, span.to);
    }
  }
  return edges.filter((at) => at > from && at < to);
}

function spanOf(
  { days, from, to }: LocalHours,
  date: string,
  timeZone: string,
): { readonly from: EpochMs; readonly to: EpochMs } | null {
  if (!days.includes(weekdayOf(date))) return null;
  return {
    from: instantOf(date, from, timeZone),
    to: instantOf(to <= from ? addDays(date, 1) : date, to, timeZone),
  };
}

function byRotation({ rotation, handover }: RotaConfig, timeZone: string, at: EpochMs): string | null {
  if (rotation === null) return null;
  const today = localDate(at, timeZone);
  const date = at < instantOf(today, handover, timeZone) ? addDays(today, -1) : today;
  const day = daysBetween(rotation.begins, date);
  if (day < 0) return null;
  return rotation.people[Math.floor(day / rotation.days) % rotation.people.length] ?? null;
}

function instantIn({ handover }: RotaConfig, local: LocalInstant, timeZone: string): EpochMs {
  const [date = local, time = handover] = local.split('T');
  return instantOf(date, time, timeZone);
}
