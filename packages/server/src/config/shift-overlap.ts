import { patternsOn } from '@ms5/domain';
import { compileCalendar } from './compile-calendar.ts';
import { parseClockMinutes } from './duration.ts';
import type { PlantProblem } from './problems.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;

type Shift = PlantFile['shifts'][number];

interface Stretch {
  readonly shift: string;
  readonly from: number;
  readonly to: number;
}

/** Shifts of one line must not overlap, nor a shift with itself; breaks lie inside their shift, apart. */
export function shiftProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const breaks = file.shifts.flatMap((shift, index) => breakProblems(shift, ['shifts', index], source));
  const lines = file.areas.flatMap((area, a) =>
    area.lines.flatMap((line, l) => {
      const worked = line.shifts ?? file.shifts.map(({ id }) => id);
      const on = `on line ${area.id}/${line.id}`;
      const clash = firstClash(file.shifts.filter(({ id }) => worked.includes(id)));
      if (clash === undefined) return exceptionProblems(file, `${area.id}/${line.id}`, worked, source);
      const path: Path = line.shifts === undefined ? ['shifts', 0] : ['areas', a, 'lines', l, 'shifts'];
      const where = line.shifts === undefined ? clashPath(file, clash) : path;
      const found = `"${clash[0]}" and "${clash[1]}" overlapping ${on}`;
      return [source.problem(where, 'shifts that do not overlap on a line', found)];
    }),
  );
  return [...breaks, ...lines];
}

function clashPath(file: PlantFile, [, second]: readonly [string, string]): Path {
  return ['shifts', file.shifts.findIndex(({ id }) => id === second)];
}

/** Rotations begin anew together after so many weeks at most; beyond it clashes are not looked for. */
const MOST_WEEKS = 520;

function firstClash(shifts: readonly Shift[]): readonly [string, string] | undefined {
  if (shifts.length === 0) return undefined;
  const weeks = shifts.reduce((all, { rotation }) => leastCommonMultiple(all, rotation?.weeks ?? 1), 1);
  const since = Math.min(...shifts.map(({ rotation }) => dayOf(rotation?.since ?? '2026-01-05')));
  const days = Math.min(weeks, MOST_WEEKS) * 7;
  const stretches: Stretch[] = [];
  // One day more, so that the last one meets the first again.
  for (let day = since; day <= since + days; day += 1)
    for (const shift of shifts) if (isWorked(shift, day)) stretches.push(stretchOn(shift, day));
  return clashIn(stretches);
}

function clashIn(stretches: readonly Stretch[]): readonly [string, string] | undefined {
  const sorted = [...stretches].sort((a, b) => a.from - b.from);
  for (const [index, next] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && before.to > next.from) return [before.shift, next.shift];
  }
  return undefined;
}

/** Days since 1970, which began on a Thursday. */
function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / (DAY_MINUTES * 60_000));
}

function isWorked({ days, rotation }: Shift, day: number): boolean {
  const weekday = DAYS[(((day + 3) % 7) + 7) % 7];
  if (weekday === undefined || !days.includes(weekday)) return false;
  if (rotation === undefined) return true;
  const week = Math.floor((day - dayOf(rotation.since)) / 7) % rotation.weeks;
  return rotation.worked.includes(((week + rotation.weeks) % rotation.weeks) + 1);
}

function stretchOn(shift: Pick<Shift, 'id' | 'from' | 'to'>, day: number): Stretch {
  const { from, length } = extent(shift.from, shift.to);
  const start = day * DAY_MINUTES + from;
  return { shift: shift.id, from: start, to: start + length };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** Around each exception, the shifts as they then are. */
function exceptionProblems(
  file: PlantFile,
  line: string,
  worked: readonly string[],
  source: YamlSource,
): readonly PlantProblem[] {
  if (file.exceptions.length === 0) return [];
  const calendar = compileCalendar(file);
  return file.exceptions.flatMap(({ date }, index) => {
    const stretches = [-1, 0, 1].flatMap((offset) => {
      const day = dayOf(date) + offset;
      const then = new Date(day * DAY_MINUTES * 60_000).toISOString().slice(0, 10);
      return patternsOn(calendar, line, worked, then).map((pattern) => stretchOn(pattern, day));
    });
    const clash = clashIn(stretches);
    if (clash === undefined) return [];
    const found = `"${clash[0]}" and "${clash[1]}" overlapping on line ${line} then`;
    return [source.problem(['exceptions', index], 'shifts that do not overlap on a line', found)];
  });
}

function extent(fromText: string, toText: string): { readonly from: number; readonly length: number } {
  const from = parseClockMinutes(fromText) ?? 0;
  const to = parseClockMinutes(toText) ?? 0;
  return { from, length: to > from ? to - from : to - from + DAY_MINUTES };
}

function breakProblems(shift: Shift, path: Path, source: YamlSource): readonly PlantProblem[] {
  const { from: start, length } = extent(shift.from, shift.to);
  const problems: PlantProblem[] = [];
  const taken: { from: number; to: number }[] = [];
  for (const [index, pause] of shift.breaks.entries()) {
    const { from: clock, length: pauseLength } = extent(pause.from, pause.to);
    const from = (clock - start + DAY_MINUTES) % DAY_MINUTES;
    const to = from + pauseLength;
    const place: Path = [...path, 'breaks', index];
    const found = `${pause.from}–${pause.to}`;
    if (to > length) {
      problems.push(source.problem(place, `a break inside ${shift.from}–${shift.to}`, found));
    } else if (taken.some((other) => from < other.to && other.from < to)) {
      problems.push(source.problem(place, 'breaks that do not overlap', found));
    }
    taken.push({ from, to });
  }
  return problems;
}
