import { CLOSE_CODES, parseTopicFilter, TIMES, type TopicFilter } from '@ms5/wire';
import type { Reply } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import type { AuthenticationError, Identity } from '../ports.ts';
import { errorReply, reply, windowTerms } from './outbound.ts';
import type { AuthenticationFailure, SessionEffect, SessionEvent } from './session-state.ts';
import { userIdOf, type Session } from './session.ts';
import { transition } from './session-transitions.ts';
import { applyPermissions, dropInterest } from './subscriptions.ts';

/** Lets something happen to a session, and does what follows from it. */
export function dispatch(core: HubCore, session: Session, event: SessionEvent): void {
  const { state, effects } = transition(session.state, event, core.clock.now());
  const userId = userIdOf(session);
  session.state = state;
  for (const effect of effects) perform(core, session, effect, userId);
}

/** Something went wrong in the server while it served this session. */
export function failSession(core: HubCore, session: Session, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  core.log({ level: 'error', event: 'sessionFailed', session: session.id, detail });
  dispatch(core, session, { type: 'closeRequested', close: 'internalError' });
}

/** Sends an answer; a client that does not read its answers is closed. */
export function answer(core: HubCore, session: Session, message: Reply): void {
  if (!reply(core, session, message))
    dispatch(core, session, { type: 'closeRequested', close: 'repliesUnread' });
}

function perform(core: HubCore, session: Session, effect: SessionEffect, userId: string): void {
  switch (effect.do) {
    case 'authenticate':
      return authenticate(core, session, effect.token);
    case 'welcome':
      return welcome(core, session, effect.identity);
    case 'adopt':
      return adopt(core, session, effect.id, effect.identity);
    case 'refuseRefresh':
      return answer(core, session, refreshError(effect.id, effect.failure));
    case 'refuseState': {
      const { id, message } = effect;
      return answer(
        core,
        session,
        errorReply('wrongState', { message, ...(id === undefined ? {} : { id }) }),
      );
    }
    case 'announceExpiry': {
      const { expiresAt, closesAt } = effect;
      return answer(core, session, { type: 'expiring', expiresAt, closesAt });
    }
    case 'announceDrain':
      return answer(core, session, { type: 'drain', retryAfterMs: effect.retryAfterMs });
    case 'close': {
      const { code, message } = CLOSE_CODES[effect.close];
      return closeTransport(core, session, code, effect.detail ?? message);
    }
    case 'end':
      return end(core, session, userId);
  }
}

/** A transport that cannot even be closed is no reason to keep the session. */
function closeTransport(core: HubCore, session: Session, code: number, reason: string): void {
  try {
    session.transport.close(code, reason);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    core.log({ level: 'error', event: 'sessionFailed', session: session.id, detail });
  }
}

function authenticate(core: HubCore, session: Session, token: string): void {
  const report = (event: SessionEvent): void => {
    core.contained(session, () => dispatch(core, session, event));
  };
  core.authenticator.authenticate(token).then(
    (identity) => report({ type: 'authenticated', identity }),
    (error: unknown) => report({ type: 'authenticationFailed', failure: failureOf(error) }),
  );
}

function isAuthenticationError(error: unknown): error is AuthenticationError {
  return error instanceof Error && error.name === 'AuthenticationError' && 'code' in error;
}

function failureOf(error: unknown): AuthenticationFailure {
  if (!isAuthenticationError(error) || error.code === 'tokenUnverifiable')
    return { kind: 'unavailable', message: CLOSE_CODES.authenticationUnavailable.message };
  return { kind: error.code === 'tokenExpired' ? 'expired' : 'refused', message: error.message };
}

function refreshError(id: number, { kind, message }: AuthenticationFailure): Reply {
  return errorReply(kind === 'unavailable' ? 'refreshUnavailable' : 'refreshRefused', { id, message });
}

function permittedFilters({ permissions }: Identity): readonly TopicFilter[] {
  return permissions.subscribe.flatMap((text) => {
    const parsed = parseTopicFilter(text);
    return parsed.ok ? [parsed.filter] : [];
  });
}

function welcome(core: HubCore, session: Session, identity: Identity): void {
  const now = core.clock.now();
  session.permitted = permittedFilters(identity);
  session.heardAt = now;
  // Spread, so that sessions that came together are not pinged together.
  session.pingedAt = now - core.random.next() * (TIMES.pingIntervalMs / 2);
  core.log({
    level: 'info',
    event: 'sessionOpened',
    session: session.id,
    userId: identity.userId,
    remoteAddress: session.transport.remoteAddress,
  });
  answer(core, session, {
    type: 'welcome',
    session: session.id,
    user: { id: identity.userId, name: identity.name, roles: identity.roles },
    server: { version: core.version, timeMs: now },
    expiresAt: identity.expiresAt,
    pingIntervalMs: TIMES.pingIntervalMs,
    pongTimeoutMs: TIMES.pongTimeoutMs,
    ...windowTerms(session),
  });
  const { held } = session;
  session.held = [];
  for (const request of held) core.receiveHeld(session, request);
}

function adopt(core: HubCore, session: Session, id: number, identity: Identity): void {
  session.permitted = permittedFilters(identity);
  answer(core, session, { type: 'refreshed', id, expiresAt: identity.expiresAt });
  applyPermissions(core, session);
}

function end(core: HubCore, session: Session, userId: string): void {
  core.sessions.delete(session);
  dropInterest(core, session);
  session.held = [];
  const code = session.state.name === 'closed' ? session.state.code : 0;
  core.log({
    level: code >= 4001 && code <= 4999 ? 'warn' : 'info',
    event: 'sessionClosed',
    session: session.id,
    userId,
    code,
  });
}
