import { parseClockMinutes } from './duration.ts';
import type { PlantProblem } from './problems.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

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
      const clash = firstClash(file.shifts.filter(({ id }) => worked.includes(id)));
      if (clash === undefined) return [];
      const path: Path = line.shifts === undefined ? ['shifts', 0] : ['areas', a, 'lines', l, 'shifts'];
      const where = line.shifts === undefined ? clashPath(file, clash) : path;
      const found = `"${clash[0]}" and "${clash[1]}" overlapping on line ${area.id}/${line.id}`;
      return [source.problem(where, 'shifts that do not overlap on a line', found)];
    }),
  );
  return [...breaks, ...lines];
}

function clashPath(file: PlantFile, [, second]: readonly [string, string]): Path {
  return ['shifts', file.shifts.findIndex(({ id }) => id === second)];
}

function firstClash(shifts: readonly Shift[]): readonly [string, string] | undefined {
  const stretches = shifts.flatMap(weekOf).sort((a, b) => a.from - b.from);
  const first = stretches[0];
  if (first === undefined) return undefined;
  const wrapped = [...stretches, { ...first, from: first.from + WEEK_MINUTES, to: first.to + WEEK_MINUTES }];
  for (const [index, next] of wrapped.entries()) {
    const before = wrapped[index - 1];
    if (before !== undefined && before.to > next.from) return [before.shift, next.shift];
  }
  return undefined;
}

function weekOf(shift: Shift): readonly Stretch[] {
  const { from, length } = extent(shift.from, shift.to);
  return [...new Set(shift.days)].map((day) => {
    const start = DAYS.indexOf(day) * DAY_MINUTES + from;
    return { shift: shift.id, from: start, to: start + length };
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
