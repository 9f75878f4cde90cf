import { CLOSE_CODES, TIMES } from '@ms5/wire';
import type { Reply } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import type { Identity } from '../ports.ts';
import { errorReply, reply, sendOnly, tellWindow } from './outbound.ts';
import { checkToken, spreadRetryMs } from './authentication.ts';
import type { AuthenticationFailure, SessionEffect, SessionEvent } from './session-state.ts';
import { identityOf, NONE, type Session } from './session.ts';
import { transition } from './session-transitions.ts';
import { applyPermissions, dropInterest, rematchSubscriptions } from './subscriptions.ts';

/** Lets something happen to a session, and does what follows from it. */
export function dispatch(core: HubCore, session: Session, event: SessionEvent): void {
  const { state, effects } = transition(session.state, event, core.clock.now());
  const identity = identityOf(session);
  session.state = state;
  // Too many sessions is no failure of the token; the error it is told with is counted.
  if (event.type === 'authenticationFailed' && event.failure.kind !== 'crowded')
    core.health.authenticationFailed(event.failure.kind);
  for (const effect of effects) perform(core, session, effect, identity);
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

function perform(core: HubCore, session: Session, effect: SessionEffect, before: Identity | null): void {
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
      return end(core, session, before);
    case 'makeRoom':
      return makeRoom(core, session, effect.id);
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
  checkToken(core, session, token, (event) => {
    if (event.type === 'authenticationFailed' && event.failure.kind === 'crowded')
      answer(core, session, errorReply('tooManySessions', { retryAfterMs: spreadRetryMs(core) }));
    dispatch(core, session, event);
  });
}

function refreshError(id: number, { kind, message }: AuthenticationFailure): Reply {
  return errorReply(kind === 'unavailable' ? 'refreshUnavailable' : 'refreshRefused', { id, message });
}

function adoptPermissions({ filters }: HubCore, session: Session, { permissions }: Identity): void {
  session.permitted = filters.listOf(permissions.subscribe);
  session.publishable = filters.listOf(permissions.publish);
}

function welcome(core: HubCore, session: Session, identity: Identity): void {
  const now = core.clock.now();
  adoptPermissions(core, session, identity);
  core.users.set(identity.userId, (core.users.get(identity.userId) ?? 0) + 1);
  session.heardAt = now;
  if (session.state.name === 'live') core.health.welcomed(session, identity, session.state.client.id, now);
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
    ...tellWindow(core, session),
  });
  core.serveHeld(session);
}

function adopt(core: HubCore, session: Session, id: number, identity: Identity): void {
  adoptPermissions(core, session, identity);
  const filters = rematchSubscriptions(core, session);
  const { expiresAt } = identity;
  const refreshed = { type: 'refreshed', id, expiresAt, ...(filters === null ? {} : { filters }) } as const;
  // As long as all the filters, so it does not count as an answer left unread.
  const bytes = session.endpoint.encode(refreshed);
  if (bytes !== null) sendOnly(core, session, [bytes]);
  applyPermissions(core, session);
}

function end(core: HubCore, session: Session, identity: Identity | null): void {
  core.sessions.delete(session);
  dropInterest(core, session);
  session.held = NONE;
  session.revokedMeanwhile = NONE;
  if (identity !== null) leaveUser(core, identity.userId);
  const code = session.state.name === 'closed' ? session.state.code : 0;
  core.health.closed(code);
  core.log({
    level: code >= 4001 && code <= 4999 ? 'warn' : 'info',
    event: 'sessionClosed',
    session: session.id,
    userId: identity?.userId ?? '',
    code,
  });
  core.hooks?.disconnected(session.id, identity, code);
}

function leaveUser(core: HubCore, userId: string): void {
  const left = (core.users.get(userId) ?? 1) - 1;
  if (left === 0) core.users.delete(userId);
  else core.users.set(userId, left);
}

/** The connection goes on with a session that knows nothing of the one before. */
function makeRoom(core: HubCore, predecessor: Session, id: number): void {
  const { endpoint, transport, seat } = predecessor;
  const successor = core.open({ endpoint, transport, seat, token: null, predecessor });
  answer(core, successor, { type: 'signedOut', id });
}
