import type { HubCore } from '../hub-core.ts';
import { ackLagMs, backlogOf } from '../health/session-health.ts';
import type { SessionOrder } from '../health/session-order.ts';
import type { SessionPage, SessionQuery } from '../ports.ts';
import { sessionFigures } from './session-figures.ts';
import { isServing, userIdOf, type Session } from './session.ts';

const KEYS: Readonly<Record<SessionOrder, (session: Session, now: number) => number>> = {
  score: ({ health }) => health.score,
  roundTripMs: ({ roundTripMs }) => roundTripMs ?? -1,
  ackLagMs: ({ delivery }, now) => ackLagMs(delivery, now) ?? -1,
  backlogMs: ({ delivery }, now) => backlogOf(delivery, now).ageMs,
  bytesSent: ({ delivery }) => delivery.window.bytesSent,
  errors: ({ health }) => health.errors,
  reconnects: ({ health }) => health.reconnects,
  connectedAt: ({ connectedAt }) => connectedAt,
};

/** Some of the sessions that are served, in order. Takes time in proportion to all of them. */
export function sessionPage(
  core: HubCore,
  { order, isDescending, offset, limit, band, userId }: SessionQuery,
): SessionPage {
  const now = core.clock.now();
  const keyOf = KEYS[order];
  const found: { readonly session: Session; readonly key: number }[] = [];
  for (const session of core.sessions) {
    if (!isServing(session)) continue;
    if (band !== undefined && session.health.band !== band) continue;
    if (userId !== undefined && userIdOf(session) !== userId) continue;
    found.push({ session, key: keyOf(session, now) });
  }
  const sign = isDescending ? -1 : 1;
  found.sort((a, b) => sign * (a.key - b.key) || (a.session.id < b.session.id ? -1 : 1));
  const page = found.slice(offset, offset + limit);
  return { total: found.length, sessions: page.map(({ session }) => sessionFigures(session, now)) };
}
