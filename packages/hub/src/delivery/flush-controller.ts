import { LANE_BUDGET_MS, LANES } from '@ms5/wire';

/**
 * When a lane may be flushed again. Pure: times come in, a new state goes out.
 *
 * Each flush earns its lane a rest in proportion to what the flush cost, at most the lane's budget. So an idle
 * server sends at once (the rest is long over), and under load flushes take a bounded share of the thread until
 * the budget is reached; from there on writes grow with sessions, not with changes.
 */
interface LanePace {
  /** Smoothed cost of a flush, ms. */
  readonly costMs: number;
  /** No flush before this time, ms since the epoch. */
  readonly restUntil: number;
}
export type FlushPace = readonly LanePace[];

/** How a lane is slowed beyond its budget while the server sheds load. Without: factor 1, no least rest. */
export interface LaneStretch {
  /** The budget is this many times its own. */
  readonly budgetFactor: number;
  /** The lane rests at least this long after a flush, whatever it cost. */
  readonly leastRestMs: number;
}

export const UNSTRETCHED: readonly LaneStretch[] = LANES.map(() => ({ budgetFactor: 1, leastRestMs: 0 }));

/** Rest per cost: flushing takes a tenth of the time or less while the budget allows. */
const REST_PER_COST = 9;
/** Weight of the newest flush in the smoothed cost. A rise counts at once, so that load is met at once. */
const NEWEST_WEIGHT = 0.25;
/** What one write is taken to cost at least, ms: clocks may be too coarse to show it. */
const WRITE_COST_MS = 0.005;

export function createFlushPace(): FlushPace {
  return LANES.map(() => ({ costMs: 0, restUntil: -Infinity }));
}

/** When a change in `lane` that is noticed now is to be flushed. */
export function dueAt(pace: FlushPace, lane: number, now: number): number {
  return Math.max(now, pace[lane]?.restUntil ?? now);
}

export interface FlushDone {
  readonly lanes: readonly number[];
  readonly endedAt: number;
  readonly tookMs: number;
  readonly writes: number;
}

/** The pace after a flush of `lanes`; `stretch` by lane. */
export function afterFlush(
  pace: FlushPace,
  { lanes, endedAt, tookMs, writes }: FlushDone,
  stretch: readonly LaneStretch[] = UNSTRETCHED,
): FlushPace {
  const measured = Math.max(tookMs, writes * WRITE_COST_MS);
  return pace.map((before, lane) => {
    if (!lanes.includes(lane)) return before;
    const smoothed = before.costMs + NEWEST_WEIGHT * (measured - before.costMs);
    const costMs = measured > before.costMs ? measured : smoothed;
    return { costMs, restUntil: endedAt + restMs(lane, costMs, stretch[lane]) };
  });
}

/** Timers are not finer, so a shorter rest would cost more than it saves: there is none. */
const MIN_REST_MS = 1;

/** How long a lane rests after a flush of this cost. */
export function restMs(
  lane: number,
  costMs: number,
  { budgetFactor, leastRestMs }: LaneStretch = { budgetFactor: 1, leastRestMs: 0 },
): number {
  const name = LANES[lane];
  const rest = costMs * REST_PER_COST;
  if (name === undefined || rest < MIN_REST_MS) return leastRestMs;
  return Math.max(leastRestMs, Math.min(LANE_BUDGET_MS[name] * budgetFactor, rest));
}
