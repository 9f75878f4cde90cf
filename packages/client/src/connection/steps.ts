import type { ConnectionReason } from '../types.ts';
import { backoffMs } from './backoff.ts';
import { TIMINGS, type Absence, type Context, type Effect, type State, type Step } from './states.ts';

export const to = (state: State, effects: readonly Effect[], reason: ConnectionReason): Step => ({
  state,
  effects,
  reason,
});
export const stay = (state: State): Step => ({ state, effects: [], reason: null });

export function authorize(attempt: number, absence: Absence, now: number, reason: ConnectionReason): Step {
  const deadline = now + TIMINGS.tokenTimeoutMs;
  return to({ name: 'authorizing', attempt, deadline, absence }, ['requestToken'], reason);
}

interface Retry {
  readonly attempt: number;
  readonly notBefore: number | null;
  readonly absence: Absence;
  readonly reason: ConnectionReason;
}

export function wait({ attempt, notBefore, absence, reason }: Retry, { now, random }: Context): Step {
  const retryAt = notBefore === null ? now + backoffMs(attempt, random) : Math.max(now, notBefore);
  const state: State = { name: 'waiting', attempt: attempt + 1, retryAt, notBefore, absence };
  return to(state, ['closeSocket'], reason);
}
