import type { ObservationInput } from '@ms5/wire/factory';
import type { FollowerSpec } from './line-spec.ts';

/** A machine that runs and stands with the constraint, a little later. */
export interface FollowerState {
  readonly runs: boolean;
  /** When it does as the constraint does now; `null`: it already does. */
  readonly changesAtMs: number | null;
  /** When it last said anything. */
  readonly heardAtMs: number;
}

export function followConstraint(
  specs: readonly FollowerSpec[],
  states: readonly FollowerState[],
  constraintRuns: boolean,
  atMs: number,
): readonly FollowerState[] {
  return states.map((state, index) => {
    if (state.runs === constraintRuns) return { ...state, changesAtMs: null };
    return { ...state, changesAtMs: state.changesAtMs ?? atMs + (specs[index]?.delayMs ?? 0) };
  });
}

export function nextFollowerChange(states: readonly FollowerState[]): number {
  return states.reduce(
    (next, { changesAtMs }) => Math.min(next, changesAtMs ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
}

export interface FollowersSaid {
  readonly states: readonly FollowerState[];
  readonly said: readonly ObservationInput[];
}

/** Lets the changes due at `atMs` happen and says them. */
export function changeFollowers(
  specs: readonly FollowerSpec[],
  states: readonly FollowerState[],
  atMs: number,
): FollowersSaid {
  const said: ObservationInput[] = [];
  const changed = states.map((state, index) => {
    const spec = specs[index];
    if (spec === undefined || state.changesAtMs === null || state.changesAtMs > atMs) return state;
    const next = { runs: !state.runs, changesAtMs: null, heardAtMs: atMs };
    said.push(followerSays(spec, next, atMs));
    return next;
  });
  return { states: changed, said };
}

/** Says again the state of those last heard before `sinceMs`, or at it. */
export function repeatFollowers(
  specs: readonly FollowerSpec[],
  states: readonly FollowerState[],
  atMs: number,
  sinceMs: number,
): FollowersSaid {
  const said: ObservationInput[] = [];
  const repeated = states.map((state, index) => {
    const spec = specs[index];
    if (spec === undefined || state.heardAtMs > sinceMs) return state;
    said.push(followerSays(spec, state, atMs));
    return { ...state, heardAtMs: atMs };
  });
  return { states: repeated, said };
}

function followerSays(spec: FollowerSpec, state: FollowerState, atMs: number): ObservationInput {
  return {
    equipment: spec.equipment,
    at: Math.round(atMs),
    state: state.runs ? spec.running : spec.standing,
  };
}
