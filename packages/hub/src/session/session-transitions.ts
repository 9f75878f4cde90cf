import { CLOSE_CODES, TIMES, type CloseCodeName } from '@ms5/wire';
import type {
  Draining,
  Live,
  SessionEffect,
  SessionEvent,
  SessionState,
  Transition,
} from './session-state.ts';

type StateOf<Name extends SessionState['name']> = Extract<SessionState, { name: Name }>;
type EventOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>;
type Row<State> = {
  readonly [Type in SessionEvent['type']]: (state: State, event: EventOf<Type>, now: number) => Transition;
};
type Table = { readonly [Name in SessionState['name']]: Row<StateOf<Name>> };

const stay = (state: SessionState, ...effects: SessionEffect[]): Transition => ({ state, effects });

function close(name: CloseCodeName, detail?: string): Transition {
  const effect = detail === undefined ? { close: name } : { close: name, detail };
  return {
    state: { name: 'closed', code: CLOSE_CODES[name].code },
    effects: [{ do: 'close', ...effect }, { do: 'end' }],
  };
}

const closeAsAsked = (_: SessionState, event: EventOf<'closeRequested'>): Transition =>
  close(event.close, event.detail);
const endByPeer = (_: SessionState, event: EventOf<'peerClosed'>): Transition => ({
  state: { name: 'closed', code: event.code },
  effects: [{ do: 'end' }],
});
const ignore = (state: SessionState): Transition => stay(state);
const closeAtDeadline = (
  state: StateOf<'awaitingToken'> | StateOf<'authenticating'>,
  _: SessionEvent,
  now: number,
): Transition => (now >= state.deadlineAt ? close('connectTimeout') : stay(state));
const closeForDrain = (): Transition => close('draining');

/** The code of a session that ended while its connection goes on: RFC 6455's normal end. */
const SIGNED_OUT = 1000;

const FAILURE_CLOSES = {
  expired: 'tokenExpired',
  refused: 'unauthorized',
  revoked: 'revoked',
  crowded: 'overloaded',
  unavailable: 'authenticationUnavailable',
} as const;

// ---- once somebody is authenticated -------------------------------------------------------------------

function adopt(state: Live | Draining, { identity }: EventOf<'authenticated'>): Transition {
  const { refreshId } = state;
  if (refreshId === null) return stay(state);
  if (identity.userId !== state.identity.userId) return close('userChanged');
  const next = { ...state, identity, isExpiryAnnounced: false, refreshId: null };
  return stay(next, { do: 'adopt', id: refreshId, identity });
}

function refuseRefresh(state: Live | Draining, { failure }: EventOf<'authenticationFailed'>): Transition {
  const { refreshId } = state;
  if (refreshId === null) return stay(state);
  return stay({ ...state, refreshId: null }, { do: 'refuseRefresh', id: refreshId, failure });
}

function refresh(state: Live | Draining, { id, token }: EventOf<'refreshRequested'>): Transition {
  if (state.refreshId !== null)
    return stay(state, { do: 'refuseState', id, message: 'a refresh is being checked already' });
  return stay({ ...state, refreshId: id }, { do: 'authenticate', token });
}

function watchExpiry(state: Live | Draining, _: SessionEvent, now: number): Transition {
  const { expiresAt } = state.identity;
  const closesAt = expiresAt + TIMES.expiryGraceMs;
  if (now >= closesAt) return close('tokenExpired');
  if (state.isExpiryAnnounced || now < expiresAt - TIMES.expiryNoticeMs) return stay(state);
  return stay({ ...state, isExpiryAnnounced: true }, { do: 'announceExpiry', expiresAt, closesAt });
}

const signOut = (_: SessionState, { id }: EventOf<'signOutRequested'>): Transition => ({
  state: { name: 'closed', code: SIGNED_OUT },
  effects: [{ do: 'end' }, { do: 'makeRoom', id }],
});
const refuseSecondToken = (state: SessionState): Transition =>
  stay(state, { do: 'refuseState', message: 'the connection is authenticated already' });

// ---- the table: every event in every state ------------------------------------------------------------

const TABLE: Table = {
  awaitingToken: {
    tokenGiven: (state, { token, client }) =>
      stay({ name: 'authenticating', deadlineAt: state.deadlineAt, client }, { do: 'authenticate', token }),
    authenticated: ignore,
    authenticationFailed: ignore,
    refreshRequested: () => close('protocolError', 'the first message must carry the token'),
    signOutRequested: () => close('protocolError', 'the first message must carry the token'),
    timePassed: closeAtDeadline,
    drainRequested: closeForDrain,
    closeRequested: closeAsAsked,
    peerClosed: endByPeer,
  },
  authenticating: {
    tokenGiven: () => close('protocolError', 'a token is being checked already'),
    authenticated: ({ client }, { identity }) =>
      stay(
        { name: 'live', identity, client, isExpiryAnnounced: false, refreshId: null },
        { do: 'welcome', identity },
      ),
    authenticationFailed: (_, { failure }) => close(FAILURE_CLOSES[failure.kind], failure.message),
    refreshRequested: () => close('protocolError', 'a token is being checked already'),
    signOutRequested: () => close('protocolError', 'a token is being checked already'),
    timePassed: closeAtDeadline,
    drainRequested: closeForDrain,
    closeRequested: closeAsAsked,
    peerClosed: endByPeer,
  },
  live: {
    tokenGiven: refuseSecondToken,
    authenticated: adopt,
    authenticationFailed: refuseRefresh,
    refreshRequested: refresh,
    signOutRequested: signOut,
    timePassed: watchExpiry,
    drainRequested: (state, { retryAfterMs }) =>
      stay({ ...state, name: 'draining' }, { do: 'announceDrain', retryAfterMs }),
    closeRequested: closeAsAsked,
    peerClosed: endByPeer,
  },
  draining: {
    tokenGiven: refuseSecondToken,
    authenticated: adopt,
    authenticationFailed: refuseRefresh,
    refreshRequested: refresh,
    // Another session would not be taken any more.
    signOutRequested: closeForDrain,
    timePassed: watchExpiry,
    drainRequested: ignore,
    closeRequested: closeAsAsked,
    peerClosed: endByPeer,
  },
  closed: {
    tokenGiven: ignore,
    authenticated: ignore,
    authenticationFailed: ignore,
    refreshRequested: ignore,
    signOutRequested: ignore,
    timePassed: ignore,
    drainRequested: ignore,
    closeRequested: ignore,
    peerClosed: ignore,
  },
};

/** What becomes of a session. Pure: `now` is ms since the epoch. */
export function transition(state: SessionState, event: SessionEvent, now: number): Transition {
  const row = TABLE[state.name] as Row<SessionState>;
  const cell = row[event.type] as (state: SessionState, event: SessionEvent, now: number) => Transition;
  return cell(state, event, now);
}
