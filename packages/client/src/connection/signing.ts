// Signing out and in: what becomes of a connection whose session is over.
import type { ConnectionReason } from '../types.ts';
import { reasonFor } from './reasons.ts';
import {
  TIMINGS,
  type Absence,
  type ConnectionEvent,
  type Context,
  type State,
  type StateOf,
  type Step,
} from './states.ts';
import { authorize, stay, to, wait } from './steps.ts';

type Up = StateOf<'live' | 'probing'>;
/** The session is over, or about to be. */
type Leaving = StateOf<'signingOut' | 'vacant'>;

/** What the server still says of the session counts no more. */
export function signOut(state: Up, _event: ConnectionEvent, { now }: Context): Step {
  const reason = reasonFor('signOutCalled');
  const deadline = now + TIMINGS.signOutTimeoutMs;
  const { notBefore } = state;
  return to(
    { name: 'signingOut', since: now, reason, deadline, isNextWaiting: false, notBefore },
    ['signOut'],
    reason,
  );
}

/** There is no session to end; an attempt under way spoke for who is leaving. */
export function leave(_state: State, _event: ConnectionEvent, { now }: Context): Step {
  const reason = reasonFor('signedOut');
  return to({ name: 'signedOut', reason, since: now }, ['closeSocket'], reason);
}

const arrival = (now: number, reason: ConnectionReason): Absence => ({
  since: now,
  reason,
  wasLive: false,
  isLostForLong: false,
  isSuspended: false,
});

/** On the connection there is. */
export function admit(deadline: number, now: number): Step {
  const reason = reasonFor('signInCalled');
  const state: State = { name: 'admitting', deadline, absence: arrival(now, reason) };
  return to(state, ['requestToken'], reason);
}

/** On a connection of their own. */
export function begin(code: 'connectCalled' | 'signInCalled') {
  return (_state: State, _event: ConnectionEvent, { now }: Context): Step => {
    const reason = reasonFor(code);
    return authorize(0, arrival(now, reason), now, reason);
  };
}

/** The server will not wait any longer for the token, or did not: the next connection will. */
export function admitElsewhere({ absence }: StateOf<'admitting'>, now: number): Step {
  const { state, effects, reason } = authorize(0, absence, now, reasonFor('signInCalled'));
  return to(state, ['closeSocket', ...effects], reason ?? reasonFor('signInCalled'));
}

/** The connection is of no use to the next; there is a new one when somebody signs in. */
export function giveUp(state: Leaving, event: ConnectionEvent, context: Context): Step {
  if (state.name === 'vacant' || !state.isNextWaiting) return leave(state, event, context);
  const { now } = context;
  const reason = reasonFor('signInCalled');
  const { notBefore } = state;
  if (notBefore !== null && notBefore > now)
    return wait({ attempt: 0, notBefore, absence: arrival(now, reason), reason }, context);
  const next = authorize(0, arrival(now, reason), now, reason);
  return to(next.state, ['closeSocket', ...next.effects], reason);
}

export const giveUpInTime = (state: Leaving, event: ConnectionEvent, context: Context): Step =>
  context.now < state.deadline ? stay(state) : giveUp(state, event, context);

export function becomeVacant(state: StateOf<'signingOut'>, _event: ConnectionEvent, { now }: Context): Step {
  const deadline = now + TIMINGS.vacantMs;
  if (state.isNextWaiting) return admit(deadline, now);
  const reason = reasonFor('signedOut');
  return to({ name: 'vacant', since: state.since, reason, deadline }, [], reason);
}

export const setNext =
  (isNextWaiting: boolean) =>
  (state: StateOf<'signingOut'>): Step =>
    state.isNextWaiting === isNextWaiting
      ? stay(state)
      : to({ ...state, isNextWaiting }, [], reasonFor(isNextWaiting ? 'signInCalled' : 'signOutCalled'));
