import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseDurationMs } from '../../config/duration.ts';
import type { PlantProblem } from '../../config/problems.ts';
import { parseYamlSource, type YamlSource } from '../../config/source.ts';
import { ALERT_NAMES, ALERT_RULES, type AlertName } from './alert-rules.ts';
import type { AlertTerms } from './alert-state.ts';
import type { AlertSettings } from './alerts.ts';
import { DEFAULT_HEALTH, type HealthSettings } from './health-settings.ts';

const A_TABLE = 'a table of settings';
const ALERT_CHOICE = `one of ${ALERT_NAMES.join(', ')}`;
const expectedDuration = 'a duration such as "0s", "10s" or "5m"';
const duration = z
  .string({ error: expectedDuration })
  .refine((text) => parseDurationMs(text) !== undefined, { error: expectedDuration })
  .transform((text) => parseDurationMs(text) ?? 0);
const number = z.number({ error: 'a number' }).min(0, { error: 'a number, 0 or more' });
const flag = z.boolean({ error: 'true or false' });
const bounds = z
  .tuple([number, number, number], { error: 'three numbers, for the levels 1, 2, 3' })
  .refine(([first, second, third]) => first > 0 && first <= second && second <= third, {
    error: 'three rising numbers above 0, for the levels 1, 2, 3',
  });

const AlertShape = z.strictObject(
  {
    enabled: flag.default(true),
    raise: number.optional(),
    clear: number.optional(),
    raiseAfter: duration.optional(),
    clearAfter: duration.optional(),
  },
  { error: A_TABLE },
);

const HealthShape = z.strictObject({
  alerts: z.partialRecord(z.enum(ALERT_NAMES, { error: ALERT_CHOICE }), AlertShape).default({}),
  degradation: z
    .strictObject({
      eventLoopDelayMs: bounds.optional(),
      flushShare: bounds.optional(),
      memoryShare: bounds.optional(),
      clearRatio: z.number({ error: 'a number between 0 and 1' }).gt(0).lt(1).optional(),
      raiseAfter: duration.optional(),
      clearAfter: duration.optional(),
    })
    .default({}),
  readiness: z.strictObject({ freeBytes: number.optional() }).default({}),
  memoryLimitBytes: z.number({ error: 'a number of bytes' }).min(1).optional(),
});
type HealthFile = z.infer<typeof HealthShape>;

export type HealthResult =
  | { readonly ok: true; readonly settings: HealthSettings }
  | { readonly ok: false; readonly problems: readonly PlantProblem[] };

/** Reads and checks a health file; rejects when it cannot be read. What it does not say is as without it. */
export async function loadHealthSettings(file: string): Promise<HealthResult> {
  return parseHealthSettings(file, await readFile(file, 'utf8'));
}

/** As `loadHealthSettings`, for text at hand; `file` only names it in messages. */
export function parseHealthSettings(file: string, text: string): HealthResult {
  const source = parseYamlSource(file, text);
  if (source.problems.length > 0) return { ok: false, problems: source.problems };
  const parsed = HealthShape.safeParse(source.value ?? {});
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(source, issue)) };
  const problems = clearProblems(source, parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: settingsOf(parsed.data) };
}

function problemsOf(source: YamlSource, issue: z.core.$ZodIssue): readonly PlantProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const expected = path[0] === 'alerts' && path.length === 1 ? ALERT_CHOICE : 'a known setting';
    return issue.keys.map((key) => source.keyProblem([...path, key], expected, JSON.stringify(key)));
  }
  return [source.problem(path, issue.message)];
}

/** An alert must clear on the good side of where it is raised, or it would flap. */
function clearProblems(source: YamlSource, { alerts }: HealthFile): readonly PlantProblem[] {
  return ALERT_NAMES.flatMap((name) => {
    const terms = termsOf(name, alerts[name]);
    if (terms === null) return [];
    const isBelow = ALERT_RULES[name].side === 'below';
    if (isBelow ? terms.clear >= terms.raise : terms.clear <= terms.raise) return [];
    const wanted = `at ${isBelow ? 'least' : 'most'} ${terms.raise}, where the alert is raised`;
    return [source.problem(['alerts', name, 'clear'], wanted, String(terms.clear))];
  });
}

function termsOf(name: AlertName, given: HealthFile['alerts'][AlertName]): AlertTerms | null {
  const usual = ALERT_RULES[name].terms;
  if (given === undefined) return usual;
  if (!given.enabled) return null;
  return {
    raise: given.raise ?? usual.raise,
    clear: given.clear ?? usual.clear,
    raiseAfterMs: given.raiseAfter ?? usual.raiseAfterMs,
    clearAfterMs: given.clearAfter ?? usual.clearAfterMs,
  };
}

function settingsOf({ alerts, degradation, readiness, memoryLimitBytes }: HealthFile): HealthSettings {
  const usual = DEFAULT_HEALTH.degradation;
  const entries = ALERT_NAMES.map((name) => [name, termsOf(name, alerts[name])] as const);
  return {
    alerts: Object.fromEntries(entries) as Record<AlertName, AlertSettings[AlertName]>,
    degradation: {
      bounds: {
        eventLoopDelayMs: degradation.eventLoopDelayMs ?? usual.bounds.eventLoopDelayMs,
        flushShare: degradation.flushShare ?? usual.bounds.flushShare,
        memoryShare: degradation.memoryShare ?? usual.bounds.memoryShare,
      },
      clearRatio: degradation.clearRatio ?? usual.clearRatio,
      raiseAfterMs: degradation.raiseAfter ?? usual.raiseAfterMs,
      clearAfterMs: degradation.clearAfter ?? usual.clearAfterMs,
    },
    readyFreeBytes: readiness.freeBytes ?? DEFAULT_HEALTH.readyFreeBytes,
    memoryLimitBytes: memoryLimitBytes ?? null,
  };
}
