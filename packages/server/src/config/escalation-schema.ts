import { z } from 'zod';
import {
  clockTime,
  duration,
  id,
  list,
  localDate,
  name,
  text,
  weekday,
  wholeNumber,
} from './schema-parts.ts';
import { ROLES } from './roles.ts';

const CALL_TYPES = ['material', 'maintenance', 'quality', 'process', 'safety', 'other'] as const;
const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const localInstant = text(
  'a local date "YYYY-MM-DD", or with a time "YYYY-MM-DDTHH:MM", quoted',
  /^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):[0-5]\d)?$/,
).refine((value) => !Number.isNaN(Date.parse(value)), { error: 'a date of the calendar' });

const hours = z.strictObject({
  days: list(weekday, 'a list of weekdays')
    .min(1, { error: 'at least one weekday' })
    .default([...WEEKDAYS]),
  from: clockTime,
  to: clockTime,
});

const turn = z.strictObject({ from: localInstant, to: localInstant, person: id });

const rota = z.strictObject({
  id,
  name,
  handover: clockTime.default('06:00'),
  rotation: z
    .strictObject({
      begins: localDate,
      days: wholeNumber.default(7),
      people: list(id, 'a list of user ids').min(1, { error: 'at least one user id' }),
    })
    .optional(),
  turns: list(turn, 'a list of turns').default([]),
  substitutions: list(
    z.strictObject({
      from: localInstant,
      to: localInstant,
      person: z.union([z.literal('nobody').transform(() => null), id], { error: 'a user id, or "nobody"' }),
      for: id.optional(),
    }),
    'a list of substitutions',
  ).default([]),
  hours: list(hours, 'a list of hours').default([]),
});

const recipient = z.union(
  [
    z.strictObject({ role: z.enum(ROLES, { error: `a role (${ROLES.join(', ')})` }) }),
    z.strictObject({ person: id }),
    z.strictObject({ rota: id }),
  ],
  { error: '{role: …}, {person: …} or {rota: …}' },
);

const means = text(
  'screen, email, webhook, or a name that a plugin serves: lower-case letters, digits and dashes',
  /^[a-z][a-z0-9-]{0,31}$/,
);

const level = z.strictObject({
  after: duration.optional(),
  recipients: list(recipient, 'a list of recipients').min(1, { error: 'at least one recipient' }),
  means: list(means, 'a list of means').min(1, { error: 'at least one of them' }).default(['screen']),
});

const never = z.literal('never').transform(() => null);
/** Nobody is to be reminded every second. */
const MIN_REMINDER_MS = 60_000;
const DAY_MS = 86_400_000;

const policy = z.strictObject({
  id,
  place: text('an area, or a line "area/line"').optional(),
  types: list(z.enum(CALL_TYPES, { error: `a type (${CALL_TYPES.join(', ')})` }), 'a list of types').default(
    [],
  ),
  priorities: list(
    z.enum(PRIORITIES, { error: `a priority (${PRIORITIES.join(', ')})` }),
    'a list of priorities',
  ).default([]),
  toAcknowledge: list(level, 'a list of levels').min(1, { error: 'at least one level' }),
  toResolve: list(level, 'a list of levels').default([]),
  remind: z
    .union([never, duration.refine((ms) => ms >= MIN_REMINDER_MS)], {
      error: 'a duration of at least 1m, or "never"',
    })
    .default(null),
  quietHours: list(hours, 'a list of hours').default([]),
  inQuietHours: z.enum(['defer', 'suppress'], { error: '"defer" or "suppress"' }).default('defer'),
  rateLimit: z
    .strictObject({
      messages: wholeNumber,
      per: duration.refine((ms) => ms > 0 && ms <= DAY_MS, { error: 'a duration of at most 1d' }),
    })
    .optional(),
  displayWithin: z.union([never, duration], { error: 'a duration such as "1m", or "never"' }).default(60_000),
});

/** Who is told of calls, and when. */
export const escalationSchema = z.strictObject(
  {
    rotas: list(rota, 'a list of rotas').default([]),
    policies: list(policy, 'a list of policies').default([]),
  },
  { error: 'rotas and policies' },
);
