import { z } from 'zod';
import { defectSchema, lineWorkSchema } from './work-schema.ts';
import { ROLES } from './roles.ts';
import { parseCycleMs } from './duration.ts';
import { exceptionSchema, holidaySchema, shiftSchema } from './calendar-schema.ts';
import { downtimeSchema, reasonGroupSchema, reasonSchema } from './downtime-schema.ts';
import { escalationSchema } from './escalation-schema.ts';
import { duration, flag, id, list, localDate, name, parsed, text, wholeNumber } from './schema-parts.ts';

const cycle = parsed('a time per unit such as "1.2s", or a rate such as "3000/h"', parseCycleMs);

/** One for always, or several with the local date from which each holds; the first may hold from ever. */
const idealCycle = z.union(
  [
    cycle.transform((value) => [{ from: undefined, value }]),
    list(z.strictObject({ from: localDate.optional(), value: cycle }), 'a list of {from, value}').min(1),
  ],
  { error: 'a time per unit such as "1.2s", a rate such as "3000/h", or a list of {from, value}' },
);

const share = z
  .number({ error: 'a share from 0 to 1' })
  .min(0, { error: 'a share from 0 to 1' })
  .max(1, { error: 'a share from 0 to 1' });

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

const modeName = text('the name of a mode');

const pulse = z.strictObject(
  {
    stoppedAfterCycles: z
      .number({ error: 'a number of cycles, at least 1' })
      .min(1, { error: 'a number of cycles, at least 1' }),
    stoppedAfter: duration.optional(),
    runsFrom: z.enum(['pulse', 'cycleBefore'], { error: '"pulse" or "cycleBefore"' }).default('pulse'),
  },
  { error: 'pulse: stoppedAfterCycles, stoppedAfter, runsFrom' },
);

const equipment = z.strictObject({
  id,
  name,
  states: text('the name of a state mapping').optional(),
  packml: flag.optional(),
  modes: text('the name of a mode mapping').optional(),
  pulse: pulse.optional(),
  minorStop: duration.default(300_000),
  silentAfter: z
    .union([z.literal('never').transform(() => null), duration], {
      error: 'a duration such as "30s", or "never"',
    })
    .optional(),
  latenessWindow: duration.default(600_000),
  unitsPerCount: wholeNumber.default(1),
  counterRollsOverAt: wholeNumber.optional(),
  maxPartsPerMinute: z
    .number({ error: 'a number above 0' })
    .positive({ error: 'a number above 0' })
    .optional(),
  product: id.optional(),
  assumeQuality: flag.default(false),
  idealCycles: z.record(id, idealCycle, { error: 'a table from products to ideal cycles' }).default({}),
  commissioning: flag.default(false),
});

const line = z.strictObject({
  id,
  name,
  constraint: id.optional(),
  shifts: list(id, 'a list of shift ids')
    .min(1, { error: 'at least one shift (leave the field out for all shifts)' })
    .optional(),
  constraintByProduct: z.record(id, id, { error: 'a table from products to equipment' }).default({}),
  editWindow: duration.default(7 * 86_400_000),
  oeeThresholds: list(
    z.strictObject({
      figure: z.enum(['availability', 'performance', 'quality', 'oee'], {
        error: 'a figure (availability, performance, quality, oee)',
      }),
      below: z.number({ error: 'a number above 0' }).positive({ error: 'a number above 0' }),
      hysteresis: share.default(0.02),
    }),
    'a list of {figure, below, hysteresis}',
  ).default([]),
  ...lineWorkSchema,
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
  idealCycle: idealCycle.optional(),
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
  email: text('an e-mail address', /^[^\s@<>,;]+@[^\s@<>,;]+$/).optional(),
  language: z.enum(['en', 'de'], { error: '"en" or "de"' }).default('en'),
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
    shifts: list(shiftSchema, 'a list of shifts').default([]),
    holidays: list(holidaySchema, 'a list of holidays').default([]),
    exceptions: list(exceptionSchema, 'a list of exceptions').default([]),
    rollUpMinCoverage: share.optional(),
    stateMappings: z.record(z.string(), mapping, { error: 'a table of state mappings by name' }).default({}),
    modeMappings: z
      .record(z.string(), z.record(z.string(), modeName, { error: 'a table from raw modes to modes' }), {
        error: 'a table of mode mappings by name',
      })
      .default({}),
    modeTimes: z
      .record(
        z.string(),
        z.enum(['state', 'plannedDowntime', 'setup'], { error: '"state", "plannedDowntime" or "setup"' }),
        { error: 'a table from modes to what their time is' },
      )
      .default({}),
    reasons: list(reasonSchema, 'a list of reasons').default([]),
    defects: list(defectSchema, 'a list of defects').default([]),
    reasonGroups: list(reasonGroupSchema, 'a list of reason groups').default([]),
    downtime: downtimeSchema.prefault({}),
    connectors: list(shdrConnector, 'a list of connectors').default([]),
    users: list(user, 'a list of users').default([]),
    escalation: escalationSchema.prefault({}),
  },
  { error: 'a plant: site, areas, …' },
);

/** A plant file as written, durations already in ms. */
export type PlantFile = z.infer<typeof plantSchema>;
