import { LANE_BUDGET_MS, LANES } from '@ms5/wire';

/**
 * When a lane may be flushed again. Pure: times come in, a new state goes out.
 *
 * Each flush earns its lane a rest in proportion to what the flush cost. So an idle server sends at once (the rest
 * is long over), and under load flushes take a bounded share of the thread until the lane's budget is reached. A
 * change that comes right after a group of sessions had its turn waits for the rest of that flush, the rest, and the
 * next flush up to the end of the group: the rest is what these leave of the budget. Where they leave little, flushes
 * are so large that resting longer saves only the writes; a least rest bounds the share of the thread that bare writes
 * take.
 *
 * Time in which nothing was due is rest taken in advance, as much as the budget is long. So single flushes go at once
 * however they follow on each other, and one that took long because something held up the thread delays none after it.
 */
interface LanePace {
  /** Smoothed cost of a flush, ms of the thread. */
  readonly costMs: number;
  /** Smoothed duration of a flush from its beginning to its end, ms; others may have had turns between. */
  readonly lengthMs: number;
  /** Smoothed duration of a group's turn, ms. */
  readonly groupMs: number;
  /** Writes of the last flush. */
  readonly writes: number;
  /** Rest taken in advance, ms. */
  readonly sparedMs: number;
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
/** Weight of the newest flush in what is smoothed. A rise counts at once, so that load is met at once. */
const NEWEST_WEIGHT = 0.25;
/** What one write is taken to cost at least, ms: clocks may be too coarse to show it. */
const WRITE_COST_MS = 0.005;
/** The share of the budget that is planned with: timers and readers are late, and garbage is collected. */
const PLANNED_SHARE = 0.85;
/** Of a flush's length, what those who read it are late by: the more there is to read, the more. */
const READING_PER_LENGTH = 0.1;
/** Least rest per cost, so that flushing never takes the thread whole. */
const LEAST_REST_PER_COST = 0.25;
/** Least rest per bare cost of the writes, where the budget allows: `high` would spend most on writes otherwise. */
const REST_PER_WRITE_COST: Readonly<Record<(typeof LANES)[number], number>> = {
  critical: 0,
  high: 4,
  normal: 2,
  low: 2,
};

export function createFlushPace(): FlushPace {
  return LANES.map(() => ({
    costMs: 0,
    lengthMs: 0,
    groupMs: 0,
    writes: 0,
    sparedMs: 0,
    restUntil: -Infinity,
  }));
}

/** When a change in `lane` that is noticed now is to be flushed. */
export function dueAt(pace: FlushPace, lane: number, now: number): number {
  return Math.max(now, pace[lane]?.restUntil ?? now);
}

/** The pace when something comes to be due in a lane whose rest is over. */
export function afterIdle(pace: FlushPace, lane: number, now: number): FlushPace {
  return pace.map((before, index) => {
    const name = LANES[index];
    if (index !== lane || name === undefined || before.restUntil >= now) return before;
    const sparedMs = Math.min(LANE_BUDGET_MS[name], before.sparedMs + now - before.restUntil);
    return { ...before, sparedMs, restUntil: now };
  });
}

export interface FlushDone {
  readonly lanes: readonly number[];
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of the time between, what the flush itself took. */
  readonly busyMs: number;
  readonly writes: number;
  /** Each took what had changed when its turn began. */
  readonly groups: number;
}

/** The pace after a flush of `lanes`; `stretch` by lane. */
export function afterFlush(
  pace: FlushPace,
  { lanes, startedAt, endedAt, busyMs, writes, groups }: FlushDone,
  stretch: readonly LaneStretch[] = UNSTRETCHED,
): FlushPace {
  const measuredMs = Math.max(busyMs, writes * WRITE_COST_MS);
  return pace.map((before, lane) => {
    if (!lanes.includes(lane)) return before;
    const costMs = smoothed(before.costMs, measuredMs);
    const tookMs = Math.max(measuredMs, endedAt - startedAt);
    const lengthMs = smoothed(before.lengthMs, tookMs);
    const after = { costMs, lengthMs, groupMs: smoothed(before.groupMs, tookMs / groups), writes };
    const owedMs = restMs(lane, after, stretch[lane]);
    const paidMs = Math.min(before.sparedMs, owedMs - (stretch[lane]?.leastRestMs ?? 0));
    return { ...after, sparedMs: before.sparedMs - paidMs, restUntil: endedAt + owedMs - paidMs };
  });
}

function smoothed(before: number, newest: number): number {
  return newest > before ? newest : before + NEWEST_WEIGHT * (newest - before);
}

/** Timers are not finer, so a shorter rest would cost more than it saves: there is none. */
const MIN_REST_MS = 1;

/** How long a lane rests after a flush. */
export function restMs(
  lane: number,
  { costMs, lengthMs, groupMs, writes }: Omit<LanePace, 'sparedMs' | 'restUntil'>,
  { budgetFactor, leastRestMs }: LaneStretch = { budgetFactor: 1, leastRestMs: 0 },
): number {
  const name = LANES[lane];
  const earnedMs = costMs * REST_PER_COST;
  if (name === undefined || earnedMs < MIN_REST_MS) return leastRestMs;
  const budgetMs = LANE_BUDGET_MS[name] * budgetFactor;
  const leastMs = Math.max(costMs * LEAST_REST_PER_COST, writes * WRITE_COST_MS * REST_PER_WRITE_COST[name]);
  const fittingMs = Math.max(
    Math.min(leastMs, budgetMs),
    budgetMs * PLANNED_SHARE - lengthMs * (1 + READING_PER_LENGTH) - groupMs,
  );
  return Math.max(leastRestMs, Math.min(fittingMs, earnedMs));
}
