import type { LinePath, ShiftConfig, ShiftException, WorkCalendar } from '../plant/plant.ts';
import { daysBetween, weekdayOf } from '../time/zone.ts';

/**
 * The patterns a line works on a local date, with the times they have then. `worked`: ids of its patterns, empty: all.
 * An exception comes before a holiday, a holiday before the pattern's own days.
 */
export function patternsOn(
  { shifts, holidays = [], exceptions = [] }: WorkCalendar,
  line: LinePath,
  worked: readonly string[],
  date: string,
): readonly ShiftConfig[] {
  const own = worked.length === 0 ? shifts : shifts.filter(({ id }) => worked.includes(id));
  const isHoliday = holidays.some((holiday) => holiday.date === date && holds(holiday.lines, line));
  const found = new Map<string, ShiftConfig>();
  if (!isHoliday) for (const pattern of own) if (isWorked(pattern, date)) found.set(pattern.id, pattern);
  for (const exception of exceptions) {
    if (exception.date !== date || !holds(exception.lines, line)) continue;
    if (exception.cancelled) {
      found.delete(exception.shift);
      continue;
    }
    // Without lines, what is said of a pattern is said to those who work it.
    const among = exception.lines.length === 0 ? own : shifts;
    const isElsewhere = among === own && shifts.some(({ id }) => id === exception.shift);
    const usual = among.find(({ id }) => id === exception.shift);
    const then = usual === undefined && isElsewhere ? undefined : withException(usual, exception);
    if (then !== undefined) found.set(then.id, then);
  }
  return [...found.values()];
}

function holds(lines: readonly LinePath[], line: LinePath): boolean {
  return lines.length === 0 || lines.includes(line);
}

function isWorked({ days, rotation }: ShiftConfig, date: string): boolean {
  if (!days.includes(weekdayOf(date))) return false;
  if (rotation === undefined) return true;
  const weeks = Math.floor(daysBetween(rotation.since, date) / 7);
  const week = ((weeks % rotation.weeks) + rotation.weeks) % rotation.weeks;
  return rotation.worked.includes(week + 1);
}

/** A pattern as an exception has it; what it does not say is as usual. Without any times there is nothing to work. */
function withException(
  usual: ShiftConfig | undefined,
  { shift, name, from, to, breaks }: ShiftException,
): ShiftConfig | undefined {
  const start = from ?? usual?.from;
  const end = to ?? usual?.to;
  if (start === undefined || end === undefined) return undefined;
  return {
    id: shift,
    name: name ?? usual?.name ?? shift,
    days: usual?.days ?? [],
    from: start,
    to: end,
    // The usual breaks of other times are cut to them (SH3).
    breaks: breaks ?? usual?.breaks ?? [],
  };
}
