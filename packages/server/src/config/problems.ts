/** One thing wrong with a plant file, at the place a person has to change. */
export interface PlantProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** For example `areas[0].lines[1].constraint`; empty for the whole file. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** One line a problem: `plant.yaml:12:7 areas[0].id: expected …, found …`. */
function formatProblem(problem: PlantProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : ` ${problem.path}`;
  return `${place}${path}: expected ${problem.expected}, found ${problem.found}`;
}

export function formatProblems(problems: readonly PlantProblem[]): string {
  return problems.map(formatProblem).join('\n');
}

/** A plant file that cannot be used; `message` is the formatted list. */
export class PlantConfigError extends Error {
  override readonly name = 'PlantConfigError';
  readonly code = 'plantConfig';
  readonly problems: readonly PlantProblem[];

  constructor(problems: readonly PlantProblem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}
