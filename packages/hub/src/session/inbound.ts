import {
  LIMITS,
  type AckMessage,
  type ConnectMessage,
  type DisplayedMessage,
  type MessageFault,
  type PongMessage,
  type ProbeMessage,
} from '@ms5/wire';
import { NO_ID, type Endpoint, type Request } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import { spend } from './budgets.ts';
import { receiveCommand } from './commands.ts';
import { answer, dispatch } from './lifecycle.ts';
import { acknowledge, errorReply } from './outbound.ts';
import { receivePublish } from './publications.ts';
import { receiveReceipt } from './receipts.ts';
import type { Draining, Live } from './session-state.ts';
import { isPaused, isServing, NONE, type Session } from './session.ts';
import { receiveSubscribe } from './subscribe-request.ts';
import { unsubscribe } from './subscriptions.ts';

/** One message as it came from the peer. Never throws: what goes wrong ends this session alone. */
export function receive(core: HubCore, session: Session, message: string | Uint8Array): void {
  if (session.state.name === 'closed') return;
  core.health.received(session, message.length);
  core.contained(session, () => receiveMessage(core, session, message));
}

function receiveMessage(core: HubCore, session: Session, message: string | Uint8Array): void {
  const { endpoint } = session;
  if (message.length > LIMITS.messageBytes) {
    if (session.state.name === 'awaitingToken' || session.state.name === 'authenticating')
      return dispatch(core, session, { type: 'closeRequested', close: 'protocolError' });
    return answer(core, session, errorReply('messageTooLarge'));
  }
  const parsed = typeof message === 'string' ? endpoint.parse(message) : parseBinary(endpoint, message);
  if (!parsed.ok) return refuse(core, session, parsed.error);
  session.heardAt = core.clock.now();
  const { request } = parsed;
  if (isOfConnection(request)) return receiveOfConnection(core, session, request);
  const retryAfterMs = isServing(session) ? spend(session.budgets, 'requests', session.heardAt) : 0;
  if (retryAfterMs > 0)
    return answer(core, session, errorReply('requestsTooFast', { ...idOf(request), retryAfterMs }));
  receiveRequest(core, session, request);
}

function parseBinary({ parseBinary: parse }: Endpoint, message: Uint8Array): ReturnType<Endpoint['parse']> {
  if (parse !== undefined) return parse(message);
  const text = 'expected a text message, found a binary one';
  return {
    ok: false,
    error: { path: '', expected: 'a text message', found: 'a binary one', message: text },
  };
}

/** What concerns the connection rather than the session: it keeps no order with requests and waits for none. */
type OfConnection = AckMessage | PongMessage | ProbeMessage | DisplayedMessage;

function isOfConnection(request: Request): request is OfConnection {
  const { type } = request;
  return type === 'ack' || type === 'pong' || type === 'probe' || type === 'displayed';
}

const idOf = (request: Request): { readonly id?: number } => ('id' in request ? { id: request.id } : {});

/** An invalid message: an error while there are few, the end when there are many or nobody is known yet. */
function refuse(core: HubCore, session: Session, { id, message }: MessageFault): void {
  if (!isServing(session) || spend(session.budgets, 'invalid', core.clock.now()) > 0)
    return dispatch(core, session, { type: 'closeRequested', close: 'protocolError', detail: message });
  answer(core, session, errorReply('invalidMessage', { message, ...(id === undefined ? {} : { id }) }));
}

/**
 * While nobody is known it is out of place on a connection that was sent nothing; after a session that was signed
 * out, its acknowledgements still come.
 */
function receiveOfConnection(core: HubCore, session: Session, request: OfConnection): void {
  if (!isServing(session) && session.delivery.window.sent === 0)
    return receiveRequest(core, session, request);
  switch (request.type) {
    case 'ack':
      return receiveAck(core, session, request.received);
    case 'pong':
      session.roundTripMs = Math.max(0, core.clock.now() - request.at);
      return undefined;
    case 'probe':
      return answer(core, session, { type: 'probed', id: request.id, timeMs: core.clock.now() });
    case 'displayed':
      return receiveReceipt(core, session, request);
  }
}

/** Takes the requests that waited, until one has to wait again. */
export function serveHeld(core: HubCore, session: Session): void {
  while (!isPaused(session)) {
    const [request, ...rest] = session.held;
    if (request === undefined) return;
    session.held = rest.length === 0 ? NONE : rest;
    receiveRequest(core, session, request);
  }
}

/** One request, in whatever state the session is. */
function receiveRequest(core: HubCore, session: Session, request: Request): void {
  const { state } = session;
  if (state.name === 'closed') return undefined;
  if (isPaused(session)) return hold(core, session, request);
  switch (state.name) {
    case 'awaitingToken':
      return request.type === 'connect'
        ? introduce(core, session, request)
        : dispatch(core, session, {
            type: 'closeRequested',
            close: 'protocolError',
            detail: 'the first message must carry the token',
          });
    case 'authenticating':
      return undefined;
    case 'live':
    case 'draining':
      return serveRequest(core, session, state, request);
  }
}

function introduce(core: HubCore, session: Session, { token, client }: ConnectMessage): void {
  const given = token ?? session.upgradeToken;
  session.upgradeToken = null;
  if (given === null)
    return dispatch(core, session, {
      type: 'closeRequested',
      close: 'unauthorized',
      detail: 'no token was given',
    });
  dispatch(core, session, { type: 'tokenGiven', token: given, client });
}

function hold(core: HubCore, session: Session, request: Request): void {
  const { held, state } = session;
  if (isServing(session)) {
    if (held.length < core.limits.heldForHook) return void (session.held = [...held, request]);
    const { retryAfterMs } = core.limits;
    return answer(core, session, errorReply('requestsTooFast', { ...idOf(request), retryAfterMs }));
  }
  const isSecond = request.type === 'connect' && (state.name === 'authenticating' || held.length > 0);
  if (!isSecond && held.length < core.limits.heldRequests) return void (session.held = [...held, request]);
  dispatch(core, session, {
    type: 'closeRequested',
    close: 'protocolError',
    detail: 'a token is being checked',
  });
}

function serveRequest(core: HubCore, session: Session, state: Live | Draining, request: Request): void {
  switch (request.type) {
    case 'connect':
      return connectAgain(core, session, request);
    case 'subscribe':
      return receiveSubscribe(core, session, state, request);
    case 'unsubscribe':
      return unsubscribe(core, session, request);
    case 'command':
      return state.name === 'live'
        ? receiveCommand(core, session, state, request)
        : answer(core, session, errorReply('draining', { id: request.id }));
    case 'publish':
      return state.name === 'live'
        ? receivePublish(core, session, state, request)
        : answer(core, session, errorReply('draining', { id: request.id }));
    case 'signOut':
      return session.endpoint.capabilities.needsConnect
        ? dispatch(core, session, { type: 'signOutRequested', id: request.id })
        : answer(core, session, errorReply('notAvailable', { id: request.id }));
    case 'ack':
    case 'pong':
    case 'probe':
    case 'displayed':
      return receiveOfConnection(core, session, request);
    case 'refresh':
      return dispatch(core, session, { type: 'refreshRequested', id: request.id, token: request.token });
  }
}

/** On endpoints without `refresh` a further token is one. */
function connectAgain(core: HubCore, session: Session, { token, client }: ConnectMessage): void {
  if (session.endpoint.capabilities.needsConnect || token === undefined)
    return dispatch(core, session, { type: 'tokenGiven', token: token ?? '', client });
  dispatch(core, session, { type: 'refreshRequested', id: NO_ID, token });
}

function receiveAck(core: HubCore, session: Session, received: number): void {
  if (session.endpoint.capabilities.pacing !== 'ack') return;
  if (acknowledge(core, session, received)) return;
  dispatch(core, session, {
    type: 'closeRequested',
    close: 'protocolError',
    detail: 'more was acknowledged than was sent',
  });
}
