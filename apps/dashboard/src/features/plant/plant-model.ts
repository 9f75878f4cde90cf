import type {
  JobDocument,
  LineStatusDocument,
  OeeDocument,
  PlantDescription,
  ProductionDocument,
  RecordValue,
  TopicView,
} from '@ms5/client';
import { lookOf } from '../../theme/states.ts';

/** A line as the plant screen places it. `path` is `{area}/{line}`. */
export interface LinePlace {
  readonly path: string;
  readonly name: string;
  readonly areaId: string;
  readonly areaName: string;
}

/** What a tile shows; each part only once it was received. */
export interface LineViews {
  readonly status: TopicView<RecordValue<LineStatusDocument>> | undefined;
  readonly production: TopicView<RecordValue<ProductionDocument>> | undefined;
  readonly oee: TopicView<RecordValue<OeeDocument>> | undefined;
  readonly job: TopicView<RecordValue<JobDocument>> | undefined;
}

export function linePlaces(plant: PlantDescription): LinePlace[] {
  return plant.areas.flatMap((area) =>
    area.lines.map((line) => ({
      path: `${area.id}/${line.id}`,
      name: line.name,
      areaId: area.id,
      areaName: area.name,
    })),
  );
}

/** Names of the plant's reason codes. */
export function reasonNames(plant: PlantDescription): ReadonlyMap<string, string> {
  return new Map(plant.reasons.map(({ code, name }) => [code, name]));
}

export interface PlantSummary {
  readonly lines: number;
  readonly running: number;
  readonly stopped: number;
  readonly silent: number;
  readonly openCalls: number;
  readonly unacknowledged: number;
}

/** Counts over the lines given. A line of which nothing was received counts in `lines` only. */
export function summarize(statuses: readonly (RecordValue<LineStatusDocument> | undefined)[]): PlantSummary {
  const looks = statuses.map((status) => (status === undefined ? null : lookOf(status)));
  const count = (...wanted: readonly (typeof looks)[number][]): number =>
    looks.filter((look) => wanted.includes(look)).length;
  const sum = (pick: (calls: LineStatusDocument['calls']) => number): number =>
    statuses.reduce((total, status) => total + (status?.calls === undefined ? 0 : pick(status.calls)), 0);
  return {
    lines: statuses.length,
    running: count('running'),
    stopped: count('stopped', 'blocked', 'starved'),
    silent: count('silent', 'unknown'),
    openCalls: sum((calls) => calls.open),
    unacknowledged: sum((calls) => calls.unacknowledged),
  };
}
