import { z } from 'zod';
import { CliError } from './cli-error.ts';

const INSTANT = 'an instant: ISO 8601 with zone, as "2026-01-31T06:00:00Z", or ms since the epoch';
const NUMBER = 'a number of at least 0';

const expected = (what: string): { error: string } => ({ error: `expected ${what}` });
const at = z.union(
  [z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
  expected(INSTANT),
);
const amount = z.number(expected(NUMBER)).min(0, expected(NUMBER));
const text = z.string(expected('a text'));
const interval = z.strictObject({ from: at, to: at });
const intervals = z.array(interval, expected('a list of {"from", "to"}'));
const flag = z.boolean(expected('true or false'));

const LOSSES = ['breakdown', 'setup', 'external', 'unexplained', 'plannedDowntime'] as const;

const observation = z.strictObject({
  at,
  state: text.optional(),
  reason: text.optional(),
  product: text.nullable().optional(),
  good: amount.optional(),
  scrap: amount.optional(),
  rework: amount.optional(),
  counter: amount.optional(),
  rejectCounter: amount.optional(),
});

const oeeInput = z.strictObject(
  {
    /** Instants carry their offset, so the zone decides nothing; it is kept for people who read the file. */
    timeZone: text.optional(),
    window: interval,
    planned: intervals.optional(),
    breaks: intervals.optional(),
    plannedDowntime: intervals.optional(),
    minorStopMs: amount.optional(),
    minorStopsCount: z
      .enum(['performance', 'availability'], expected('"performance" or "availability"'))
      .optional(),
    products: z
      .record(
        z.string(),
        z.strictObject({ idealCycleMs: amount.nullable().optional() }),
        expected('a table of products by id'),
      )
      .default({}),
    observations: z.array(observation, expected('a list of observations')),
    assumeQuality: flag.optional(),
    reasons: z
      .record(
        z.string(),
        z.strictObject({
          loss: z.enum(LOSSES, expected(`one of ${LOSSES.join(', ')}`)),
          failure: flag.default(false),
        }),
      )
      .optional(),
    startupMs: amount.optional(),
  },
  expected('an object with "window", "products" and "observations"'),
);

/** Input of `computeOee`, instants as ms. Throws a `CliError` that lists every place that is wrong. */
export function parseOeeInput(file: string, json: string): z.infer<typeof oeeInput> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = oeeInput.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${place(issue.path)}${messageOf(issue)}`);
  throw new CliError(`${file} cannot be computed:`, [...problems, 'See ms5 oee --help for the fields.']);
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}` : issue.message;
}

function place(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${text.replace(/^\./, '')}: `;
}
