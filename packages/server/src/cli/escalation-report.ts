import type { PersonLoad, PolicyReport } from '@ms5/domain';

/** A policy report for people, instants in the site's time. */
export function describePolicyReport(report: PolicyReport, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short', timeZone });
  const time = (at: number): string => format.format(at);
  const { calls, unknownLines, firstTold, suppressed, untold, nobodyOnCall, holes } = report;
  const lines = [
    `${time(report.from)} to ${time(report.to)} (${timeZone}): ${calls} calls`,
    ...(unknownLines === 0 ? [] : [`${unknownLines} more on lines that this plant does not have`]),
    `Somebody was told of ${firstTold.calls}: after ${duration(firstTold.medianMs)} (median), ${duration(firstTold.p95Ms)} (95 %), ${duration(firstTold.maxMs)} (longest)`,
    `Suppressed: ${suppressed.quietHours} in quiet hours, ${suppressed.rateLimit} by rate limits; deferred to the end of quiet hours: ${suppressed.deferred}`,
    '',
    ...table(
      ['Level', 'Began'],
      Object.entries(report.levels).map(([level, count]) => [level, String(count)]),
    ),
    '',
    ...table(
      ['Person', 'Messages', 'By means', 'Most in an hour', 'Messages by hour of the day, 0 to 23'],
      report.people.map((load) => personRow(load, time)),
    ),
    ...section(
      'Calls of which nobody was told',
      untold.map(({ callId, line, receivedAt }) => `${callId}  ${line}  ${time(receivedAt)}`),
    ),
    ...section(
      'Nobody on call',
      nobodyOnCall.map(
        ({ callId, at, clock, level, goesUp }) =>
          `${callId}  ${clock} ${level}  ${time(at)}  ${goesUp ? 'went a level up' : 'no level above'}`,
      ),
    ),
    ...section(
      'Holes of rotas',
      holes.map(({ rota, from, to }) => `${rota}  ${time(from)} to ${time(to)}  (${duration(to - from)})`),
    ),
  ];
  return lines.join('\n');
}

function personRow(
  { person, messages, byMeans, byHour, busiestHour }: PersonLoad,
  time: (at: number) => string,
): readonly string[] {
  const means = Object.entries(byMeans).map(([name, count]) => `${name} ${count}`);
  const busiest = busiestHour === null ? '–' : `${busiestHour.messages} from ${time(busiestHour.from)}`;
  return [person, String(messages), means.join(', ') || '–', busiest, byHour.join(' ')];
}

function section(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0
    ? ['', `${title}: none`]
    : ['', `${title}: ${rows.length}`, ...rows.map((row) => `  ${row}`)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_title, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function duration(ms: number | null): string {
  if (ms === null) return '–';
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1000);
  if (minutes === 0) return `${seconds} s`;
  return minutes < 120 ? `${minutes} min ${seconds} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
