import type { SessionFigures } from '../ports.ts';
import { outstandingBytes } from '../delivery/window.ts';
import { userIdOf, type Session } from './session.ts';

/** About what a session holds, its cursors and buckets included, without its socket. */
const SESSION_BYTES = 2_048;
const EXCEPTION_BYTES = 120;
const OUTSTANDING_BYTES = 16;
const SUBSCRIPTION_BYTES = 200;

/** An estimate of the memory a session holds; frames are shared and not counted. */
function bytesHeld({ delivery, subscriptions }: Session): number {
  let exceptions = 0;
  for (const topics of delivery.behind.values()) exceptions += topics.size;
  return (
    SESSION_BYTES +
    exceptions * EXCEPTION_BYTES +
    delivery.window.ends.length * OUTSTANDING_BYTES +
    subscriptions.size * SUBSCRIPTION_BYTES
  );
}

export function sessionFigures(session: Session): SessionFigures {
  const { window } = session.delivery;
  return {
    session: session.id,
    userId: userIdOf(session),
    remoteAddress: session.transport.remoteAddress,
    endpoint: session.endpoint.name,
    subscriptions: session.subscriptions.size,
    connectedAt: session.connectedAt,
    bytesSent: window.bytesSent,
    messagesSent: window.sent,
    unackedBytes: outstandingBytes(window),
    ackLagMs: window.ackLagMs,
    roundTripMs: session.roundTripMs,
    bytesHeld: bytesHeld(session),
  };
}
