import type { ObservationInput } from '@ms5/wire/factory';
import type { FollowerSpec } from './line-spec.ts';

/** A machine that runs and stands with the constraint, a little later. */
export interface FollowerState {
  readonly runs: boolean;
  /** When it does as the constraint does now; `null`: it already does. */
  readonly changesAtMs: number | null;
}

export function followConstraint(
  specs: readonly FollowerSpec[],
  states: readonly FollowerState[],
  constraintRuns: boolean,
  atMs: number,
): readonly FollowerState[] {
  return states.map((state, index) => {
    if (state.runs === constraintRuns) return { runs: state.runs, changesAtMs: null };
    return { runs: state.runs, changesAtMs: state.changesAtMs ?? atMs + (specs[index]?.delayMs ?? 0) };
  });
}

export function nextFollowerChange(states: readonly FollowerState[]): number {
  return Math.min(...states.map(({ changesAtMs }) => changesAtMs ?? Number.POSITIVE_INFINITY));
}

/** Lets the changes due at `atMs` happen and says them. */
export function changeFollowers(
  specs: readonly FollowerSpec[],
  states: readonly FollowerState[],
  atMs: number,
): { readonly states: readonly FollowerState[]; readonly said: readonly ObservationInput[] } {
  const said: ObservationInput[] = [];
  const changed = states.map((state, index) => {
    const spec = specs[index];
    if (spec === undefined || state.changesAtMs === null || state.changesAtMs > atMs) return state;
    const next = { runs: !state.runs, changesAtMs: null };
    said.push(followerSays(spec, next, state.changesAtMs));
    return next;
  });
  return { states: changed, said };
}

export function followerSays(spec: FollowerSpec, state: FollowerState, atMs: number): ObservationInput {
  return {
    equipment: spec.equipment,
    at: Math.round(atMs),
    state: state.runs ? spec.running : spec.standing,
  };
}
