import type { SessionCensus, SessionFigures } from '@ms5/hub';
import type {
  SessionCountsDocument,
  SessionDocument,
  SessionsSummary,
  SystemSessionsDocument,
} from '@ms5/wire/factory';
import { bandCounts } from './rates.ts';

/** One session as `system/sessions` and the API tell it. */
export function sessionDocument(figures: SessionFigures): SessionDocument {
  return {
    session: figures.session,
    userId: figures.userId,
    roles: figures.roles,
    clientId: figures.clientId,
    endpoint: figures.endpoint,
    remoteAddress: figures.remoteAddress,
    connectedAt: Math.round(figures.connectedAt),
    score: hundredths(figures.score),
    band: figures.band,
    bandSince: Math.round(figures.bandSince),
    roundTripMs: whole(figures.roundTripMs),
    ackLagMs: whole(figures.ackLagMs),
    backlogTopics: figures.backlogTopics,
    backlogMs: Math.round(figures.backlogMs),
    errors: figures.errors,
    reconnects: figures.reconnects,
    subscriptions: figures.subscriptions,
    bytesSent: figures.bytesSent,
    bytesReceived: figures.bytesReceived,
  };
}

/** The documents of `system/sessions` by key. */
export function sessionDocuments(census: SessionCensus): ReadonlyMap<string, SystemSessionsDocument> {
  const documents = new Map<string, SystemSessionsDocument>([['counts', sessionCounts(census)]]);
  for (const figures of census.worst) documents.set(`session/${figures.session}`, sessionDocument(figures));
  return documents;
}

function sessionCounts({ bands, byEndpoint, byRole }: SessionCensus): SessionCountsDocument {
  const rolledUp = (counts: ReadonlyMap<string, readonly number[]>) =>
    Object.fromEntries([...counts].map(([name, each]) => [name, bandCounts(each)]));
  return {
    count: sum(bands),
    bands: bandCounts(bands),
    byEndpoint: rolledUp(byEndpoint),
    byRole: rolledUp(byRole),
  };
}

export function sessionsSummary({ bands, worst }: SessionCensus): SessionsSummary {
  const [first] = worst;
  return {
    count: sum(bands),
    bands: bandCounts(bands),
    worst:
      first === undefined
        ? null
        : { session: first.session, userId: first.userId, score: hundredths(first.score) },
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
const hundredths = (value: number): number => Math.round(value * 100) / 100;
const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
