import type { ReplayReport } from '../engine/index.ts';

/** What was found in a recording, for a person; instants in UTC, as recordings have them. */
export function describeReplay(file: string, report: ReplayReport): string {
  const { summary, rejected, refused } = report;
  const stretch = ({ from, to }: { readonly from: number; readonly to: number }): string =>
    `${instant(from)} to ${instant(to)}  ${seconds(to - from)}`;
  return [
    `${file}: ${summary.equipment}, ${instant(summary.from)} to ${instant(summary.to)} UTC`,
    '',
    `Program cycles: ${summary.cycles.length}`,
    ...summary.cycles.map((cycle) => `  ${stretch(cycle)}  ${partsText(cycle.parts)}`),
    '',
    `Parts: ${summary.parts.produced}`,
    `  inside program cycles   ${summary.parts.inCycles}`,
    `  seen, but in no cycle   ${summary.parts.outsideCycles}`,
    `  made unobserved         ${summary.parts.unobserved.reduce((sum, { produced }) => sum + produced, 0)}`,
    ...summary.parts.unobserved.flatMap(({ since, at, produced, stretches }) => [
      `    ${partsText(produced)} between the readings at ${instant(since)} and ${instant(at)}; nothing was heard`,
      ...stretches.map((gap) => `      ${stretch(gap)}`),
    ]),
    '',
    'Time per execution state, observed',
    ...Object.entries(summary.executionMs)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, ms]) => `  ${name.padEnd(20)}  ${seconds(ms)}`),
    '',
    `Nothing heard: ${summary.unobserved.length} ${summary.unobserved.length === 1 ? 'stretch' : 'stretches'}`,
    ...summary.unobserved.map((gap) => `  ${stretch(gap)}`),
    '',
    `Alarms: ${report.alarms.raised} raised, by ${report.alarms.conditions} conditions`,
    '',
    `Lines that could not be read: ${rejected.count}`,
    ...examples(rejected),
    `Observations refused: ${refused.count}`,
    ...examples(refused),
    '',
    speedText(report),
    '',
  ].join('\n');
}

function examples({ count, examples }: ReplayReport['rejected']): string[] {
  const more = count - examples.length;
  return [...examples.map((text) => `  ${text}`), ...(more > 0 ? [`  and ${more} more`] : [])];
}

function speedText({ bytes, observations, entries, events, durationMs }: ReplayReport): string {
  const megabytesPerSecond = durationMs === 0 ? '' : `, ${(bytes / durationMs / 1_000).toFixed(1)} MB/s`;
  return (
    `${(bytes / 1_000).toFixed(0)} kB became ${observations} observations, ${entries} log entries and ${events} events ` +
    `in ${(durationMs / 1_000).toFixed(2)} s${megabytesPerSecond}`
  );
}

function partsText(parts: number): string {
  return `${parts} ${parts === 1 ? 'part' : 'parts'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(9)} s`;
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
