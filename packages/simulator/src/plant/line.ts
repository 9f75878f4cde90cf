import type { ObservationInput } from '@ms5/wire/factory';
import { between, chance, drawSpread, type Random } from '../random/random.ts';
import { changeFollowers, followConstraint, nextFollowerChange, repeatFollowers } from './follower.ts';
import type { LineSpec, ProductSpec } from './line-spec.ts';
import type { Counts, Happening, Job, LineState, Phase } from './line-state.ts';
import { drawCycle, stand, standForStop, standsUntil, startRunning } from './phases.ts';
import { drift, readings } from './telemetry.ts';
import type { Window, WorkCalendar } from './work-calendar.ts';

/** What a line needs from outside to go on. */
export interface Surroundings {
  readonly random: Random;
  readonly calendar: WorkCalendar;
  /** Before this instant it is history: reported in coarser steps, without telemetry. */
  readonly liveFromMs: number;
}

const HISTORY_REPORT_MS = 10_000;
/** A machine that has nothing new to say repeats its state, so as never to be silent for longer than this. */
const HEARTBEAT_MS = 9_500;
const HISTORY_HEARTBEAT_MS = 25_000;
/** And after so long in any case, for whoever has lost it. */
const REPEAT_STATE_MS = 60_000;
/** After a stop as long as this, the first parts are as bad as after a changeover. */
const COLD_AFTER_MS = 300_000;
const NOTHING: Counts = { good: 0, scrap: 0, rework: 0 };

interface Stepped {
  readonly state: LineState;
  readonly happenings: readonly Happening[];
}

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

/** All that the machines of a line would say to somebody who has heard nothing yet. */
export function announce(spec: LineSpec, state: LineState, atMs: number): readonly Happening[] {
  const said: ObservationInput[] = [
    {
      ...stateSaid(spec, state.phase, atMs),
      product: state.job.product.id,
      ...(spec.counts === 'totals' ? totals(state.counts) : {}),
    },
    ...repeatFollowers(spec.followers, state.followers, atMs, atMs).said,
  ];
  return said.map((observation) => observed(atMs, observation));
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
    return enter(spec, state, stopped, atMs, [happening]);
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
      observed(atMs, said),
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
  const wasLong = why.kind === 'stop' && atMs - why.sinceMs >= COLD_AFTER_MS;
  return { state: wasLong ? cold : state, happenings: [] };
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

// ---- what is said -----------------------------------------------------------------------------------

function report(spec: LineSpec, state: LineState, atMs: number, surroundings: Surroundings): Stepped {
  const isLive = atMs >= surroundings.liveFromMs;
  const everyMs = isLive ? spec.reportEveryMs : HISTORY_REPORT_MS;
  const silentMs = isLive ? HEARTBEAT_MS : HISTORY_HEARTBEAT_MS;
  const runs = state.phase.kind === 'running';
  const telemetry = isLive
    ? drift(spec.telemetry, state.telemetry, runs, everyMs, surroundings.random)
    : state.telemetry;
  const counted = countsSaid(spec, state);
  const measured = isLive && telemetry.length > 0 ? { telemetry: readings(spec.telemetry, telemetry) } : null;
  // Whoever was last heard before this would be silent for too long by the next report.
  const lastHeardMs = atMs + everyMs - silentMs;
  const isSilent = counted === null && measured === null && state.heardAtMs < lastHeardMs;
  const repeats = isSilent || atMs - state.stateSaidAtMs >= REPEAT_STATE_MS;
  const speaks = counted !== null || measured !== null || repeats;
  const said = {
    ...(repeats ? stateSaid(spec, state.phase, atMs) : spoken(spec, atMs)),
    ...counted,
    ...measured,
  };
  const followers = repeatFollowers(spec.followers, state.followers, atMs, lastHeardMs);
  return {
    state: {
      ...state,
      telemetry,
      followers: followers.states,
      nextReportAtMs: atMs + everyMs,
      reported: state.counts,
      heardAtMs: speaks ? atMs : state.heardAtMs,
      stateSaidAtMs: repeats ? atMs : state.stateSaidAtMs,
    },
    happenings: [...(speaks ? [said] : []), ...followers.said].map((observation) =>
      observed(atMs, observation),
    ),
  };
}

/** `null`: nothing was made since the last report. */
function countsSaid(spec: LineSpec, { counts, reported }: LineState): Partial<ObservationInput> | null {
  const good = counts.good - reported.good;
  const scrap = counts.scrap - reported.scrap;
  const rework = counts.rework - reported.rework;
  if (good + scrap + rework === 0) return null;
  if (spec.counts === 'totals') return totals(counts);
  return {
    ...(good > 0 ? { good } : {}),
    ...(scrap > 0 ? { scrap } : {}),
    ...(rework > 0 ? { rework } : {}),
  };
}

function totals({ good, scrap, rework }: Counts): Partial<ObservationInput> {
  return { counter: good + scrap + rework, rejectCounter: scrap + rework };
}

function stateSaid(spec: LineSpec, phase: Phase, atMs: number): ObservationInput {
  if (phase.kind === 'running') return { ...spoken(spec, atMs), state: spec.running };
  const { steps, reason } = phase;
  return { ...spoken(spec, atMs), state: steps[0].state, ...(reason === undefined ? {} : { reason }) };
}

function withProduct(spec: LineSpec, state: LineState, happening: Happening): Happening {
  if (happening.kind !== 'observed' || happening.observation.equipment !== spec.equipment) return happening;
  if (happening.observation.state === undefined) return happening;
  return { ...happening, observation: { ...happening.observation, product: state.job.product.id } };
}

function spoken(spec: LineSpec, atMs: number): ObservationInput {
  return { equipment: spec.equipment, at: Math.round(atMs) };
}

function observed(atMs: number, observation: ObservationInput): Happening {
  return { kind: 'observed', atMs, observation };
}
