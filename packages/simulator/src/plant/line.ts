import { between, chance, drawSpread, type Random } from '../random/random.ts';
import { alarmSaid } from './alarms-said.ts';
import { changeFollowers, followConstraint, nextFollowerChange } from './follower.ts';
import type { LineSpec, ProductSpec } from './line-spec.ts';
import {
  announce,
  countsSaid,
  observed,
  report,
  spoken,
  stateSaid,
  tellsStates,
  withProduct,
} from './line-said.ts';
import type { Counts, Happening, Job, LineState, Phase, Stepped, Surroundings } from './line-state.ts';
import { drawCycle, stand, standForStop, standsUntil, startRunning } from './phases.ts';
import type { Window } from './work-calendar.ts';

/** After a stop as long as this, the first parts are as bad as after a changeover. */
const COLD_AFTER_MS = 300_000;
const NOTHING: Counts = { good: 0, scrap: 0, rework: 0 };

/** A line at the start of a job, running. */
export function beginLine(spec: LineSpec, atMs: number, surroundings: Surroundings): Stepped {
  const { random } = surroundings;
  const job = newJob(spec, spec.products[0], atMs, random);
  const state: LineState = {
    phase: startRunning(spec, job.product, atMs, random),
    job,
    counts: NOTHING,
    reported: NOTHING,
    lastCycleEndedAtMs: atMs,
    startupUntilMs: atMs,
    rest: nextRest(spec, atMs, surroundings),
    nextReportAtMs: atMs + random.next() * 1000,
    heardAtMs: atMs,
    stateSaidAtMs: atMs,
    telemetry: spec.telemetry.map(({ running }) => running),
    followers: spec.followers.map(() => ({ runs: true, changesAtMs: null, heardAtMs: atMs })),
  };
  return { state, happenings: announce(spec, state, atMs) };
}

/** As after switching the machine on: its counters show 0, and what it had not reported is gone with them. */
export function resetCounters(state: LineState): LineState {
  return { ...state, counts: NOTHING, reported: NOTHING };
}

/** When something happens on the line next. */
export function nextAt({ phase, rest, nextReportAtMs, followers }: LineState): number {
  const nextOfPhase =
    phase.kind === 'running'
      ? Math.min(phase.nextCycleEndsAtMs, phase.stopAtMs, rest.fromMs)
      : phase.steps[0].untilMs;
  return Math.min(nextOfPhase, nextReportAtMs, nextFollowerChange(followers));
}

/** Lets the next thing happen. */
export function stepLine(spec: LineSpec, state: LineState, surroundings: Surroundings): Stepped {
  const atMs = nextAt(state);
  if (state.nextReportAtMs === atMs) return report(spec, state, atMs, surroundings);
  if (nextFollowerChange(state.followers) === atMs) {
    const { states, said } = changeFollowers(spec.followers, state.followers, atMs);
    return {
      state: { ...state, followers: states },
      happenings: said.map((observation) => observed(atMs, observation)),
    };
  }
  const { phase } = state;
  if (phase.kind === 'standing') return passOn(spec, state, phase, surroundings);
  if (phase.nextCycleEndsAtMs === atMs) return endCycle(spec, state, phase, surroundings);
  if (phase.stopAtMs === atMs && phase.stopCause !== null) {
    const stopped = standForStop(phase.stopCause, atMs, surroundings.random);
    const happening: Happening = {
      kind: 'stopped',
      atMs,
      cause: phase.stopCause,
      untilMs: standsUntil(stopped),
    };
    const alarm = alarmSaid(spec, phase.stopCause, atMs, true).map((said) => observed(atMs, said));
    return enter(spec, state, stopped, atMs, [...alarm, happening]);
  }
  return enter(spec, state, takeBreak(spec, state.rest, atMs), atMs, []);
}

// ---- cycles and jobs --------------------------------------------------------------------------------

function endCycle(
  spec: LineSpec,
  state: LineState,
  phase: Phase & { kind: 'running' },
  { random }: Surroundings,
): Stepped {
  const atMs = phase.nextCycleEndsAtMs;
  const scrapRate = atMs < state.startupUntilMs ? spec.startup.scrapRate : spec.scrapRate;
  const isScrap = chance(random, scrapRate);
  const isRework = !isScrap && chance(random, spec.reworkRate);
  const isGood = !isScrap && !isRework;
  const job = isGood ? { ...state.job, goodCount: state.job.goodCount + spec.unitsPerCycle } : state.job;
  const counts = {
    good: state.counts.good + Number(isGood),
    scrap: state.counts.scrap + Number(isScrap),
    rework: state.counts.rework + Number(isRework),
  };
  const next = { ...phase, nextCycleEndsAtMs: atMs + drawCycle(spec, job.product, random) };
  const made: LineState = { ...state, job, counts, phase: next, lastCycleEndedAtMs: atMs };
  return job.goodCount < job.targetCount
    ? { state: made, happenings: [] }
    : startChangeover(spec, made, atMs, random);
}

function startChangeover(spec: LineSpec, state: LineState, atMs: number, random: Random): Stepped {
  const index = spec.products.findIndex(({ id }) => id === state.job.product.id);
  const toProduct = spec.products[(index + 1) % spec.products.length] ?? spec.products[0];
  const forMs = drawSpread(random, spec.changeoverMs);
  const phase = stand({ kind: 'changeover', toProduct }, spec.changeover, atMs, forMs);
  return enter(spec, state, phase, atMs, [
    { kind: 'jobEnded', atMs, job: state.job },
    { kind: 'changeoverStarted', atMs, toProduct: toProduct.id },
  ]);
}

function newJob(spec: LineSpec, product: ProductSpec, atMs: number, random: Random): Job {
  const units = between(random, spec.jobMs.min, spec.jobMs.max) / product.idealCycleMs;
  const step = units > 1000 ? 100 : units > 100 ? 10 : 1;
  const number = 100_000 + ((Math.floor(atMs / 60_000) * 7 + Math.floor(random.next() * 7)) % 900_000);
  return {
    workOrder: `WO-${number}`,
    product,
    targetCount: Math.max(step, Math.round(units / step) * step),
    goodCount: 0,
  };
}

// ---- standstills ------------------------------------------------------------------------------------

/** Into a phase: what was counted is told first, then the new state. */
function enter(
  spec: LineSpec,
  state: LineState,
  phase: Phase,
  atMs: number,
  happenings: readonly Happening[],
): Stepped {
  const counted = countsSaid(spec, state);
  const followers = followConstraint(spec.followers, state.followers, phase.kind === 'running', atMs);
  const said = stateSaid(spec, phase, atMs);
  return {
    state: { ...state, phase, followers, reported: state.counts, heardAtMs: atMs, stateSaidAtMs: atMs },
    happenings: [
      ...(counted === null
        ? []
        : [observed(state.lastCycleEndedAtMs, { ...spoken(spec, state.lastCycleEndedAtMs), ...counted })]),
      ...(tellsStates(spec) ? [observed(atMs, said)] : []),
      ...happenings,
    ],
  };
}

/** From one state of a standstill to the next, or out of it. */
function passOn(
  spec: LineSpec,
  state: LineState,
  phase: Phase & { kind: 'standing' },
  surroundings: Surroundings,
): Stepped {
  const [done, next, ...later] = phase.steps;
  const atMs = done.untilMs;
  if (next !== undefined) return enter(spec, state, { ...phase, steps: [next, ...later] }, atMs, []);
  const ended = endStandstill(spec, state, phase, atMs, surroundings);
  const rest = ended.state.rest.toMs <= atMs ? nextRest(spec, atMs, surroundings) : ended.state.rest;
  const going: LineState = { ...ended.state, rest };
  const after =
    rest.fromMs <= atMs
      ? takeBreak(spec, rest, atMs)
      : startRunning(spec, going.job.product, atMs, surroundings.random);
  const entered = enter(spec, going, after, atMs, ended.happenings);
  if (phase.why.kind !== 'changeover') return entered;
  if (!tellsStates(spec))
    return {
      state: entered.state,
      happenings: [
        observed(atMs, { ...spoken(spec, atMs), product: going.job.product.id }),
        ...entered.happenings,
      ],
    };
  return {
    state: entered.state,
    happenings: entered.happenings.map((said) => withProduct(spec, going, said)),
  };
}

function endStandstill(
  spec: LineSpec,
  state: LineState,
  { why }: Phase & { kind: 'standing' },
  atMs: number,
  { random }: Surroundings,
): Stepped {
  const cold = { ...state, startupUntilMs: atMs + spec.startup.forMs };
  if (why.kind === 'changeover') {
    const job = newJob(spec, why.toProduct, atMs, random);
    return {
      state: { ...cold, job },
      happenings: [
        { kind: 'changeoverEnded', atMs },
        { kind: 'jobBegan', atMs, job },
      ],
    };
  }
  if (why.kind !== 'stop') return { state, happenings: [] };
  const cleared = alarmSaid(spec, why.cause, atMs, false).map((said) => observed(atMs, said));
  const wasLong = atMs - why.sinceMs >= COLD_AFTER_MS;
  return { state: wasLong ? cold : state, happenings: cleared };
}

function takeBreak(spec: LineSpec, rest: Window, atMs: number): Phase {
  return stand({ kind: 'break' }, spec.break, atMs, rest.toMs - atMs);
}

/** The next break as people take it; on lines that run through: never. */
function nextRest(spec: LineSpec, atMs: number, { calendar, random }: Surroundings): Window {
  const never = Number.POSITIVE_INFINITY;
  if (spec.breaks === 'relieved') return { fromMs: never, toMs: never };
  // A break that people have just come back from early is not taken again.
  const { fromMs, toMs } = calendar.breakAt(atMs + 180_000);
  return {
    fromMs: fromMs + between(random, -60_000, 45_000),
    toMs: toMs + between(random, -45_000, 120_000),
  };
}
