/** Commands on jobs. `line` is `{area}/{line}`; acts name the job they mean. Times are ms since the epoch. */
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
}
