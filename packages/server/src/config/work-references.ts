import type { PlantProblem } from './problems.ts';
import { duplicateIds, ids, reference } from './reference.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';

type LineFile = PlantFile['areas'][number]['lines'][number];
type DefectFile = PlantFile['defects'][number];

/** What a schema cannot see of defects, checks and changeovers. */
export function workProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  return [
    ...defectProblems(file.defects, ['defects'], new Set(), source),
    ...file.areas.flatMap((area, a) =>
      area.lines.flatMap((line, l) => lineProblems(file, line, ['areas', a, 'lines', l], source)),
    ),
  ];
}

/** Codes are used once in the whole tree. */
function defectProblems(
  defects: readonly DefectFile[],
  path: Path,
  seen: Set<string>,
  source: YamlSource,
): readonly PlantProblem[] {
  const problems: PlantProblem[] = [];
  for (const [index, { code, defects: below }] of defects.entries()) {
    if (seen.has(code)) problems.push(source.problem([...path, index, 'code'], 'a code not used before'));
    seen.add(code);
    problems.push(...defectProblems(below, [...path, index, 'defects'], seen, source));
  }
  return problems;
}

function lineProblems(
  file: PlantFile,
  { characteristics, scrapAlert, changeover }: LineFile,
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const products = ids(file.products);
  const problems = [...duplicateIds(characteristics, [...path, 'characteristics'], source)];
  for (const [c, characteristic] of characteristics.entries()) {
    const at: Path = [...path, 'characteristics', c];
    for (const [p, product] of characteristic.products.entries())
      problems.push(...reference([...at, 'products', p], product, products, 'a product', source));
    if (characteristic.kind === 'passFail') continue;
    const { lower = -Infinity, upper = Infinity, target } = characteristic;
    if (lower > upper) problems.push(source.problem([...at, 'upper'], 'a number not below "lower"'));
    if (target !== undefined && (target < lower || target > upper))
      problems.push(source.problem([...at, 'target'], 'a number between "lower" and "upper"'));
  }
  if (scrapAlert !== undefined && scrapAlert.clearAt >= scrapAlert.above)
    problems.push(source.problem([...path, 'scrapAlert', 'clearAt'], 'a number below "above"'));
  if (changeover === undefined) return problems;
  problems.push(...duplicateIds(changeover.steps, [...path, 'changeover', 'steps'], source));
  for (const [t, { from, to }] of changeover.targets.entries())
    for (const [end, product] of Object.entries({ from, to }))
      if (product !== undefined)
        problems.push(
          ...reference([...path, 'changeover', 'targets', t, end], product, products, 'a product', source),
        );
  return problems;
}
