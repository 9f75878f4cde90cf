import type { OeeReport } from '@ms5/domain';

/** The report as a person reads it: ratios in per cent, times in minutes. */
export function oeeTable(report: Omit<OeeReport, 'status'>): string {
  const { times, counts, losses, interval, why, flags } = report;
  const ratio = (name: string, value: number | null): string =>
    value === null ? `not known: ${why[name] ?? 'insufficient data'}` : `${(value * 100).toFixed(2)} %`;
  const range =
    interval.worst === null || interval.best === null || interval.worst === interval.best
      ? ''
      : `  (${(interval.worst * 100).toFixed(2)} to ${(interval.best * 100).toFixed(2)} %, by what is unknown)`;
  const sections: (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'Figures',
      [
        ['availability', ratio('availability', report.availability)],
        ['performance', ratio('performance', report.performance)],
        ['quality', ratio('quality', report.quality)],
        ['OEE', `${ratio('oee', report.oee)}${range}`],
      ],
    ],
    [
      'Counts',
      (['produced', 'good', 'scrap', 'rework', 'unobserved'] as const).map((name) => [
        name,
        String(counts[name]),
      ]),
    ],
    ['Times, min', Object.entries(times).map(([name, value]) => [name, minutes(value)])],
    [
      'Losses, min',
      [
        ...Object.entries(losses).map(([name, value]) => [name, minutes(value)] as const),
        ['fully productive', minutes(report.fullyProductiveMs)],
      ],
    ],
    ...(flags.length === 0 ? [] : [['Flags', flags.map((flag) => [flag, ''] as const)] as const]),
  ];
  return sections.map(([title, rows]) => section(title, rows)).join('\n');
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd()), ''].join(
    '\n',
  );
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(2);
}
