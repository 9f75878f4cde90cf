import { LANES } from '@ms5/wire';
import { UNSTRETCHED, type LaneStretch } from '../delivery/flush-controller.ts';
import type { DegradationLevel } from './degradation.ts';

const BUDGET_FACTOR = 4;
/** How often `low` brings the latest while it is paused. */
const PAUSED_REST_MS = 5_000;

type Shed = Partial<Record<(typeof LANES)[number], LaneStretch>>;
const SLOW: LaneStretch = { budgetFactor: BUDGET_FACTOR, leastRestMs: 0 };
const PAUSED: LaneStretch = { budgetFactor: BUDGET_FACTOR, leastRestMs: PAUSED_REST_MS };
const SHED: Readonly<Record<DegradationLevel, Shed>> = {
  0: {},
  1: { low: SLOW },
  2: { low: PAUSED },
  3: { low: PAUSED, normal: SLOW },
};

/** How the lanes are slowed at a level, by lane. */
export function stretchAt(level: DegradationLevel): readonly LaneStretch[] {
  return LANES.map((lane, index) => SHED[level][lane] ?? UNSTRETCHED[index] ?? SLOW);
}

/** Whether new sessions are told to come back later. */
export function refusesNewSessions(level: DegradationLevel): boolean {
  return level === 3;
}
