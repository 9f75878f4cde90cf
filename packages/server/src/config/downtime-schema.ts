import { z } from 'zod';
import { clockTime, duration, flag, id, list, name, text, weekday } from './schema-parts.ts';

const LOSSES = ['breakdown', 'setup', 'external', 'unexplained', 'plannedDowntime'] as const;
const STOP_STATES = ['stopped', 'idle', 'blocked', 'starved'] as const;

/** A leaf of the reason tree. */
export const reasonSchema = z.strictObject({
  code: id,
  name,
  loss: z.enum(LOSSES, { error: `a loss (${LOSSES.join(', ')})` }),
  failure: flag.default(false),
  group: id.optional(),
  retired: flag.default(false),
});

/** A branch of it. */
export const reasonGroupSchema = z.strictObject({ id, name, group: id.optional() });

const words = (what: string) =>
  list(text(what), `a list: ${what}`)
    .min(1, { error: `at least one: ${what}` })
    .optional();

const ruleSchema = z.strictObject({
  id,
  reason: id,
  lines: words('a line as "area/line"'),
  equipment: words('an equipment path "area/line/equipment"'),
  machineReasons: words('a reason the machine gives'),
  rawStates: words('a raw state of the machine'),
  modes: words('a mode'),
  alarms: words('the code of an alarm, or how it begins and "*"'),
  states: list(
    z.enum(STOP_STATES, { error: `a state (${STOP_STATES.join(', ')})` }),
    `a list of states (${STOP_STATES.join(', ')})`,
  )
    .min(1, { error: 'at least one state' })
    .optional(),
  between: z
    .strictObject(
      {
        from: clockTime,
        to: clockTime,
        days: list(weekday, 'a list of weekdays').min(1, { error: 'at least one weekday' }).optional(),
      },
      { error: 'hours: from, to, days' },
    )
    .optional(),
  longerThan: duration.optional(),
  shorterThan: duration.optional(),
});

export const downtimeSchema = z.strictObject(
  {
    mergeRun: duration.default(300_000),
    rules: list(ruleSchema, 'a list of rules').default([]),
  },
  { error: 'downtime: mergeRun, rules' },
);
