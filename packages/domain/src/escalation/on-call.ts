import type { LocalHours, LocalInstant, RotaConfig } from '../plant/escalation-config.ts';
import type { EpochMs } from '../plant/plant.ts';
import { addDays, instantOf, localDate, weekdayOf } from '../time/zone.ts';

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
  const today = localDate(at, timeZone);
  return [addDays(today, -1), today].some((date) =>
    hours.some((each) => {
      const span = spanOf(each, date, timeZone);
      return span !== null && span.from <= at && at < span.to;
    }),
  );
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
  const day = Math.round((Date.parse(date) - Date.parse(rotation.begins)) / DAY_MS);
  if (day < 0) return null;
  return rotation.people[Math.floor(day / rotation.days) % rotation.people.length] ?? null;
}

function instantIn({ handover }: RotaConfig, local: LocalInstant, timeZone: string): EpochMs {
  const [date = local, time = handover] = local.split('T');
  return instantOf(date, time, timeZone);
}
