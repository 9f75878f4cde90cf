/** Instants as people of the site read them: in the site's time zone, whatever the browser's. */
export interface TimeFormat {
  /** `14:05` */
  time(at: number): string;
  /** `14:05:32` */
  timeSeconds(at: number): string;
  /** `Mon 23 Nov` */
  date(at: number): string;
}

const cache = new Map<string, TimeFormat>();

export function timeFormat(timeZone: string, locale: string): TimeFormat {
  const id = `${timeZone} ${locale}`;
  let format = cache.get(id);
  if (format === undefined) {
    format = createTimeFormat(timeZone, locale);
    cache.set(id, format);
  }
  return format;
}

function createTimeFormat(timeZone: string, locale: string): TimeFormat {
  const clock = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const time = new Intl.DateTimeFormat(locale, clock);
  const timeSeconds = new Intl.DateTimeFormat(locale, { ...clock, second: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  });
  return {
    time: (at) => time.format(at),
    timeSeconds: (at) => timeSeconds.format(at),
    date: (at) => date.format(at),
  };
}
