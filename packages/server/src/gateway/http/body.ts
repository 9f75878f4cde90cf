import type { z } from 'zod';
import { HttpProblem } from './problem.ts';

/** The body as the schema has it, or an `invalidBody` that names the first place that is wrong. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new HttpProblem('invalidBody', {
    message: issue?.message ?? 'The body does not have the expected shape.',
    ...(issue === undefined || issue.path.length === 0 ? {} : { path: issue.path.join('.') }),
  });
}

/** An instant given as ISO 8601 with zone, or as ms since the epoch. */
export function parseInstant(text: string | undefined, name: string): number {
  const value = text === undefined ? Number.NaN : /^\d+$/.test(text) ? Number(text) : parseIso(text);
  if (Number.isSafeInteger(value)) return value;
  throw new HttpProblem('invalidQuery', {
    path: name,
    message: `Query parameter "${name}": expected an instant such as 2026-01-31T06:00:00Z or 1769839200000, found ${
      text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 64))
    }.`,
  });
}

function parseIso(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/.test(text)
    ? Math.trunc(Date.parse(text))
    : Number.NaN;
}

/** Whether parsed JSON nests no deeper than `levels`; stops looking where it does. */
export function hasDepthAtMost(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => hasDepthAtMost(item, levels - 1));
}
