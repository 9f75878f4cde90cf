import type { PlantProblem } from './problems.ts';
import { reference } from './reference.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';

/** Rotations, holidays and exceptions that cannot be meant. */
export function calendarProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  return [
    ...rotationProblems(file, source),
    ...lineProblems(file, 'holidays', source),
    ...lineProblems(file, 'exceptions', source),
    ...exceptionProblems(file, source),
  ];
}

function rotationProblems({ shifts }: PlantFile, source: YamlSource): readonly PlantProblem[] {
  return shifts.flatMap(({ rotation }, s) =>
    (rotation?.worked ?? []).flatMap((week, w) =>
      rotation === undefined || week <= rotation.weeks
        ? []
        : [source.problem(['shifts', s, 'rotation', 'worked', w], `a week from 1 to ${rotation.weeks}`)],
    ),
  );
}

function lineProblems(
  file: PlantFile,
  part: 'holidays' | 'exceptions',
  source: YamlSource,
): readonly PlantProblem[] {
  const known = file.areas.flatMap((area) => area.lines.map((line) => `${area.id}/${line.id}`));
  return file[part].flatMap(({ lines = [] }, index) =>
    lines.flatMap((line, l) => reference([part, index, 'lines', l], line, known, 'a line', source)),
  );
}

function exceptionProblems({ shifts, exceptions }: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const known = shifts.map(({ id }) => id);
  return exceptions.flatMap(({ shift, cancelled, from, to, breaks, name }, index): PlantProblem[] => {
    const path: Path = ['exceptions', index];
    if (cancelled) {
      const extra = [from, to, breaks, name].some((field) => field !== undefined);
      return [
        ...reference([...path, 'shift'], shift, known, 'a shift', source),
        ...(extra
          ? [source.problem([...path, 'cancelled'], 'nothing beside it: a cancelled shift has no times')]
          : []),
      ];
    }
    if (known.includes(shift)) return [];
    return from === undefined || to === undefined
      ? [
          source.problem(
            [...path, 'shift'],
            `a shift (${known.slice(0, 8).join(', ')}), or from and to of one that is worked on this date only`,
          ),
        ]
      : [];
  });
}
