/**
 * Commands on jobs, changeovers, counts and quality. `line` is `{area}/{line}`; acts name the job they mean. Times are
 * ms since the epoch.
 */
export interface WorkCommands {
  /** Returns `{ jobId }`. `workOrder` is the external id; it has at most one open job on a line. */
  planJob: {
    readonly line: string;
    readonly workOrder: string;
    /** Known to the plant or not. */
    readonly product: string;
    readonly targetCount: number;
    readonly dueAt?: number;
    /** Its place in the queue; omitted: behind those that are planned. */
    readonly sequence?: number;
  };
  /** Starts a work order, as its planned job where there is one. Returns `{ jobId }`. */
  startJob: {
    readonly line: string;
    readonly workOrder: string;
    readonly product: string;
    readonly targetCount: number;
  };
  startPlannedJob: { readonly line: string; readonly jobId: string };
  pauseJob: { readonly line: string; readonly jobId: string; readonly note?: string };
  resumeJob: { readonly line: string; readonly jobId: string };
  /** `jobId` omitted: the one that runs. */
  completeJob: { readonly line: string; readonly jobId?: string };
  cancelJob: { readonly line: string; readonly jobId: string; readonly note?: string };
  changeJob: {
    readonly line: string;
    readonly jobId: string;
    readonly targetCount?: number;
    readonly sequence?: number;
    readonly dueAt?: number | null;
  };
  /** Moves a planned or paused job from `line` to `toLine`; commands to both have to be permitted. */
  assignJob: {
    readonly line: string;
    readonly jobId: string;
    readonly toLine: string;
    readonly sequence?: number;
  };
  /** Returns `{ changeoverId }`. */
  startChangeover: {
    readonly line: string;
    readonly toProduct: string;
    /** Omitted: it is. */
    readonly planned?: boolean;
  };
  /** `changeoverId` omitted: the one that is open. */
  completeChangeover: { readonly line: string; readonly changeoverId?: string };
  cancelChangeover: { readonly line: string; readonly changeoverId: string };
  tickChangeoverStep: {
    readonly line: string;
    readonly changeoverId: string;
    readonly step: string;
    readonly done: boolean;
  };
  /** Parts a person counted. Returns `{ entryId }`. */
  enterCount: {
    readonly line: string;
    readonly good?: number;
    readonly scrap?: number;
    readonly rework?: number;
    /** `{area}/{line}/{equipment}`; omitted: the line's constraint. */
    readonly equipment?: string;
    /** What was wrong with scrap and rework: a code of the plant's defects. */
    readonly defect?: string;
  };
  /** Puts right what was entered; what is left out stays. */
  correctCount: {
    readonly line: string;
    readonly entryId: string;
    readonly good?: number;
    readonly scrap?: number;
    readonly rework?: number;
    readonly note?: string;
  };
  /** The product on the line was another one from `since` on; omitted: from now on. */
  changeProduct: { readonly line: string; readonly product: string | null; readonly since?: number };
  /** Takes parts out of the good ones until they are judged. Returns `{ holdId }`. */
  holdParts: {
    readonly line: string;
    readonly count: number;
    /** When they were made; omitted: now. */
    readonly madeAt?: number;
    readonly defect?: string;
    readonly note?: string;
  };
  /** Judges held parts, all or some of them. */
  releaseParts: {
    readonly line: string;
    readonly holdId: string;
    readonly good?: number;
    readonly scrap?: number;
    readonly rework?: number;
    readonly note?: string;
  };
  /** `values` of a numeric characteristic, `passed` of one that passes or fails. Returns `{ checkId }`. */
  recordCheck: {
    readonly line: string;
    readonly characteristic: string;
    readonly values?: readonly number[];
    readonly passed?: boolean;
    readonly note?: string;
  };
}
