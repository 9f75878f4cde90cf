import {
  equipmentStatus,
  lineDowntimeStatistics,
  lineFigures,
  lineProduction,
  lineShiftAt,
  lineStatus,
  lineTimeline,
  openAndRecentDowntimes,
  openEscalations,
  type ContactStatus,
  type EngineState,
  type EquipmentPath,
  type LineFigures,
  type LineConfig,
  type LinePath,
  type PlantConfig,
} from '@ms5/domain';
import type {
  CallDocument,
  DowntimeDocument,
  DowntimeStatisticsDocument,
  EquipmentStatusDocument,
  EscalationDocument,
  LineStatusDocument,
  OeeDocument,
  ProductionDocument,
  TimelineDocument,
} from '@ms5/wire/factory';
import { lastLevel } from '../../plant-names.ts';
import { collection, record, type TopicContent } from './topic-content.ts';
import { LINE_TOPICS } from './topics.ts';
import { callDocuments } from './call-documents.ts';
import { planDocuments } from './plan-documents.ts';
import { workDocuments } from './work-documents.ts';

type DocumentTopic = Exclude<
  keyof typeof LINE_TOPICS,
  'events' | 'quality' | 'periods' | 'downtimeStatistics' | 'alarmStatistics'
>;

/** Where no shift bounds the timeline, this much of it is shown, from a full hour on. */
const TIMELINE_WITHOUT_SHIFT_MS = 8 * 3_600_000;
const HOUR_MS = 3_600_000;

/** What every topic of a line holds as of `at`. */
export function lineTopicDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly (readonly [DocumentTopic, TopicContent])[] {
  const line = config.lines.find((each) => each.path === path);
  const status = lineStatusDocument(state, config, line, at);
  if (status === undefined) return [];
  const figures = lineFigures(state, config, path, at);
  const { plan, maintenance } = planDocuments(state, path);
  return [
    ['status', record(status satisfies LineStatusDocument)],
    ['production', record(lineProduction(state, config, path, at, figures) satisfies ProductionDocument)],
    ['oee', record(oeeDocument(figures))],
    ['timeline', collection(timelineDocuments(state, config, path, at), ({ from }) => String(from))],
    ['andon', collection<CallDocument>(callDocuments(state, config, path), ({ id }) => id)],
    [
      'downtime',
      collection<DowntimeDocument>(openAndRecentDowntimes(state, config, path, at), ({ id }) => id),
    ],
    ['plan', collection(plan, ({ id }) => id)],
    ['maintenance', collection(maintenance, ({ id }) => id)],
    ...workDocuments(state, config, path, at),
  ];
}

/** Its times grow with every tick; when its `basis`, see `stopsOf`, is another, it is news at once. */
export function downtimeStatisticsDocument(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
  basis: string,
): DowntimeStatisticsDocument {
  return { ...lineDowntimeStatistics(state, config, path, at), basis };
}

/** Differs when a stop of the line, what was said of one, or its shift does. */
export function stopsOf(state: EngineState, config: PlantConfig, path: LinePath, at: number): string {
  const { downtimes = [], downtimeEdits = [] } = state.lines[path] ?? {};
  const last = downtimes.at(-1);
  const shift = lineShiftAt(state, config, path, at);
  const edit = downtimeEdits.at(-1);
  return [downtimes.length, last?.id, last?.to, last?.minor, downtimeEdits.length, edit?.at, shift?.id].join(
    ' ',
  );
}

/** The status record of each piece of equipment of a line as of `at`. */
export function equipmentTopicDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly (readonly [EquipmentPath, EquipmentStatusDocument])[] {
  return config.equipment
    .filter(({ line }) => line === path)
    .flatMap(({ path: equipment, name, line }) => {
      const status = equipmentStatus(state, config, equipment, at);
      if ('unknown' in status) return [];
      const about = { id: lastLevel(equipment), name, line };
      return [[equipment, { about, ...status, contact: contactDocument(status.contact) }] as const];
    });
}

/** `{site}/escalations`: every open call's. */
export function escalationDocuments(
  state: EngineState,
  config: PlantConfig,
): readonly (readonly [key: string, document: EscalationDocument])[] {
  return openEscalations(state, config).map((each) => [each.callId, each] as const);
}

function lineStatusDocument(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig | undefined,
  at: number,
): LineStatusDocument | undefined {
  if (line === undefined) return undefined;
  const status = lineStatus(state, config, line.path, at);
  if ('unknown' in status) return undefined;
  return { about: aboutLine(config, line), ...status, contact: contactDocument(status.contact) };
}

/** When a machine was last heard is news only once it is silent; until then it would change with every tick. */
function contactDocument({ status, lastAt }: ContactStatus): LineStatusDocument['contact'] {
  return status !== 'silent' || lastAt === undefined ? { status } : { status, lastAt };
}

function aboutLine(config: PlantConfig, line: LineConfig): LineStatusDocument['about'] {
  const names = new Map(config.equipment.map(({ path, name }) => [path, name]));
  return {
    siteName: config.site.name,
    areaId: line.areaId,
    areaName: line.areaName,
    lineId: line.lineId,
    lineName: line.name,
    timeZone: config.site.timeZone,
    constraint: lastLevel(line.constraint),
    equipment: line.equipment.map((path) => ({ id: lastLevel(path), name: names.get(path) ?? path })),
  };
}

function oeeDocument(figures: LineFigures): OeeDocument {
  const { window, asOf, availability, performance, quality, oee, times, losses, flags } = figures;
  return { window, asOf, availability, performance, quality, oee, times, losses, flags };
}

function timelineDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly TimelineDocument[] {
  const shift = lineShiftAt(state, config, path, at);
  const from = shift?.from ?? Math.floor(at / HOUR_MS) * HOUR_MS - TIMELINE_WITHOUT_SHIFT_MS;
  return lineTimeline(state, config, path, from, shift?.to ?? Number.POSITIVE_INFINITY, at);
}
