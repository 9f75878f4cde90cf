import { drawSpread, exponential, type Random } from '../random/random.ts';
import type { LineSpec, ProductSpec, StatePath, StopCause } from './line-spec.ts';
import type { LineState, Phase, Step, Why } from './line-state.ts';

/** Into production: the next stop is drawn, the cycle begins. */
export function startRunning(spec: LineSpec, product: ProductSpec, atMs: number, random: Random): Phase {
  const meetings = spec.stops.map(({ everyMs }) => 1 / everyMs);
  const rate = meetings.reduce((sum, meeting) => sum + meeting, 0);
  const stopAtMs = rate === 0 ? Number.POSITIVE_INFINITY : atMs + exponential(random, 1 / rate);
  let share = random.next() * rate;
  const cause = spec.stops.find((_, index) => (share -= meetings[index] ?? 0) < 0) ?? spec.stops.at(-1);
  return {
    kind: 'running',
    nextCycleEndsAtMs: atMs + drawCycle(spec, product, random),
    stopAtMs,
    stopCause: cause ?? null,
  };
}

/** Time of one machine cycle. */
export function drawCycle(spec: LineSpec, product: ProductSpec, random: Random): number {
  const { factor, jitter } = spec.pace;
  // A triangular draw: mean 0, standard deviation 1, and never so far out that a cycle could run backwards.
  const draw = (random.next() + random.next() - 1) * Math.sqrt(6);
  return product.idealCycleMs * spec.unitsPerCycle * Math.max(0.5, factor + jitter * draw);
}

export function standForStop(cause: StopCause, atMs: number, random: Random): Phase {
  const why: Why = { kind: 'stop', cause, sinceMs: atMs };
  return stand(why, cause.path, atMs, drawSpread(random, cause.durationMs));
}

/** A standstill of `forMs` altogether, but no shorter than the states on the way in and out. */
export function stand(why: Why, path: StatePath, atMs: number, forMs: number): Phase {
  const before = path.before ?? [];
  const after = path.after ?? [];
  const passing = [...before, ...after].reduce((sum, step) => sum + step.forMs, 0);
  const stay: Step & { forMs: number } = {
    state: path.stay,
    untilMs: 0,
    stays: true,
    forMs: Math.max(1_000, forMs - passing),
  };
  let untilMs = atMs;
  const steps = [...before, stay, ...after].map((step): Step => {
    untilMs += step.forMs;
    return step === stay ? { state: step.state, untilMs, stays: true } : { state: step.state, untilMs };
  });
  const [first = { state: path.stay, untilMs: atMs }, ...rest] = steps;
  return {
    kind: 'standing',
    why,
    steps: [first, ...rest],
    ...(path.reason === undefined ? {} : { reason: path.reason }),
  };
}

/** When the standstill is over; while running: never. */
export function standsUntil(phase: Phase): number {
  if (phase.kind === 'running') return Number.POSITIVE_INFINITY;
  return (phase.steps.at(-1) ?? phase.steps[0]).untilMs;
}

/** A stop whose repair takes longer than it would have by itself. Anything else is left as it is. */
export function prolongStop(state: LineState, untilMs: number): LineState {
  const { phase } = state;
  const byMs = untilMs - standsUntil(phase);
  if (phase.kind === 'running' || phase.why.kind !== 'stop' || byMs <= 0) return state;
  const from = phase.steps.findIndex(({ stays }) => stays === true);
  if (from === -1) return state;
  const [first, ...rest] = phase.steps.map((step, index) =>
    index < from ? step : { ...step, untilMs: step.untilMs + byMs },
  );
  return first === undefined ? state : { ...state, phase: { ...phase, steps: [first, ...rest] } };
}
