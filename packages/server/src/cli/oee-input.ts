import { parse } from 'csv-parse/sync';
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
const SHARE = 'a share from 0 to 1';
const share = z.number(expected(SHARE)).min(0, expected(SHARE)).max(1, expected(SHARE));
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

/** All but the observations: what a CSV file cannot say. */
const settings = {
  /** Instants carry their offset, so the zone decides nothing; it is kept for people who read the file. */
  timeZone: text.optional(),
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
  minCoverage: share.optional(),
  failureDivisor: z
    .enum(['failures', 'failuresPlusOne'], expected('"failures" or "failuresPlusOne"'))
    .optional(),
};
const history = {
  ...settings,
  window: interval,
  observations: z.array(observation, expected('a list of observations')),
};

const oneHistory = z.strictObject(
  { ...history, equipment: text.optional() },
  expected('an object with "window", "products" and "observations"'),
);
const severalHistories = z.array(
  z.strictObject(
    { ...history, equipment: text },
    expected('an object with "equipment", "window" and "observations"'),
  ),
);
const lineOfHistories = z.strictObject({
  line: z.strictObject({
    constraint: text,
    constraintByProduct: z.record(z.string(), text).optional(),
  }),
  equipment: severalHistories,
});
const csvSettings = z.strictObject({ ...settings, window: interval.optional() });
const csvRows = z.array(z.strictObject({ ...observation.shape, equipment: text.optional() }));

/** What the computation takes: one equipment, several, or a line. Instants as ms. */
export type OeeFile =
  | { readonly form: 'one'; readonly input: z.infer<typeof oneHistory> }
  | { readonly form: 'several'; readonly input: z.infer<typeof severalHistories> }
  | { readonly form: 'line'; readonly input: z.infer<typeof lineOfHistories> };

/** Reads a JSON input. Throws a `CliError` that lists every place that is wrong. */
export function parseOeeInput(file: string, json: string): OeeFile {
  const value = parseJson(file, json);
  if (Array.isArray(value)) return { form: 'several', input: checked(file, severalHistories, value) };
  if (typeof value === 'object' && value !== null && 'line' in value)
    return { form: 'line', input: checked(file, lineOfHistories, value) };
  return { form: 'one', input: checked(file, oneHistory, value) };
}

export type CsvSettings = z.infer<typeof csvSettings>;

export function parseCsvSettings(file: string, json: string): CsvSettings {
  return checked(file, csvSettings, parseJson(file, json));
}

const NUMBER_COLUMNS: ReadonlySet<string> = new Set(['good', 'scrap', 'rework', 'counter', 'rejectCounter']);

/**
 * Reads observations from CSV with a header: the columns are the fields of an observation, and `equipment` where
 * there are several. An empty field says nothing; the product `null` is no order. The window is that of the
 * settings, else from the first observation to the last.
 */
export function parseOeeCsv(file: string, csv: string, given: CsvSettings): OeeFile {
  const rows = checked(file, csvRows, csvRecords(file, csv).map(rowOf));
  const instants = rows.map((row) => row.at);
  const window = given.window ?? { from: Math.min(...instants), to: Math.max(...instants) };
  const byEquipment = Map.groupBy(rows, (row) => row.equipment ?? '');
  const historyFrom = (equipment: string, list: typeof rows): z.infer<typeof severalHistories>[number] => {
    const observations = list.map(({ equipment: _equipment, ...rest }) => rest);
    return { ...given, window, equipment, observations };
  };
  const inputs = [...byEquipment].map(([equipment, list]) => historyFrom(equipment, list));
  const [first] = inputs;
  if (first === undefined)
    throw new CliError(`${file} has no observations.`, ['Expected a header and at least one line.']);
  return inputs.length === 1 ? { form: 'one', input: first } : { form: 'several', input: inputs };
}

function csvRecords(file: string, csv: string): readonly Readonly<Record<string, string>>[] {
  try {
    return parse<Readonly<Record<string, string>>>(csv, {
      bom: true,
      columns: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    throw new CliError(`${file} is not CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function rowOf(record: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const fields = Object.entries(record).filter(([, value]) => value !== '');
  return Object.fromEntries(fields.map(([name, value]) => [name, fieldOf(name, value)]));
}

function fieldOf(name: string, value: string): unknown {
  if (NUMBER_COLUMNS.has(name)) return Number(value);
  if (name === 'at') return /^\d+$/.test(value) ? Number(value) : value;
  return name === 'product' && value === 'null' ? null : value;
}

function parseJson(file: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checked<Schema extends z.ZodType>(file: string, schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
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
