import type { EpochMs } from '../plant/plant.ts';

/** What a counter can do; steps are its own, not parts. */
export interface CounterLimits {
  /** The counter goes from one below this to 0. `null`: it does not. */
  readonly rollsOverAt: number | null;
  /** Faster than this is no counting. `null`: not known. */
  readonly maxStepsPerMs: number | null;
}

export const NO_LIMITS: CounterLimits = { rollsOverAt: null, maxStepsPerMs: null };

/**
 * How a total follows on the one before:
 * `counted`: it rose · `rollover`: it passed its largest value · `reset`: it began anew · `glitch`: it was wrong once
 * and the next total goes on from before · `replay`: it went back, and counts again only beyond where it was ·
 * `quarantined`: it rose more than it can, and nobody has accepted that yet · `accepted`, `discarded`: somebody judged
 * it.
 */
export type StepKind =
  | 'counted'
  | 'rollover'
  | 'reset'
  | 'glitch'
  | 'replay'
  | 'quarantined'
  | 'accepted'
  | 'discarded';

/** Where counting stands: the last total that counts, when it was read, and the highest since the last reset. */
export interface CounterPosition {
  readonly last: number;
  readonly lastAt: EpochMs;
  readonly high: number;
}

interface Total {
  readonly at: EpochMs;
  readonly total: number;
}

export interface CounterStep extends CounterPosition {
  readonly kind: StepKind;
  readonly steps: number;
}

/** Readings come in clumps, so this many steps are always possible. */
const SLACK_STEPS = 20;
/** Without a known speed a total is taken as wrong when it is this many times further off than the next one goes on. */
const GLITCH_RATIO = 100;

/** Judges a total by the one before and the next one, if there is one. Pure: the order of arrival does not matter. */
export function counterStep(
  before: CounterPosition,
  { at, total }: Total,
  next: Total | undefined,
  limits: CounterLimits,
  verdict: 'accepted' | 'discarded' | undefined,
): CounterStep {
  const jump = total - before.last;
  const moveOn = (kind: StepKind, steps: number, high = total): CounterStep => ({
    last: total,
    lastAt: at,
    high,
    kind,
    steps,
  });
  if (isGlitch(before, { at, total }, next, limits))
    return { last: before.last, lastAt: before.lastAt, high: before.high, kind: 'glitch', steps: 0 };
  if (jump >= 0) {
    if (isPossible(jump, at - before.lastAt, limits))
      return moveOn(
        'counted',
        Math.max(0, total - Math.max(before.last, before.high)),
        Math.max(total, before.high),
      );
    if (verdict === 'accepted') return moveOn('accepted', jump);
    return moveOn(verdict ?? 'quarantined', 0);
  }
  const { rollsOverAt } = limits;
  if (rollsOverAt !== null && before.last < rollsOverAt) {
    const steps = total + rollsOverAt - before.last;
    if (isPossible(steps, at - before.lastAt, limits)) return moveOn('rollover', steps);
  }
  if (isPossible(total, at - before.lastAt, limits)) return moveOn('reset', total);
  return moveOn('replay', 0, before.high);
}

function isPossible(steps: number, elapsedMs: number, { maxStepsPerMs }: CounterLimits): boolean {
  return maxStepsPerMs === null || steps <= SLACK_STEPS + maxStepsPerMs * elapsedMs;
}

/** Whether the next total goes on from before this one, and this one is far from both. */
function isGlitch(
  before: CounterPosition,
  { at, total }: Total,
  next: Total | undefined,
  limits: CounterLimits,
): boolean {
  if (next === undefined || next.total < before.last) return false;
  const onward = next.total - before.last;
  if (!isPossible(onward, next.at - before.lastAt, limits)) return false;
  if (total > next.total) {
    if (limits.maxStepsPerMs !== null) return !isPossible(total - before.last, at - before.lastAt, limits);
    return isFarOff(total - before.last, onward);
  }
  if (total >= before.last) return false;
  // A reset that by chance counts up to where it was is not told apart by its speed alone when it had the time.
  if (limits.maxStepsPerMs !== null) return !isPossible(next.total - total, next.at - at, limits);
  return isFarOff(before.last - total, onward);
}

function isFarOff(distance: number, onward: number): boolean {
  return distance > GLITCH_RATIO * Math.max(1, onward);
}
