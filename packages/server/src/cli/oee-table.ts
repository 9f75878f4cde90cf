import type { LineReport, OeeReport, Report, RollUpReport } from '@ms5/domain';

type Reports =
  | OeeReport
  | { readonly equipment: Readonly<Record<string, OeeReport>>; readonly rollup: RollUpReport }
  | { readonly equipment: Readonly<Record<string, OeeReport>>; readonly line: LineReport };

/** The report as a person reads it: ratios in per cent, times in minutes. */
export function oeeTable(report: Reports): string {
  if (!('equipment' in report)) return reportTable(report);
  const whole: readonly [string, Report] =
    'line' in report ? ['Line', report.line] : ['All together', report.rollup];
  const parts = [...Object.entries(report.equipment), whole];
  return parts.map(([name, part]) => `${name}\n${'='.repeat(name.length)}\n${reportTable(part)}`).join('\n');
}

function reportTable(report: Report): string {
  const { times, counts, losses, interval, flags } = report;
  const ratio = (name: RatioName, value = report[name]): string =>
    value === null ? notKnown(report, name) : `${(value * 100).toFixed(2)} %`;
  const range =
    interval.worst === null || interval.best === null || interval.worst === interval.best
      ? ''
      : `  (${(interval.worst * 100).toFixed(2)} to ${(interval.best * 100).toFixed(2)} %, by what is unknown)`;
  const duration = (name: DurationName): string => {
    const value = report[name];
    return value === null ? notKnown(report, name) : `${minutes(value)} min`;
  };
  const { throughputPerHour } = report;
  const sections: (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'Figures',
      [
        ['availability', ratio('availability')],
        ['performance', ratio('performance')],
        ['quality', ratio('quality')],
        ['OEE', `${ratio('oee')}${range}`],
        ...RATIO_NAMES.map((name) => [name, ratio(name)] as const),
        [
          'throughput',
          throughputPerHour === null
            ? notKnown(report, 'throughputPerHour')
            : `${throughputPerHour.toFixed(1)} per hour`,
        ],
        ['MTBF', duration('mtbfMs')],
        ['MTTR', duration('mttrMs')],
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

const RATIO_NAMES = [
  'neeIndex',
  'teep',
  'allocationEfficiency',
  'utilizationEfficiency',
  'technicalEfficiency',
  'setupRatio',
  'scrapRatio',
  'reworkRatio',
  'firstPassYield',
] as const;
type RatioName = 'availability' | 'performance' | 'quality' | 'oee' | (typeof RATIO_NAMES)[number];
type DurationName = 'mtbfMs' | 'mttrMs';

function notKnown({ why }: Report, name: string): string {
  return `not known: ${why[name] ?? 'insufficient data'}`;
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
