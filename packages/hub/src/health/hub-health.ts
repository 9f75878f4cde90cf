import type { Reply } from '../endpoints/endpoint.ts';
import { startCensus, type Census, type CensusTaker } from './census.ts';
import type { DegradationLevel } from './degradation.ts';
import { createReconnects } from './reconnects.ts';
import type { HubCounts } from './hub-counts.ts';
import { measure, noteError, type SessionHealth } from './session-health.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { createTally } from './tally.ts';

/** Who a session speaks for, as far as it is counted by. */
interface Counted {
  readonly userId: string;
  readonly roles: readonly string[];
}

/** What the hub's health needs of a session. */
interface Patient {
  readonly endpoint: { readonly name: string };
  readonly delivery: Delivery;
  readonly roundTripMs: number | null;
  readonly health: SessionHealth;
}

/** Sessions listed as the worst. */
const WORST_KEPT = 100;

/** What is counted of one hub, and the state of its sessions at the newest sweep. */
export interface HubHealth<Session extends Patient> {
  readonly totals: {
    messagesReceived: number;
    bytesReceived: number;
    entries: number;
    changes: number;
    signals: number;
  };
  level: DegradationLevel;
  /** Committed entries were taken. */
  taken(entries: readonly { readonly changes: readonly unknown[] }[]): void;
  /** A message came, of so many bytes (texts: UTF-16 units). */
  received(session: Session, bytes: number): void;
  /** An answer goes out. */
  replied(session: Session, reply: Reply): void;
  /** A connection was refused before there was a session. */
  refused(error: string): void;
  authenticationFailed(reason: string): void;
  welcomed(session: Session, identity: Counted, clientId: string, now: number): void;
  closed(code: number): void;
  /** A sweep over all sessions begins; sessions are measured one by one; it ends. */
  sweepBegins(): void;
  sweep(session: Session, identity: Counted, clientId: string, now: number): void;
  sweepEnds(): void;
  census(): Census<Session>;
  counts(): HubCounts;
}

export function createHubHealth<Session extends Patient>(): HubHealth<Session> {
  const closes = createTally();
  const refusals = createTally();
  const outcomes = createTally();
  const authenticationFailures = createTally();
  const visits = createReconnects();
  let reconnects = 0;
  let taker: CensusTaker<Session> = startCensus(WORST_KEPT);
  let newest: Census<Session> = taker.finish();
  const totals = { messagesReceived: 0, bytesReceived: 0, entries: 0, changes: 0, signals: 0 };
  return {
    totals,
    level: 0,
    taken(entries) {
      totals.entries += entries.length;
      for (const { changes } of entries) totals.changes += changes.length;
    },
    received({ health }, bytes) {
      health.messagesReceived += 1;
      health.bytesReceived += bytes;
      totals.messagesReceived += 1;
      totals.bytesReceived += bytes;
    },
    replied({ health }, reply) {
      if (reply.type === 'error') {
        refusals.add(reply.name);
        noteError(health);
      } else if (reply.type === 'outcome') outcomes.add(reply.status);
    },
    refused: (error) => refusals.add(error),
    authenticationFailed: (reason) => authenticationFailures.add(reason),
    welcomed({ health }, { userId }, clientId, now) {
      if (clientId === '') return;
      health.reconnects = visits.connected(visitorOf(userId, clientId), now);
      if (health.reconnects > 0) reconnects += 1;
    },
    closed: (code) => closes.add(closeName(code)),
    sweepBegins() {
      taker = startCensus(WORST_KEPT);
    },
    sweep(session, { userId, roles }, clientId, now) {
      const { health } = session;
      if (health.reconnects > 0) health.reconnects = visits.count(visitorOf(userId, clientId), now);
      measure(health, session, now);
      const { band, score } = health;
      taker.count(session, { band, score, endpoint: session.endpoint.name, roles });
    },
    sweepEnds() {
      newest = taker.finish();
    },
    census: () => newest,
    counts: () => ({
      closes: closes.counts(),
      refusals: refusals.counts(),
      outcomes: outcomes.counts(),
      authenticationFailures: authenticationFailures.counts(),
      reconnects,
    }),
  };
}

const visitorOf = (userId: string, clientId: string): string => `${userId}/${clientId}`;

/** Peers may close with any number; only those of the WebSocket protocol and ours are counted apart. */
function closeName(code: number): string {
  return (code >= 1000 && code <= 1015) || (code >= 4000 && code < 4600) ? String(code) : 'other';
}
