import type { ExplainedInterval, RollUpReport, SubjectDocument, SubjectKind } from '@ms5/domain';
import type { SignalChange } from '@ms5/hub';
import type { Json } from '@ms5/wire';
import type { Simulation, SimulationReply } from './simulation/simulation.ts';

/** An offset of the log, or the newest one by an instant (ms since the epoch). Omitted: the newest. */
export type AsOfRequest = { readonly offset: number } | { readonly at: number };

export const FIGURE_BUCKETS = ['window', 'hour', 'shift', 'day', 'week', 'month', 'job'] as const;
export type FigureBucket = (typeof FIGURE_BUCKETS)[number];
export const FIGURE_GROUPS = ['line', 'equipment', 'product', 'area', 'site'] as const;
export type FigureGroup = (typeof FIGURE_GROUPS)[number];

/** Which lines or equipment are asked for. */
export interface Selection {
  /** Paths of lines the reader may see and asked for. */
  readonly lines: readonly string[];
  /** Omitted: all of these lines. */
  readonly equipment?: string;
  readonly from: number;
  readonly to: number;
  readonly asOf?: AsOfRequest;
}

export interface FigureRow {
  readonly from: number;
  readonly to: number;
  /** Id of the hour, shift, day, week, month or job; absent for the whole window. */
  readonly bucket?: string;
  readonly line?: string;
  readonly equipment?: string;
  readonly area?: string;
  readonly product?: string | null;
  readonly figures: RollUpReport;
}

/** Why a figure is not what it was. */
export type CauseKind = 'lateObservations' | 'observations' | 'edits' | 'configuration';

export interface Cause {
  readonly kind: CauseKind;
  readonly count: number;
  /** The first of them, by position in the log. */
  readonly events: readonly {
    readonly offset: number;
    readonly at: number;
    readonly type: string;
    readonly author?: string;
  }[];
}

interface Comparison {
  readonly earlier: { readonly asOf: Position; readonly figures: RollUpReport };
  readonly now: { readonly asOf: Position; readonly figures: RollUpReport };
  readonly causes: readonly Cause[];
  /** For a person, for example `78.2 % then, 76.9 % now, because of 3 late observations and 1 edit`. */
  readonly text: string;
}

export interface Position {
  readonly offset: number;
  readonly at: number;
}

export interface ExplainedFigure {
  readonly window: { readonly from: number; readonly to: number };
  readonly figures: RollUpReport;
  readonly intervals: readonly ExplainedInterval[];
  readonly steps: readonly Json[];
  /** What was told and done, in the order in which it became known. */
  readonly observations: readonly EventRow[];
  /** More were used than are listed. */
  readonly truncated: boolean;
}

export interface EventRow {
  readonly offset: number;
  readonly place: number;
  readonly at: number;
  readonly type: string;
  readonly line?: string;
  readonly equipment?: string;
  readonly author?: string;
  /** As the plant file has it; absent where it names nobody of this id. */
  readonly authorName?: string;
  readonly event: Json;
}

/** What a subject's events say of it, and these members. */
export interface SubjectRow {
  readonly [member: string]: unknown;
  readonly id: string;
  readonly status: string;
  readonly from: number;
  readonly to: number | null;
  readonly acts: SubjectDocument['acts'];
}

export interface ActRow {
  readonly offset: number;
  readonly at: number;
  readonly author: string;
  readonly authorName?: string;
  readonly command: string;
  readonly line?: string;
  readonly status: string;
  readonly reason?: string;
  readonly data: Json;
}

export interface TelemetryRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** `null`: the values were no numbers. */
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly last: Json;
  readonly lastAt: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; `null`: this is the last one. */
  readonly next: string | null;
}

interface Paged {
  readonly after?: string;
  readonly limit: number;
}

export type HistoryQuery =
  | ({
      readonly kind: 'figures';
      readonly bucket: FigureBucket;
      readonly group: FigureGroup;
    } & Selection)
  | ({ readonly kind: 'comparison'; readonly asOf: AsOfRequest } & Selection)
  | ({ readonly kind: 'explanation'; readonly limit: number } & Selection)
  | ({ readonly kind: 'timeline' } & Selection & { readonly equipment: string })
  | ({
      readonly kind: 'subjects';
      readonly subject: SubjectKind;
      readonly id?: string;
      readonly status?: string;
      /** Of alarms: its code, or how it begins and `*`. */
      readonly code?: string;
      readonly severity?: string;
    } & Selection &
      Paged)
  | ({
      readonly kind: 'events';
      readonly types?: readonly string[];
      /** Types that begin so. */
      readonly prefixes?: readonly string[];
    } & Selection &
      Paged)
  | ({ readonly kind: 'acts'; readonly author?: string } & Selection & Paged)
  | {
      readonly kind: 'telemetry';
      readonly equipment: string;
      readonly name: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'telemetryNames'; readonly equipment: string };

export interface HistoryAnswers {
  readonly figures: readonly FigureRow[];
  readonly comparison: Comparison;
  readonly explanation: ExplainedFigure;
  readonly timeline: Json;
  readonly subjects: Page<SubjectRow>;
  readonly events: Page<EventRow>;
  readonly acts: Page<ActRow>;
  readonly telemetry: readonly TelemetryRow[];
  readonly telemetryNames: readonly string[];
}

/** An answer and what it was known as of. */
export type HistoryReply<Value> =
  | {
      readonly status: 'done';
      readonly asOf: Position;
      /** Entries of the log that were there when it was asked and are not in the answer yet. */
      readonly behind: number;
      /** Changes whenever the answer may have changed. */
      readonly version: string;
      readonly value: Value;
    }
  | { readonly status: 'notFound' | 'tooMuch' | 'invalid'; readonly message: string; readonly path?: string };

export interface HistoryFigures {
  /** Offset up to which the log is in history. */
  readonly position: number;
  /** Entries of the log that are not yet. */
  readonly behind: number;
  /** Age of the oldest of them, ms; 0: there are none. */
  readonly behindMs: number;
  readonly databaseBytes: number | null;
}

/** History on a thread of its own. */
export interface HistoryPort {
  /** Answers from at least `head` on, unless catching up to it takes too long; then says how far it is. */
  query<Kind extends HistoryQuery['kind']>(
    query: Extract<HistoryQuery, { kind: Kind }>,
    head: number,
  ): Promise<HistoryReply<HistoryAnswers[Kind]>>;
  /** Past calls under proposed policies, on a thread of its own; rejects when it fails. */
  simulate(asked: Simulation): Promise<SimulationReply>;
  /** Live values, to be kept down-sampled. */
  signals(changes: readonly SignalChange[]): void;
  figures(): HistoryFigures;
  /** Called once if its thread died; queries are refused from then on. */
  onFailure(listener: (error: Error) => void): () => void;
  close(): Promise<void>;
}
