import { canReconnect } from '@ms5/wire';
import type { ConnectionReason } from '../types.ts';
import { advisedMs } from './backoff.ts';
import { reasonFor } from './reasons.ts';
import {
  admit,
  admitElsewhere,
  becomeVacant,
  begin,
  giveUp,
  giveUpInTime,
  leave,
  setNext,
  signOut,
} from './signing.ts';
import {
  TIMINGS,
  type Absence,
  type ConnectionEvent,
  type Context,
  type Effect,
  type EventName,
  type EventOf,
  type State,
  type StateName,
  type StateOf,
  type Step,
} from './states.ts';
import { authorize, stay, to, wait } from './steps.ts';

type Handler<S extends StateName, E extends EventName> = (
  state: StateOf<S>,
  event: EventOf<E>,
  context: Context,
) => Step;
type Table = { readonly [S in StateName]: { readonly [E in EventName]: Handler<S, E> } };

type Away = StateOf<'authorizing' | 'opening' | 'greeting' | 'admitting' | 'waiting'>;
type Trying = StateOf<'authorizing' | 'opening' | 'greeting'>;
type Up = StateOf<'live' | 'probing'>;

function close(reason: ConnectionReason, now: number, effects: readonly Effect[] = ['closeSocket']): Step {
  return to({ name: 'closed', reason, since: now }, effects, reason);
}
const closeByCall = (_state: State, _event: ConnectionEvent, { now }: Context): Step =>
  close(reasonFor('closeCalled'), now);

/** An attempt failed. The absence keeps its beginning but tells the newest reason. */
function fail(state: Trying, reason: ConnectionReason, context: Context): Step {
  const notBefore = state.name === 'greeting' ? state.notBefore : null;
  return wait({ attempt: state.attempt, notBefore, absence: { ...state.absence, reason }, reason }, context);
}

const absenceOf = (reason: ConnectionReason, since: number): Absence => ({
  since,
  reason,
  wasLive: true,
  isLostForLong: false,
  isSuspended: false,
});

function lose(state: Up, reason: ConnectionReason, context: Context): Step {
  const { now } = context;
  const attempt = now - state.since >= TIMINGS.stableAfterMs ? 0 : state.attempt;
  return wait({ attempt, notBefore: state.notBefore, absence: absenceOf(reason, now), reason }, context);
}

/** `CLOSE_CODES.unauthorized` of the catalogue, whose texts a client has no use for. */
const UNAUTHORIZED_CODE = 4501;

const isTerminal = (code: number): boolean => !canReconnect(code);

function dropReason(event: EventOf<'dropped'>, notBefore: number | null): ConnectionReason {
  const detail = event.reason === '' ? `code ${event.code}` : `${event.reason} (${event.code})`;
  if (event.code === UNAUTHORIZED_CODE) return reasonFor('unauthorized', detail);
  if (isTerminal(event.code)) return reasonFor('serverRefused', detail);
  return reasonFor(notBefore === null ? 'socketClosed' : 'serverAdvised', detail);
}

function dropWhileTrying(state: Trying, event: EventOf<'dropped'>, context: Context): Step {
  const reason = dropReason(event, state.name === 'greeting' ? state.notBefore : null);
  return isTerminal(event.code) ? close(reason, context.now) : fail(state, reason, context);
}

function dropWhileUp(state: Up, event: EventOf<'dropped'>, context: Context): Step {
  const reason = dropReason(event, state.notBefore);
  return isTerminal(event.code) ? close(reason, context.now) : lose(state, reason, context);
}

function failToken(
  { attempt, absence }: Pick<Trying, 'attempt' | 'absence'>,
  event: EventOf<'tokenFailed'>,
  context: Context,
): Step {
  if (event.unauthorized) return close(reasonFor('unauthorized', event.message), context.now);
  const reason = reasonFor('tokenFailed', event.message);
  return wait({ attempt, notBefore: null, absence: { ...absence, reason }, reason }, context);
}

/** A refresh found nobody to speak for. Other failures of a refresh are retried by whoever asked for it. */
function failRefresh(state: Up, event: EventOf<'tokenFailed'>, { now }: Context): Step {
  return event.unauthorized ? close(reasonFor('unauthorized', event.message), now) : stay(state);
}

const violate = (state: Up, event: EventOf<'violated'>, context: Context): Step =>
  lose(state, reasonFor(event.code, event.message), context);

function advise(
  state: StateOf<'greeting' | 'live' | 'probing'>,
  event: EventOf<'advised'>,
  { now }: Context,
): Step {
  const notBefore = now + advisedMs(event.retryAfterMs);
  return to({ ...state, notBefore }, [], reasonFor('serverAdvised'));
}

function probe(state: StateOf<'live'>, _event: ConnectionEvent, { now }: Context): Step {
  const reason = reasonFor('probing');
  const deadline = now + TIMINGS.probeTimeoutMs;
  return to({ ...state, name: 'probing', reason, deadline }, ['probe'], reason);
}

function hear(state: StateOf<'probing'>): Step {
  const { since, attempt, silenceMs, notBefore } = state;
  const reason = reasonFor('probeAnswered');
  return to({ name: 'live', since, reason, attempt, silenceMs, notBefore }, [], reason);
}

/** The network or the screen is back: no reason to wait, unless the server asked for it. */
function hurry(code: 'networkOnline' | 'foreground') {
  return (state: StateOf<'waiting'>, _event: ConnectionEvent, { now }: Context): Step => {
    if (state.notBefore !== null && state.notBefore > now) return stay(state);
    return authorize(state.attempt, state.absence, now, reasonFor(code));
  };
}

/** What an absence says as it grows; `null` when there is nothing new to say. */
function grow(absence: Absence, now: number): { absence: Absence; reason: ConnectionReason } | null {
  const age = now - absence.since;
  if (!absence.isSuspended && age >= TIMINGS.suspendAfterMs) {
    return {
      absence: { ...absence, isLostForLong: true, isSuspended: true },
      reason: reasonFor('continuityLost'),
    };
  }
  if (!absence.isLostForLong && age >= TIMINGS.lostNoticeAfterMs) {
    return { absence: { ...absence, isLostForLong: true }, reason: reasonFor('lostForLong') };
  }
  return null;
}

function withGrowth(step: (state: Away, context: Context) => Step) {
  return (state: Away, _event: ConnectionEvent, context: Context): Step => {
    const growth = grow(state.absence, context.now);
    const grown = growth === null ? state : { ...state, absence: growth.absence };
    const next = step(grown, context);
    return next.reason === null && growth !== null ? to(grown, [], growth.reason) : next;
  };
}

const TIMED_OUT = {
  authorizing: 'tokenTimedOut',
  opening: 'openTimedOut',
  greeting: 'welcomeTimedOut',
} as const;

const timeOut = withGrowth((state, context) => {
  const { now } = context;
  if (state.name === 'admitting') return now < state.deadline ? stay(state) : admitElsewhere(state, now);
  if (state.name === 'waiting') {
    if (now < state.retryAt) return stay(state);
    return authorize(state.attempt, state.absence, now, reasonFor('retryDue'));
  }
  return now < state.deadline ? stay(state) : fail(state, reasonFor(TIMED_OUT[state.name]), context);
});

function silence(state: StateOf<'live'>, event: EventOf<'deadlinePassed'>, context: Context): Step {
  if (context.now < event.heardAt + state.silenceMs) return stay(state);
  return lose(state, reasonFor('pingLate'), context);
}

/** Somebody is looking at a dead socket: no reason to wait either, unless the server asked for it. */
function probeTimeOut(state: StateOf<'probing'>, _event: ConnectionEvent, context: Context): Step {
  const { now } = context;
  if (now < state.deadline) return stay(state);
  const reason = reasonFor('probeTimedOut');
  if (state.notBefore !== null && state.notBefore > now) return lose(state, reason, context);
  const { state: next, effects } = authorize(state.attempt, absenceOf(reason, now), now, reason);
  return to(next, ['closeSocket', ...effects], reason);
}

/** Nothing more can come of this event in this state: a late timer, an old socket's word, a repeated call. */
const ignore = (state: State): Step => stay(state);

const IGNORE_ALL: { readonly [E in EventName]: typeof ignore } = {
  connect: ignore,
  close: ignore,
  signOut: ignore,
  signIn: ignore,
  signedOut: ignore,
  signOutFailed: ignore,
  tokenReady: ignore,
  tokenFailed: ignore,
  opened: ignore,
  welcomed: ignore,
  dropped: ignore,
  heard: ignore,
  advised: ignore,
  deadlinePassed: ignore,
  online: ignore,
  offline: ignore,
  foreground: ignore,
  violated: ignore,
};

const TABLE: Table = {
  idle: {
    ...IGNORE_ALL,
    connect: begin('connectCalled'),
    signIn: begin('signInCalled'),
    close: closeByCall,
  },
  authorizing: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: leave,
    tokenReady: ({ attempt, absence }, _event, { now }) =>
      to(
        { name: 'opening', attempt, absence, deadline: now + TIMINGS.openTimeoutMs },
        ['openSocket'],
        reasonFor('tokenReady'),
      ),
    tokenFailed: failToken,
    deadlinePassed: timeOut,
  },
  opening: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: leave,
    opened: ({ attempt, absence }, _event, { now }) =>
      to(
        {
          name: 'greeting',
          attempt,
          absence,
          deadline: now + TIMINGS.welcomeTimeoutMs,
          notBefore: null,
        },
        ['greet'],
        reasonFor('socketOpened'),
      ),
    dropped: dropWhileTrying,
    deadlinePassed: timeOut,
  },
  greeting: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: leave,
    welcomed: ({ attempt, notBefore }, event, { now }) => {
      const reason = reasonFor('welcomed');
      const silenceMs = event.pingIntervalMs + TIMINGS.pingGraceMs;
      return to({ name: 'live', since: now, reason, attempt, silenceMs, notBefore }, [], reason);
    },
    dropped: dropWhileTrying,
    advised: advise,
    deadlinePassed: timeOut,
    violated: (state, event, context) => fail(state, reasonFor(event.code, event.message), context),
  },
  live: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut,
    tokenFailed: failRefresh,
    dropped: dropWhileUp,
    advised: advise,
    deadlinePassed: silence,
    online: probe,
    offline: probe,
    foreground: probe,
    violated: violate,
  },
  probing: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut,
    tokenFailed: failRefresh,
    dropped: dropWhileUp,
    heard: hear,
    advised: advise,
    deadlinePassed: probeTimeOut,
    violated: violate,
  },
  waiting: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: leave,
    deadlinePassed: timeOut,
    online: hurry('networkOnline'),
    foreground: hurry('foreground'),
  },
  signingOut: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: setNext(false),
    signIn: setNext(true),
    signedOut: becomeVacant,
    signOutFailed: giveUp,
    dropped: giveUp,
    advised: (state, { retryAfterMs }, { now }) =>
      to({ ...state, notBefore: now + advisedMs(retryAfterMs) }, [], reasonFor('serverAdvised')),
    deadlinePassed: giveUpInTime,
    violated: giveUp,
  },
  vacant: {
    ...IGNORE_ALL,
    close: closeByCall,
    signIn: ({ deadline }, _event, { now }) => admit(deadline, now),
    dropped: giveUp,
    deadlinePassed: giveUpInTime,
    violated: giveUp,
  },
  signedOut: {
    ...IGNORE_ALL,
    close: closeByCall,
    signIn: begin('signInCalled'),
  },
  admitting: {
    ...IGNORE_ALL,
    close: closeByCall,
    signOut: leave,
    tokenReady: ({ absence }, _event, { now }) =>
      to(
        {
          name: 'greeting',
          attempt: 0,
          absence,
          deadline: now + TIMINGS.welcomeTimeoutMs,
          notBefore: null,
        },
        ['greet'],
        reasonFor('tokenReady'),
      ),
    tokenFailed: (state, event, context) => failToken({ ...state, attempt: 0 }, event, context),
    dropped: (state, _event, { now }) => admitElsewhere(state, now),
    deadlinePassed: timeOut,
    violated: (state, _event, { now }) => admitElsewhere(state, now),
  },
  closed: IGNORE_ALL,
};

/** The connection's whole life as a function. Total: the compiler proves that every pair has its entry. */
export function transition(state: State, event: ConnectionEvent, context: Context): Step {
  const handler = TABLE[state.name][event.type] as Handler<StateName, EventName>;
  return handler(state, event, context);
}

/** When to send `deadlinePassed` next, client clock in ms; `null`: nothing is awaited. */
export function nextDeadline(state: State, heardAt: number): number | null {
  if (state.name === 'idle' || state.name === 'signedOut' || state.name === 'closed') return null;
  if (state.name === 'live') return heardAt + state.silenceMs;
  if (state.name === 'probing' || state.name === 'signingOut' || state.name === 'vacant')
    return state.deadline;
  const own = state.name === 'waiting' ? state.retryAt : state.deadline;
  return Math.min(own, growthDue(state.absence));
}

function growthDue(absence: Absence): number {
  if (!absence.isLostForLong) return absence.since + TIMINGS.lostNoticeAfterMs;
  return absence.isSuspended ? Infinity : absence.since + TIMINGS.suspendAfterMs;
}
