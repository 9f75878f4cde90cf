import type { PlantProblem } from './problems.ts';
import type { Path, YamlSource } from './source.ts';

interface Named {
  readonly id: string;
}

export function duplicateIds(
  items: readonly Named[],
  path: Path,
  source: YamlSource,
  field = 'id',
): readonly PlantProblem[] {
  const problems: PlantProblem[] = [];
  const first = new Map<string, number>();
  for (const [index, { id }] of items.entries()) {
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    else {
      const where = `"${id}" again, as in ${path.at(-1)}[${earlier}]`;
      problems.push(
        source.problem(
          [...path, index, field],
          `${field === 'id' ? 'an' : 'a'} ${field} not used before`,
          where,
        ),
      );
    }
  }
  return problems;
}

export function reference(
  path: Path,
  value: string,
  known: readonly string[],
  what: string,
  source: YamlSource,
): readonly PlantProblem[] {
  if (known.includes(value)) return [];
  const choice = known.length === 0 ? 'there is none' : known.slice(0, 8).join(', ');
  const more = known.length > 8 ? ', …' : '';
  return [source.problem(path, `${what} (${choice}${more})`)];
}

export function ids(items: readonly Named[]): readonly string[] {
  return items.map(({ id }) => id);
}
