import type { z } from 'zod';
import type { PlantProblem } from './problems.ts';
import { plantSchema, type PlantFile } from './schema.ts';
import type { Path, PathPart, YamlSource } from './source.ts';

export type Validated =
  | { readonly ok: true; readonly file: PlantFile }
  | { readonly ok: false; readonly problems: readonly PlantProblem[] };

/** Checks the shape against the schema; every deviation is reported, in the order of the file. */
export function validatePlant(source: YamlSource): Validated {
  const result = plantSchema.safeParse(source.value);
  if (result.success) return { ok: true, file: result.data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, source));
  return { ok: false, problems };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, source: YamlSource): readonly PlantProblem[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.keyProblem([...path, key], 'a known field', `the unknown field "${key}"`),
    );
  }
  if (issue.code === 'invalid_union') return unionProblems(issue, path, source);
  return [source.problem(path, issue.message)];
}

/** A union's own text names all alternatives; an unknown field inside the table form is still told apart. */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const tableForm = issue.errors.find((alternative) =>
    alternative.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
  if (tableForm === undefined || tableForm.length === 0) return [source.problem(path, issue.message)];
  return tableForm.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, source));
}

function pathOf(issue: Issue): Path {
  return issue.path.map((part): PathPart => (typeof part === 'symbol' ? String(part) : part));
}
