import { z } from 'zod';
import { parseClockMinutes, parseDurationMs } from './duration.ts';

// In these files a schema's error text says what is expected; what was found is added from the file (source.ts).

export function text(expected: string, pattern = /\S/) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** A string that `parse` turns into a value, or refuses with `undefined`. */
export function parsed<T>(expected: string, parse: (text: string) => T | undefined) {
  return z.string({ error: expected }).transform((value, context): T => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.issues.push({ code: 'custom', message: expected, input: value });
    return z.NEVER;
  });
}

export const name = text('a name');
/** Ids become topic levels, so `/`, `+`, `#` and blanks are out. */
export const id = text(
  'an id: letters, digits, "-", "_" or ".", starting with a letter or digit, at most 64 long',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
);
export const duration = parsed('a duration such as "250ms", "30s", "5m" or "1h30m"', parseDurationMs);
export const flag = z.boolean({ error: 'true or false' });
export const clockTime = text('a time of day as "HH:MM", quoted', /^([01]\d|2[0-3]):[0-5]\d$/).refine(
  (value) => parseClockMinutes(value) !== undefined,
);

export function list<T extends z.ZodType>(item: T, expected: string) {
  return z.array(item, { error: expected });
}

export const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], {
  error: 'a weekday (mon, tue, wed, thu, fri, sat, sun)',
});

export const wholeNumber = z
  .number({ error: 'a whole number above 0' })
  .int({ error: 'a whole number above 0' })
  .min(1, { error: 'a whole number above 0' });

export const localDate = text('a date "YYYY-MM-DD", quoted', /^\d{4}-\d{2}-\d{2}$/).refine(isCalendarDate, {
  error: 'a date of the calendar',
});

/** 30 February is none. */
function isCalendarDate(value: string): boolean {
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}
