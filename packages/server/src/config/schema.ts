import { z } from 'zod';
import { ROLES } from './roles.ts';
import { parseClockMinutes, parseCycleMs, parseDurationMs } from './duration.ts';

// In this file a schema's error text says what is expected; what was found is added from the file (source.ts).

const STATES = [
  'running',
  'stopped',
  'idle',
  'setup',
  'blocked',
  'starved',
  'notScheduled',
  'unknown',
] as const;

function text(expected: string, pattern = /\S/) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** A string that `parse` turns into a value, or refuses with `undefined`. */
function parsed<T>(expected: string, parse: (text: string) => T | undefined) {
  return z.string({ error: expected }).transform((value, context): T => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.issues.push({ code: 'custom', message: expected, input: value });
    return z.NEVER;
  });
}

const name = text('a name');
/** Ids become topic levels, so `/`, `+`, `#` and blanks are out. */
const id = text(
  'an id: letters, digits, "-", "_" or ".", starting with a letter or digit, at most 64 long',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
);
const duration = parsed('a duration such as "250ms", "30s", "5m" or "1h30m"', parseDurationMs);
const flag = z.boolean({ error: 'true or false' });
const clockTime = text('a time of day as "HH:MM", quoted', /^([01]\d|2[0-3]):[0-5]\d$/).refine(
  (value) => parseClockMinutes(value) !== undefined,
);

function list<T extends z.ZodType>(item: T, expected: string) {
  return z.array(item, { error: expected });
}

const state = z.enum(STATES, { error: `a state (${STATES.join(', ')})` });

const mapping = z.record(
  z.string(),
  z.union(
    [
      state.transform((value) => ({ state: value })),
      z.strictObject({ state, reason: z.string().optional() }),
    ],
    { error: `a state (${STATES.join(', ')}), or {state, reason}` },
  ),
  { error: 'a table from raw machine states to states' },
);

const equipment = z.strictObject({
  id,
  name,
  states: text('the name of a state mapping'),
  minorStop: duration.default(300_000),
  silentAfter: z
    .union([z.literal('never').transform(() => null), duration], {
      error: 'a duration such as "30s", or "never"',
    })
    .default(60_000),
  latenessWindow: duration.default(600_000),
  unitsPerCount: z
    .number({ error: 'a whole number above 0' })
    .int({ error: 'a whole number above 0' })
    .min(1, { error: 'a whole number above 0' })
    .default(1),
  counterRollsOverAt: z
    .number({ error: 'a whole number above 0' })
    .int({ error: 'a whole number above 0' })
    .min(1, { error: 'a whole number above 0' })
    .optional(),
  maxPartsPerMinute: z
    .number({ error: 'a number above 0' })
    .positive({ error: 'a number above 0' })
    .optional(),
  product: id.optional(),
  assumeQuality: flag.default(false),
});

const line = z.strictObject({
  id,
  name,
  constraint: id.optional(),
  shifts: list(id, 'a list of shift ids')
    .min(1, { error: 'at least one shift (leave the field out for all shifts)' })
    .optional(),
  equipment: list(equipment, 'a list of equipment').min(1, { error: 'at least one piece of equipment' }),
});

const area = z.strictObject({
  id,
  name,
  lines: list(line, 'a list of lines').min(1, { error: 'at least one line' }),
});

const product = z.strictObject({
  id,
  name,
  idealCycle: parsed('a time per unit such as "1.2s", or a rate such as "3000/h"', parseCycleMs).optional(),
});

const shift = z.strictObject({
  id,
  name,
  days: list(
    z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], {
      error: 'a weekday (mon, tue, wed, thu, fri, sat, sun)',
    }),
    'a list of weekdays',
  ).min(1, { error: 'at least one weekday' }),
  from: clockTime,
  to: clockTime,
  breaks: list(z.strictObject({ from: clockTime, to: clockTime }), 'a list of breaks').default([]),
});

const LOSSES = ['breakdown', 'setup', 'external', 'unexplained', 'plannedDowntime'] as const;
const reason = z.strictObject({
  code: id,
  name,
  loss: z.enum(LOSSES, { error: `a loss (${LOSSES.join(', ')})` }),
  failure: flag.default(false),
});

const shdrKey = text('an SHDR key', /^[^|\r\n]+$/);
const shdrConnector = z.strictObject({
  id,
  kind: z.literal('shdr', { error: '"shdr"' }),
  endpoint: text(
    'an endpoint "host:port"',
    /^[^\s:/]+:([1-9]\d{0,4})$|^\[[0-9a-fA-F:]+\]:([1-9]\d{0,4})$/,
  ).refine((value) => Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535, {
    error: 'an endpoint "host:port" with a port up to 65535',
  }),
  equipment: text('an equipment path "area/line/equipment"'),
  keys: z.strictObject(
    {
      execution: shdrKey.optional(),
      partCount: shdrKey.optional(),
      rejectCount: shdrKey.optional(),
      program: shdrKey.optional(),
      availability: shdrKey.optional(),
      mode: shdrKey.optional(),
    },
    { error: 'the SHDR keys to read' },
  ),
  programs: z.record(z.string(), id, { error: 'a table from program names to product ids' }).default({}),
  telemetry: list(shdrKey, 'a list of SHDR keys').default([]),
});

const user = z.strictObject({
  id,
  name,
  roles: list(z.enum(ROLES, { error: `a role (${ROLES.join(', ')})` }), 'a list of roles').min(1, {
    error: 'at least one role',
  }),
  password: text(
    'a password hash "scrypt$N$r$p$salt$hash"',
    /^scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9_-]{16,}\$[A-Za-z0-9_-]{32,}$/,
  ).optional(),
});

const site = z.strictObject({ id, name, timeZone: text('an IANA time zone such as "Europe/Berlin"') });

export const plantSchema = z.strictObject(
  {
    site,
    areas: list(area, 'a list of areas').min(1, { error: 'at least one area' }),
    products: list(product, 'a list of products').default([]),
    shifts: list(shift, 'a list of shifts').default([]),
    stateMappings: z.record(z.string(), mapping, { error: 'a table of state mappings by name' }).default({}),
    reasons: list(reason, 'a list of reasons').default([]),
    connectors: list(shdrConnector, 'a list of connectors').default([]),
    users: list(user, 'a list of users').default([]),
  },
  { error: 'a plant: site, areas, …' },
);

/** A plant file as written, durations already in ms. */
export type PlantFile = z.infer<typeof plantSchema>;
