import { z } from 'zod';
import { clockTime, flag, id, list, localDate, name, text, weekday, wholeNumber } from './schema-parts.ts';

const breaks = list(z.strictObject({ from: clockTime, to: clockTime }), 'a list of breaks');
const lines = list(text('a line as "area/line"'), 'a list of lines as "area/line"')
  .min(1, { error: 'at least one line (leave the field out for all lines)' })
  .optional();

export const shiftSchema = z.strictObject({
  id,
  name,
  days: list(weekday, 'a list of weekdays').min(1, { error: 'at least one weekday' }),
  from: clockTime,
  to: clockTime,
  breaks: breaks.default([]),
  rotation: z
    .strictObject(
      {
        weeks: wholeNumber.max(52, { error: 'a whole number from 1 to 52' }),
        worked: list(wholeNumber, 'a list of weeks, from 1 on').min(1, { error: 'at least one week' }),
        since: localDate,
      },
      { error: 'a rotation: weeks, worked, since' },
    )
    .optional(),
});

export const holidaySchema = z.strictObject({ date: localDate, name, lines });

export const exceptionSchema = z.strictObject({
  date: localDate,
  shift: id,
  cancelled: flag.default(false),
  name: name.optional(),
  from: clockTime.optional(),
  to: clockTime.optional(),
  breaks: breaks.optional(),
  lines,
});
