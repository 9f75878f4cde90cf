import type { WorkCalendar } from '@ms5/domain';
import { defined } from './defined.ts';
import type { PlantFile } from './schema.ts';

export function compileCalendar({
  shifts,
  holidays,
  exceptions,
}: Pick<PlantFile, 'shifts' | 'holidays' | 'exceptions'>): WorkCalendar {
  return {
    shifts: shifts.map(({ rotation, ...shift }) => ({ ...shift, ...defined({ rotation }) })),
    ...(holidays.length === 0
      ? {}
      : { holidays: holidays.map(({ date, name, lines = [] }) => ({ date, name, lines })) }),
    ...(exceptions.length === 0
      ? {}
      : {
          exceptions: exceptions.map(({ date, shift, cancelled, lines = [], ...times }) => ({
            date,
            shift,
            cancelled,
            lines,
            ...defined(times),
          })),
        }),
  };
}
