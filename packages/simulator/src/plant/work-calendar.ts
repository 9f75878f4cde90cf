/** Time of day in the plant's zone, `HH:MM`. */
export interface DailyWindow {
  readonly from: string;
  readonly to: string;
}
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When people of the plant work and rest. Every day is the same, so only the zone's offset makes it a calendar. */
export interface WorkCalendar {
  /** Start of the shift that is on at this instant. */
  shiftStart(atMs: number): number;
  /** The break that is on at this instant, else the next one. */
  breakAt(atMs: number): Window;
}

const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;

export function createWorkCalendar(
  timeZone: string,
  shiftStarts: readonly string[],
  breaks: readonly DailyWindow[],
): WorkCalendar {
  const zone = createZone(timeZone);
  const around = [-1, 0, 1, 2];
  return {
    shiftStart(atMs) {
      const starts = around.flatMap((days) =>
        shiftStarts.map((time) => zone.instant(atMs, days, minutesOf(time))),
      );
      return Math.max(...starts.filter((start) => start <= atMs));
    },
    breakAt(atMs) {
      const windows = around.flatMap((days) =>
        breaks.map(({ from, to }) => ({
          fromMs: zone.instant(atMs, days, minutesOf(from)),
          toMs: zone.instant(atMs, days, minutesOf(to)),
        })),
      );
      const ahead = windows.filter(({ toMs }) => toMs > atMs).sort((a, b) => a.fromMs - b.fromMs);
      return ahead[0] ?? { fromMs: Number.POSITIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
    },
  };
}

function minutesOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function createZone(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  /** What a clock on the wall shows, as if it were UTC. */
  const wallMs = (atMs: number) => {
    const parts = Object.fromEntries(
      format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  return {
    /** The instant at which the wall shows `minutes` after midnight, `days` after the day of `atMs`. */
    instant(atMs: number, days: number, minutes: number): number {
      const wall = Math.floor(wallMs(atMs) / DAY_MS) * DAY_MS + days * DAY_MS + minutes * 60_000;
      const guess = wall - (wallMs(wall) - wall);
      // Once more with the offset that holds there; it differs only next to a change of the clocks.
      return wall - (wallMs(guess) - guess);
    },
  };
}
