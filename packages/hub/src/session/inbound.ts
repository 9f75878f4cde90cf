import { LIMITS, type ConnectMessage, type MessageFault } from '@ms5/wire';
import { NO_ID, type Request } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import { receiveCommand } from './commands.ts';
import { answer, dispatch } from './lifecycle.ts';
import { acknowledge, errorReply } from './outbound.ts';
import type { Draining, Live } from './session-state.ts';
import type { Session } from './session.ts';
import { subscribe, unsubscribe } from './subscriptions.ts';
import { takeToken } from './token-bucket.ts';

/** One message as it came from the peer. Never throws: what goes wrong ends this session alone. */
export function receive(core: HubCore, session: Session, message: string | Uint8Array): void {
  if (session.state.name !== 'closed') core.contained(session, () => receiveText(core, session, message));
}

function receiveText(core: HubCore, session: Session, message: string | Uint8Array): void {
  if (typeof message !== 'string') {
    const found = { path: '', expected: 'a text message', found: 'a binary one' };
    return refuse(core, session, { ...found, message: 'expected a text message, found a binary one' });
  }
  if (message.length > LIMITS.messageBytes) {
    if (session.state.name === 'awaitingToken' || session.state.name === 'authenticating')
      return dispatch(core, session, { type: 'closeRequested', close: 'protocolError' });
    return answer(core, session, errorReply('messageTooLarge'));
  }
  const parsed = session.endpoint.parse(message);
  if (!parsed.ok) return refuse(core, session, parsed.error);
  session.heardAt = core.clock.now();
  receiveRequest(core, session, parsed.request);
}

/** An invalid message: an error while there are few, the end when there are many or nobody is known yet. */
function refuse(core: HubCore, session: Session, { id, message }: MessageFault): void {
  const { state, invalidBucket } = session;
  const isKnown = state.name === 'live' || state.name === 'draining';
  const now = core.clock.now();
  if (!isKnown || !takeToken(invalidBucket, LIMITS.invalidMessages, LIMITS.invalidForgivenMs, now))
    return dispatch(core, session, { type: 'closeRequested', close: 'protocolError', detail: message });
  answer(core, session, errorReply('invalidMessage', { message, ...(id === undefined ? {} : { id }) }));
}

/** One request, in whatever state the session is. */
export function receiveRequest(core: HubCore, session: Session, request: Request): void {
  const { state } = session;
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
      return hold(core, session, request);
    case 'live':
    case 'draining':
      return serveRequest(core, session, state, request);
    case 'closed':
      return undefined;
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
  if (request.type === 'connect' || session.held.length >= core.limits.heldRequests)
    return dispatch(core, session, {
      type: 'closeRequested',
      close: 'protocolError',
      detail: 'a token is being checked',
    });
  session.held.push(request);
}

function serveRequest(core: HubCore, session: Session, state: Live | Draining, request: Request): void {
  switch (request.type) {
    case 'connect':
      return connectAgain(core, session, request);
    case 'subscribe': {
      const error = subscribe(core, session, request);
      return error === null ? undefined : answer(core, session, error);
    }
    case 'unsubscribe':
      return unsubscribe(core, session, request);
    case 'command':
      return state.name === 'live'
        ? receiveCommand(core, session, state, request)
        : answer(core, session, errorReply('draining', { id: request.id }));
    case 'displayed':
      return undefined;
    case 'publish':
    case 'signOut':
      return answer(core, session, errorReply('notAvailable', { id: request.id }));
    case 'ack':
      return receiveAck(core, session, request.received);
    case 'pong':
      session.roundTripMs = Math.max(0, core.clock.now() - request.at);
      return undefined;
    case 'probe':
      return answer(core, session, { type: 'probed', id: request.id, timeMs: core.clock.now() });
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
