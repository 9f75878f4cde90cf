import { z } from 'zod';
import { FIGURE_BUCKETS, FIGURE_GROUPS } from '../../history/history-port.ts';

// What the routes of history take and answer. The OpenAPI document is made from these.

const MAX_PAGE_ROWS = 1000;

const choice = (names: readonly string[]): string => `one of ${names.join(', ')}`;
const path = z.string().min(1).max(200);
const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item).max(100)]);

const windowQuery = {
  from: z.string().describe('Start of the window: ISO 8601 with zone, or ms since the epoch.'),
  to: z.string().describe('End of the window, exclusive.'),
};
const asOfQuery = {
  asOf: z
    .string()
    .optional()
    .describe('An offset of the log (`#1234`) or an instant: answers what was known then. Omitted: now.'),
};
const linesQuery = {
  line: oneOrMore(path)
    .optional()
    .describe('A line, `{area}/{line}`; may be repeated. Omitted: all you may see.'),
};
const equipmentQuery = {
  equipment: path.optional().describe('One equipment, `{area}/{line}/{equipment}`.'),
};
const formatQuery = {
  format: z
    .enum(['json', 'csv'], { error: choice(['json', 'csv']) })
    .optional()
    .describe('As the address with `.csv`, or `Accept: text/csv`.'),
};
const pageQuery = {
  after: z.string().max(500).optional().describe('`next` of the page before.'),
  limit: z.coerce
    .number({ error: `a whole number from 1 to ${MAX_PAGE_ROWS}` })
    .int()
    .min(1)
    .max(MAX_PAGE_ROWS)
    .default(100),
};

export const FiguresQuery = z.strictObject({
  ...windowQuery,
  ...linesQuery,
  ...equipmentQuery,
  bucket: z.enum(FIGURE_BUCKETS, { error: choice(FIGURE_BUCKETS) }).default('window'),
  group: z.enum(FIGURE_GROUPS, { error: choice(FIGURE_GROUPS) }).default('line'),
  ...asOfQuery,
  ...formatQuery,
});

export const ComparisonQuery = z.strictObject({
  ...windowQuery,
  ...linesQuery,
  asOf: z.string().describe('What was known then is compared with what is known now.'),
});

export const ExplanationQuery = z.strictObject({
  ...windowQuery,
  line: path.optional(),
  ...equipmentQuery,
  ...asOfQuery,
  limit: pageQuery.limit.describe('Most intervals and most observations listed.'),
});

export const TimelineQuery = z.strictObject({
  equipment: path,
  ...windowQuery,
  ...asOfQuery,
  ...formatQuery,
});

export const SubjectsQuery = z.strictObject({
  ...windowQuery,
  ...linesQuery,
  ...equipmentQuery,
  id: z.string().max(200).optional(),
  status: z.string().max(50).optional(),
  ...asOfQuery,
  ...pageQuery,
  ...formatQuery,
});

export const AlarmsQuery = SubjectsQuery.extend({
  code: z.string().max(256).optional().describe("The machine's code of the alarm, or how it begins and `*`."),
  severity: z.enum(['warning', 'fault'], { error: choice(['warning', 'fault']) }).optional(),
});

export const EventsQuery = z.strictObject({
  ...windowQuery,
  from: windowQuery.from.optional(),
  to: windowQuery.to.optional(),
  ...linesQuery,
  ...equipmentQuery,
  type: oneOrMore(z.string().min(1).max(100)).optional().describe('Types of events; may be repeated.'),
  ...asOfQuery,
  ...pageQuery,
  ...formatQuery,
});

/** Events of one family: the types are given by the address. */
export const FamilyQuery = EventsQuery.omit({ type: true });

export const AuditQuery = z.strictObject({
  ...windowQuery,
  from: windowQuery.from.optional(),
  to: windowQuery.to.optional(),
  ...linesQuery,
  author: z.string().max(200).optional(),
  ...asOfQuery,
  ...pageQuery,
  ...formatQuery,
});

export const TelemetryQuery = z.strictObject({
  equipment: path,
  name: z.string().min(1).max(200),
  ...windowQuery,
  ...formatQuery,
});

export const TelemetryNamesQuery = z.strictObject({ equipment: path });

export const NoQuery = z.strictObject({ ...formatQuery });

const instant = z.int().describe('ms since the epoch');
const figure = z.number().nullable();
const Counts = z.object({
  produced: z.number(),
  good: z.number(),
  scrap: z.number(),
  rework: z.number(),
});
const Interval = z.object({ from: instant, to: instant });
const Position = z.object({ offset: z.int(), at: instant });
const Behind = z
  .int()
  .describe(
    'Entries of the log that were there when this was asked and may be missing here; 0: it is up to date.',
  );
const AnyJson = z.unknown();

/** Figures that cannot be known are null, with the reason under `why`. Times and losses in ms. */
const Report = z.object({
  availability: figure,
  performance: figure,
  quality: figure,
  oee: figure,
  neeIndex: figure,
  teep: figure,
  allocationEfficiency: figure,
  utilizationEfficiency: figure,
  technicalEfficiency: figure,
  setupRatio: figure,
  throughputPerHour: figure,
  scrapRatio: figure,
  reworkRatio: figure,
  firstPassYield: figure,
  mtbfMs: figure,
  mttrMs: figure,
  mttfMs: figure,
  interval: z.object({ worst: figure, best: figure }),
  times: z.record(z.string(), z.number()),
  counts: Counts.extend({ unobserved: z.number(), unplanned: Counts }),
  losses: z.record(z.string(), z.number()),
  fullyProductiveMs: z.number(),
  coverage: z.object({ performance: z.number(), quality: z.number() }),
  flags: z.array(z.string()),
  why: z.record(z.string(), z.string()),
});

const FigureRow = Interval.extend({
  bucket: z.string().optional(),
  line: z.string().optional(),
  equipment: z.string().optional(),
  area: z.string().optional(),
  product: z.string().nullable().optional(),
  figures: Report,
});

const EventRow = z.object({
  offset: z.int(),
  place: z.int().describe('Place within its entry of the log.'),
  at: instant,
  type: z.string(),
  line: z.string().optional(),
  equipment: z.string().optional(),
  author: z.string().optional(),
  authorName: z.string().optional().describe('As the plant file has it.'),
  event: z.record(z.string(), AnyJson),
});

const SubjectRow = z.looseObject({
  id: z.string(),
  line: z.string().optional(),
  status: z.string(),
  from: instant,
  to: instant.nullable(),
  acts: z.array(
    z.object({
      offset: z.int(),
      at: instant,
      type: z.string(),
      author: z.string().optional(),
      authorName: z.string().optional(),
    }),
  ),
});

const ActRow = z.object({
  offset: z.int(),
  at: instant,
  author: z.string(),
  authorName: z.string().optional(),
  command: z.string(),
  line: z.string().optional(),
  status: z.string(),
  reason: z.string().optional(),
  data: AnyJson,
});

const TelemetryRow = Interval.extend({
  count: z.int(),
  min: figure,
  mean: figure,
  max: figure,
  last: AnyJson,
  lastAt: instant,
});

const page = <Row extends z.ZodType>(row: Row) =>
  z.object({
    asOf: Position,
    behind: Behind,
    rows: z.array(row),
    next: z.string().nullable().describe('`after` of the next page; null: this is the last.'),
  });
const list = <Row extends z.ZodType>(row: Row) =>
  z.object({ asOf: Position, behind: Behind, rows: z.array(row) });

const KnownFigures = z.object({ asOf: Position, figures: Report });

export const Answers = {
  figures: list(FigureRow),
  comparison: z.object({
    asOf: Position,
    behind: Behind,
    earlier: KnownFigures,
    now: KnownFigures,
    causes: z.array(
      z.object({
        kind: z.enum(['lateObservations', 'observations', 'edits', 'configuration']),
        count: z.int(),
        events: z.array(
          z.object({ offset: z.int(), at: instant, type: z.string(), author: z.string().optional() }),
        ),
      }),
    ),
    text: z.string(),
  }),
  explanation: z.object({
    asOf: Position,
    behind: Behind,
    window: Interval,
    figures: Report,
    intervals: z.array(
      Interval.extend({
        bucket: z.string(),
        state: z.string(),
        plan: z.string(),
        product: z.string().nullable(),
        reason: z.string().optional(),
        raw: z.string().optional(),
        stop: Interval.extend({ plannedMs: z.number(), minor: z.boolean(), open: z.boolean() }).optional(),
        counts: Counts,
        rules: z.array(z.string()).describe('Rules of SPEC.md.'),
      }),
    ),
    steps: z.array(
      z.object({
        figure: z.string(),
        formula: z.string(),
        numbers: z.record(z.string(), figure),
        rules: z.array(z.string()),
      }),
    ),
    observations: z.array(EventRow),
    truncated: z.boolean(),
  }),
  timeline: z.looseObject({
    asOf: Position,
    behind: Behind,
    equipment: z.string(),
    from: instant,
    to: instant,
    intervals: z.array(
      z.looseObject({
        from: instant,
        to: instant,
        state: z.string(),
        reason: z.string().optional(),
        raw: z.string().optional(),
        illegalFrom: z.string().optional(),
      }),
    ),
    parts: z.array(
      z.looseObject({ at: instant, since: instant, produced: z.number(), observed: z.boolean() }),
    ),
    unobserved: z.array(Interval),
    modes: z.array(z.looseObject({ from: instant, to: instant, mode: z.string() })),
  }),
  subjects: page(SubjectRow),
  events: page(EventRow),
  audit: page(ActRow),
  telemetry: list(TelemetryRow),
  telemetryNames: z.object({ asOf: Position, behind: Behind, rows: z.array(z.string()) }),
  lines: z.object({
    rows: z.array(
      z.object({
        path: z.string(),
        name: z.string(),
        area: z.string(),
        areaName: z.string(),
        constraint: z.string(),
        equipment: z.array(z.string()),
      }),
    ),
  }),
  equipment: z.object({
    rows: z.array(
      z.object({ path: z.string(), name: z.string(), line: z.string(), isConstraint: z.boolean() }),
    ),
  }),
} as const;
