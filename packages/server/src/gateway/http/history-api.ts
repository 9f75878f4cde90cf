import type { z } from 'zod';
import type { HistoryQuery } from '../../history/history-port.ts';
import {
  AlarmsQuery,
  Answers,
  AuditQuery,
  ComparisonQuery,
  EventsQuery,
  ExplanationQuery,
  FamilyQuery,
  FiguresQuery,
  NoQuery,
  SubjectsQuery,
  TelemetryNamesQuery,
  TelemetryQuery,
  TimelineQuery,
} from './history-schemas.ts';

/** An address of history: what it takes, what it answers, whether it can be had as CSV. */
export interface HistoryRoute {
  readonly url: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  readonly answer: z.ZodType;
  readonly csv: boolean;
}

type SubjectKind = Extract<HistoryQuery, { kind: 'subjects' }>['subject'];

/** Calls, downtimes and the like, each with all that was done to it. */
export const SUBJECT_ROUTES = {
  '/api/v1/calls': 'call',
  '/api/v1/downtimes': 'downtime',
  '/api/v1/jobs': 'job',
  '/api/v1/changeovers': 'changeover',
  '/api/v1/plan-changes': 'planChange',
  '/api/v1/maintenance': 'maintenance',
  '/api/v1/alarms': 'alarm',
} as const satisfies Readonly<Record<string, SubjectKind>>;

/** Events of one family, by how their types begin. */
export const FAMILY_ROUTES = {
  '/api/v1/quality': ['quality', 'parts', 'countCorrected', 'defect'],
  '/api/v1/alarms/events': ['alarm', 'equipmentFault'],
  '/api/v1/escalations': ['escalation', 'nobodyOnCall', 'notificationRequested'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const SUBJECT_WORDS: Readonly<Record<SubjectKind, string>> = {
  call: 'Andon calls',
  downtime: 'Downtimes',
  job: 'Jobs',
  changeover: 'Changeovers',
  planChange: 'Changes of the plan',
  maintenance: 'Scheduled maintenance',
  alarm: 'Alarms of machines, one row for each occurrence,',
  check: 'Checks',
  defect: 'Defects',
  hold: 'Held parts',
  escalation: 'Escalations',
};

const FAMILY_WORDS: Readonly<Record<keyof typeof FAMILY_ROUTES, string>> = {
  '/api/v1/quality': 'Checks, alerts, held parts and corrections of counts, as events',
  '/api/v1/alarms/events': 'Alarms of machines, what people did about them, and floods, as events',
  '/api/v1/escalations': 'Escalations and notifications, as events',
};

export const HISTORY_ROUTES: readonly HistoryRoute[] = [
  { url: '/api/v1/lines', summary: 'Lines you may see', query: NoQuery, answer: Answers.lines, csv: true },
  {
    url: '/api/v1/equipment',
    summary: 'Equipment you may see',
    query: NoQuery,
    answer: Answers.equipment,
    csv: true,
  },
  {
    url: '/api/v1/timelines',
    summary: 'States, parts and silence of one equipment',
    query: TimelineQuery,
    answer: Answers.timeline,
    csv: true,
  },
  {
    url: '/api/v1/oee',
    summary: 'OEE and the figures of ISO 22400 over any window, by stretch of time and group',
    query: FiguresQuery,
    answer: Answers.figures,
    csv: true,
  },
  {
    url: '/api/v1/oee/comparison',
    summary: 'A figure as it was known then and now, and what made the difference',
    query: ComparisonQuery,
    answer: Answers.comparison,
    csv: false,
  },
  {
    url: '/api/v1/explain',
    summary: 'A figure as its intervals, the rules that made them, and what was told and done',
    query: ExplanationQuery,
    answer: Answers.explanation,
    csv: false,
  },
  ...Object.entries(SUBJECT_ROUTES).map(([url, kind]) => ({
    url,
    summary: `${SUBJECT_WORDS[kind]} that touch the window, with all that was done to them`,
    query: kind === 'alarm' ? AlarmsQuery : SubjectsQuery,
    answer: Answers.subjects,
    csv: true,
  })),
  ...Object.keys(FAMILY_ROUTES).map((url) => ({
    url,
    summary: FAMILY_WORDS[url as keyof typeof FAMILY_ROUTES],
    query: FamilyQuery,
    answer: Answers.events,
    csv: true,
  })),
  {
    url: '/api/v1/events',
    summary: 'Events in the order in which they became known',
    query: EventsQuery,
    answer: Answers.events,
    csv: true,
  },
  {
    url: '/api/v1/audit',
    summary: 'What people asked for, applied or not',
    query: AuditQuery,
    answer: Answers.audit,
    csv: true,
  },
  {
    url: '/api/v1/telemetry',
    summary: 'Live values kept as minimum, mean, maximum and last, by minute and later by hour',
    query: TelemetryQuery,
    answer: Answers.telemetry,
    csv: true,
  },
  {
    url: '/api/v1/telemetry/names',
    summary: 'Names of the telemetry kept of one equipment',
    query: TelemetryNamesQuery,
    answer: Answers.telemetryNames,
    csv: false,
  },
];
