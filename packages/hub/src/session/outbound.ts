import { LIMITS, REQUEST_ERRORS, type RequestErrorName } from '@ms5/wire';
import { isCriticalWaiting, takeCritical, takeDue, takeMarks } from '../delivery/delivery.ts';
import { ackDelayMs, isWorthTelling, noteAck, noteSent, outstandingBytes } from '../delivery/window.ts';
import { NO_ID, type Reply } from '../endpoints/endpoint.ts';
import { noteAcknowledged } from '../health/lane-latency.ts';
import type { HubCore } from '../hub-core.ts';
import { isServing, type Session } from './session.ts';

/** The one place that writes to a session's transport. The messages count as sent already. */
function write(core: HubCore, session: Session, messages: readonly Uint8Array[]): number {
  if (messages.length === 0) return 0;
  session.transport.write(messages);
  core.totals.writes += 1;
  core.totals.messages += messages.length;
  for (const message of messages) core.totals.bytes += message.byteLength;
  followWithPing(core, session);
  return 1;
}

function followWithPing(core: HubCore, session: Session): void {
  if (session.endpoint.capabilities.pacing !== 'pong' || session.pingFollows >= 0) return;
  if (session.state.name === 'closed' || outstandingBytes(session.delivery.window) === 0) return;
  session.pingFollows = session.delivery.window.sent;
  session.pingedAt = core.clock.now();
  session.transport.ping();
}

/** Sends what is due, or of `critical` alone; returns the number of writes. */
export function serve(core: HubCore, session: Session, now: number, isCriticalAlone = false): number {
  if (!isServing(session)) return 0;
  const { delivery } = session;
  const take = isCriticalAlone ? takeCritical : takeDue;
  return write(core, session, take(delivery, core.context, now));
}

/** Sends `first` and what is due in one write. `first` counts against the window but never waits for it. */
export function serveBehindReplies(
  core: HubCore,
  session: Session,
  first: readonly Uint8Array[],
  now: number,
): void {
  if (session.state.name === 'closed') return;
  for (const message of first) noteSent(session.delivery.window, message.byteLength, now);
  write(core, session, [...first, ...takeDue(session.delivery, core.context, now)]);
}

/** Sends these and nothing else: in the midst of a change of the topics nobody's cursor may move. */
export function sendOnly(core: HubCore, session: Session, messages: readonly Uint8Array[]): void {
  if (session.state.name === 'closed') return;
  const now = core.clock.now();
  for (const message of messages) noteSent(session.delivery.window, message.byteLength, now);
  write(core, session, messages);
}

/**
 * Answers at once, whatever the window. False: the client has let so many answers pile up that it must be closed
 * (`repliesUnread`); nothing was sent.
 */
export function reply(core: HubCore, session: Session, message: Reply): boolean {
  if (session.state.name === 'closed') return true;
  const bytes = session.endpoint.encode(message);
  if (bytes === null) return true;
  core.health.replied(session, message);
  const { window } = session.delivery;
  if (window.replyBytes + bytes.byteLength > LIMITS.unreadReplyBytes) return false;
  window.replyBytes += bytes.byteLength;
  noteSent(window, bytes.byteLength, core.clock.now());
  write(core, session, [bytes]);
  return true;
}

export interface ErrorDetail {
  readonly id?: number;
  readonly message?: string;
  readonly retryAfterMs?: number;
}

/** The catalogue's entry as a reply; `message` says more where more is known. */
export function errorReply(name: RequestErrorName, { id, message, retryAfterMs }: ErrorDetail = {}): Reply {
  const entry = REQUEST_ERRORS[name];
  return {
    type: 'error',
    ...(id === undefined || id === NO_ID ? {} : { id }),
    code: entry.code,
    name,
    message: message ?? entry.message,
    temporary: entry.temporary,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

interface WindowTerms {
  readonly windowBytes: number;
  readonly ackDelayMs: number;
}

/** Notes and returns what the client is told of the window: the general part, half of which it acknowledges at. */
export function tellWindow(core: HubCore, { delivery: { window } }: Session): WindowTerms {
  window.announcedBulkBytes = window.bulkBytes;
  window.ackDelayMs = ackDelayMs(core.sessions.size);
  return { windowBytes: window.bulkBytes, ackDelayMs: window.ackDelayMs };
}

/**
 * Takes an acknowledgement. What had to wait for the window goes now; what is newer goes with the others', so that
 * sessions keep standing together. False: it is more than was sent.
 */
export function acknowledge(core: HubCore, session: Session, received: number): boolean {
  const now = core.clock.now();
  const { window } = session.delivery;
  const hadToWait = window.wasFull;
  const verdict = noteAck(window, received, now);
  if (verdict !== 'applied') return verdict === 'stale';
  noteAcknowledged(core.context.latencies, session.delivery.latency, window.acked, now);
  if (isCriticalWaiting(session.delivery)) serve(core, session, now);
  else if (hadToWait) core.resume(session);
  if (isWorthTelling(window)) {
    reply(core, session, { type: 'window', ...tellWindow(core, session) });
  }
  return true;
}

/** A Pong of the socket: all that the Ping followed has arrived. */
export function pongArrived(core: HubCore, session: Session): void {
  const now = core.clock.now();
  session.heardAt = now;
  session.roundTripMs = now - session.pingedAt;
  const received = session.pingFollows;
  session.pingFollows = -1;
  if (received >= 0) acknowledge(core, session, received);
  followWithPing(core, session);
}

/** The regular sign of life, with the marks of what moved silently. */
export function pingClient(core: HubCore, session: Session, now: number): void {
  session.pingedAt = now;
  const ping = session.endpoint.encode({ type: 'ping', at: now });
  const marks = session.delivery.encoding.join(takeMarks(session.delivery, core.context));
  serveBehindReplies(core, session, [...(ping === null ? [] : [ping]), ...marks], now);
  // One that follows data does as well.
  if (session.endpoint.capabilities.pacing === 'pong' && session.pingFollows < 0) session.transport.ping();
}
