import type { ObservationInput } from '@ms5/wire/factory';
import { alarmsAnnounced } from './alarms-said.ts';
import { repeatFollowers } from './follower.ts';
import type { LineSpec } from './line-spec.ts';
import type { Counts, Happening, LineState, Phase, Stepped, Surroundings } from './line-state.ts';
import { drift, readings } from './telemetry.ts';

const HISTORY_REPORT_MS = 10_000;
/** A machine that has nothing new to say repeats its state, so as never to be silent for longer than this. */
const HEARTBEAT_MS = 9_500;
const HISTORY_HEARTBEAT_MS = 25_000;
/** And after so long in any case, for whoever has lost it. */
const REPEAT_STATE_MS = 60_000;

/** All that the machines of a line would say to somebody who has heard nothing yet. */
export function announce(spec: LineSpec, state: LineState, atMs: number): readonly Happening[] {
  const said: ObservationInput[] = [
    {
      ...stateSaid(spec, state.phase, atMs),
      product: state.job.product.id,
      ...(spec.counts === 'totals' ? totals(state.counts) : {}),
    },
    ...alarmsAnnounced(spec, state.phase, atMs),
    ...repeatFollowers(spec.followers, state.followers, atMs, atMs).said,
  ];
  return said.map((observation) => observed(atMs, observation));
}

/** The machine's regular report: counts, measurements, and its state where that has not been said for long. */
export function report(spec: LineSpec, state: LineState, atMs: number, surroundings: Surroundings): Stepped {
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
  const repeats = tellsStates(spec) && (isSilent || atMs - state.stateSaidAtMs >= REPEAT_STATE_MS);
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
export function countsSaid(
  spec: LineSpec,
  { counts, reported }: LineState,
): Partial<ObservationInput> | null {
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

export function tellsStates({ tells }: LineSpec): boolean {
  return tells !== 'pulses';
}

/** Of a machine that tells no states: nothing. */
export function stateSaid(spec: LineSpec, phase: Phase, atMs: number): ObservationInput {
  if (!tellsStates(spec)) return spoken(spec, atMs);
  if (phase.kind === 'running') return { ...spoken(spec, atMs), state: spec.running };
  const { steps, reason } = phase;
  return { ...spoken(spec, atMs), state: steps[0].state, ...(reason === undefined ? {} : { reason }) };
}

export function withProduct(spec: LineSpec, state: LineState, happening: Happening): Happening {
  if (happening.kind !== 'observed' || happening.observation.equipment !== spec.equipment) return happening;
  if (happening.observation.state === undefined) return happening;
  return { ...happening, observation: { ...happening.observation, product: state.job.product.id } };
}

export function spoken(spec: LineSpec, atMs: number): ObservationInput {
  return { equipment: spec.equipment, at: Math.round(atMs) };
}

export function observed(atMs: number, observation: ObservationInput): Happening {
  return { kind: 'observed', atMs, observation };
}
