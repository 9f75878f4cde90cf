import type { HttpProblem } from './problem.ts';

/** HTTP requests and upgrades answered with a problem since the start, by code; codes are the catalogue's. */
export interface ProblemCounts {
  add(problem: HttpProblem): void;
  counts(): Readonly<Record<string, number>>;
  /** Those for want of a valid token or login. */
  unauthorized(): number;
}

export function createProblemCounts(): ProblemCounts {
  const counts = new Map<string, number>();
  let unauthorized = 0;
  return {
    add(problem) {
      const { code } = problem.body().error;
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (problem.status === 401) unauthorized += 1;
    },
    counts: () => Object.fromEntries(counts),
    unauthorized: () => unauthorized,
  };
}
