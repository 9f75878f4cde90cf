import type { SessionFigures } from '../ports.ts';
import { outstandingBytes, outstandingMessages } from '../delivery/window.ts';
import { ackLagMs, backlogOf } from '../health/session-health.ts';
import { identityOf, type Session } from './session.ts';

/** About what a session holds, its cursors and buckets included, without its socket. */
const SESSION_BYTES = 2_048;
const EXCEPTION_BYTES = 120;
const OUTSTANDING_BYTES = 16;
const SUBSCRIPTION_BYTES = 200;

/** An estimate of the memory a session holds; frames are shared and not counted. */
function bytesHeld({ delivery, subscriptions }: Session, exceptions: number): number {
  return (
    SESSION_BYTES +
    exceptions * EXCEPTION_BYTES +
    outstandingMessages(delivery.window) * OUTSTANDING_BYTES +
    subscriptions.size * SUBSCRIPTION_BYTES
  );
}

export function sessionFigures(session: Session, now: number): SessionFigures {
  const { delivery, health, state } = session;
  const { window } = delivery;
  const identity = identityOf(session);
  const backlog = backlogOf(delivery, now);
  return {
    session: session.id,
    userId: identity?.userId ?? '',
    roles: identity?.roles ?? [],
    clientId: state.name === 'live' || state.name === 'draining' ? state.client.id : '',
    remoteAddress: session.transport.remoteAddress,
    endpoint: session.endpoint.name,
    subscriptions: session.subscriptions.size,
    connectedAt: session.connectedAt,
    bytesSent: window.bytesSent,
    messagesSent: window.sent,
    unackedBytes: outstandingBytes(window),
    ackLagMs: ackLagMs(delivery, now),
    roundTripMs: session.roundTripMs,
    bytesHeld: bytesHeld(session, backlog.topics),
    bytesReceived: health.bytesReceived,
    messagesReceived: health.messagesReceived,
    backlogTopics: backlog.topics,
    backlogMs: backlog.ageMs,
    errors: health.errors,
    reconnects: health.reconnects,
    score: health.score,
    band: health.band,
    bandSince: health.bandSince,
  };
}
