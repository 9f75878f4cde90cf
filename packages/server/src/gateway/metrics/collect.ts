import { BANDS, LATENCY_BOUNDS_MS, type Histogram } from '@ms5/hub';
import { LANES } from '@ms5/wire';
import type { SystemHealthDocument } from '@ms5/wire/factory';
import type { AlertCounts } from '../health/alerts.ts';
import type { HealthMonitor } from '../health/monitor.ts';
import type { Reading } from '../health/reading.ts';
import { collectPlugins } from './collect-plugins.ts';
import type { MetricName } from './metric-names.ts';
import { createMetricsPage, type BucketCounts, type MetricsPage, type MetricValue } from './page.ts';

/** What the page is made of besides the monitor's reading. */
interface MetricSources {
  readonly monitor: HealthMonitor;
  readonly connections: () => number;
  /** HTTP requests answered with a problem, by code. */
  readonly httpProblems: () => Readonly<Record<string, number>>;
  /** CPU time of the process since its start, µs. */
  readonly cpu: () => { readonly user: number; readonly system: number };
}

const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;

/** The page of `/metrics`, made anew at each call. */
export function createMetrics(
  sources: MetricSources,
): () => Promise<{ readonly contentType: string; readonly text: string }> {
  const page = createMetricsPage();
  return async () => {
    collectMetrics(page, sources);
    return { contentType: page.contentType, text: await page.text() };
  };
}

function collectMetrics(page: MetricsPage, sources: MetricSources): void {
  const { monitor } = sources;
  const reading = monitor.reading();
  collectServer(page, sources, monitor.current());
  collectAlerts(page, monitor);
  collectSessions(page, reading, sources);
  collectDelivery(page, reading);
  collectProcess(page, reading, sources);
  collectEngine(page, reading, monitor);
  collectPlugins(page, reading.plugins);
}

function collectServer(
  page: MetricsPage,
  { connections }: MetricSources,
  document: SystemHealthDocument,
): void {
  const { server, condition, log, connectors } = document;
  page.set('buildInfo', [{ labels: { version: server.version }, value: 1 }]);
  page.set('startTime', one(server.startedAt / MS_PER_S));
  page.set('healthScore', one(condition.score));
  page.set('degradationLevel', one(document.degradation.level));
  page.set('connections', one(connections()));
  page.set('logOffset', one(log.offset));
  page.set(
    'connectorUp',
    connectors.list.map(({ id, kind, status }) => ({
      labels: { connector: id, kind },
      value: status === 'connected' ? 1 : 0,
    })),
  );
  page.set(
    'connectorRejected',
    connectors.list.map(({ id, rejectedLines }) => ({ labels: { connector: id }, value: rejectedLines })),
  );
}

function collectAlerts(page: MetricsPage, monitor: HealthMonitor): void {
  const raised = new Map<string, { readonly labels: MetricValue['labels']; value: number }>();
  for (const { rule, severity } of monitor.alerts()) {
    const known = raised.get(rule);
    if (known === undefined) raised.set(rule, { labels: { rule, severity }, value: 1 });
    else known.value += 1;
  }
  page.set('alerts', [...raised.values()]);
  const counts: AlertCounts = monitor.alertCounts();
  page.set('alertsRaised', byName('rule', counts.raised));
  page.set('alertsCleared', byName('rule', counts.cleared));
}

function collectSessions(
  page: MetricsPage,
  { hub, census, refusedOverHttp }: Reading,
  sources: MetricSources,
): void {
  const { counts } = hub;
  page.set(
    'sessions',
    [...census.byEndpoint].flatMap(([endpoint, bands]) =>
      BANDS.map((band, index) => ({ labels: { endpoint, band }, value: bands[index] ?? 0 })),
    ),
  );
  page.set('sessionsOpened', one(hub.sessionsOpened));
  page.set('sessionReconnects', one(counts.reconnects));
  page.set('sessionCloses', byName('code', counts.closes));
  page.set('refusals', byName('error', counts.refusals));
  page.set('authenticationFailures', [
    ...byName('reason', counts.authenticationFailures),
    { labels: { reason: 'http' }, value: refusedOverHttp },
  ]);
  page.set('httpProblems', byName('code', sources.httpProblems()));
  page.set('commands', byName('outcome', counts.outcomes));
  page.set('commandsInFlight', one(hub.commandsInFlight));
  page.set('publishesInFlight', one(hub.publishesInFlight));
}

function collectDelivery(page: MetricsPage, { hub }: Reading): void {
  const plain: Partial<Record<MetricName, number>> = {
    sentMessages: hub.messagesSent,
    sentBytes: hub.bytesSent,
    socketWrites: hub.writes,
    receivedMessages: hub.messagesReceived,
    receivedBytes: hub.bytesReceived,
    logEntries: hub.entriesTaken,
    topicChanges: hub.changesTaken,
    signalValues: hub.signalsTaken,
    topics: hub.topics,
    interests: hub.interests,
    framesEncoded: hub.encodes,
    batchesBuilt: hub.batches,
    frameCacheBytes: hub.cachedBytes,
    flushRounds: hub.rounds,
    flushSlices: hub.slices,
    flushSeconds: hub.flushMs / MS_PER_S,
  };
  for (const [name, value] of Object.entries(plain) as [MetricName, number][]) page.set(name, one(value));
  page.set(
    'flushRest',
    LANES.map((lane, index) => ({ labels: { lane }, value: (hub.intervalMs[index] ?? 0) / MS_PER_S })),
  );
  page.buckets('handed', byLane(hub.latency.handed));
  page.buckets('acknowledged', byLane(hub.latency.acknowledged));
}

function byLane(histograms: readonly Histogram[]): readonly BucketCounts[] {
  return LANES.map((lane, index) => ({
    labels: { lane },
    boundsMs: LATENCY_BOUNDS_MS,
    counts: histograms[index]?.counts ?? [],
    sumMs: histograms[index]?.sumMs ?? 0,
  }));
}

function collectProcess(page: MetricsPage, { process }: Reading, { cpu }: MetricSources): void {
  const { user, system } = cpu();
  page.set('eventLoopDelayP99', one(process.eventLoopDelayP99Ms / MS_PER_S));
  page.set('eventLoopDelayMax', one(process.eventLoopDelayMaxMs / MS_PER_S));
  page.set('cpuSeconds', [
    { labels: { mode: 'user' }, value: user / US_PER_S },
    { labels: { mode: 'system' }, value: system / US_PER_S },
  ]);
  page.set('memoryBytes', [
    { labels: { kind: 'rss' }, value: process.rssBytes },
    { labels: { kind: 'heap' }, value: process.heapUsedBytes },
    { labels: { kind: 'external' }, value: process.externalBytes },
  ]);
  page.set('memoryShare', one(process.memoryShare));
}

function collectEngine(page: MetricsPage, { engine, history }: Reading, monitor: HealthMonitor): void {
  const { boundsMs, counts, sumMs } = monitor.commits();
  page.buckets('logCommit', [{ labels: {}, boundsMs, counts, sumMs }]);
  if (engine === null) return;
  if (history !== null) {
    page.set('historyBehind', one(history.behind));
    page.set('historyBehindSeconds', one(history.behindMs / MS_PER_S));
  }
  page.set('engineQueued', [
    { labels: { kind: 'commands' }, value: engine.queuedCommands },
    { labels: { kind: 'publications' }, value: engine.queuedPublications },
    { labels: { kind: 'observations' }, value: engine.queuedObservations },
  ]);
  page.set('engineBodies', one(engine.queuedBodyBytes));
  page.set('enginePending', one(engine.pendingMs / MS_PER_S));
  page.set('engineBusy', one(engine.busyShare));
  if (engine.databaseBytes !== null) page.set('databaseBytes', one(engine.databaseBytes));
  if (engine.freeBytes !== null) page.set('diskFreeBytes', one(engine.freeBytes));
}

const one = (value: number): readonly MetricValue[] => [{ labels: {}, value }];

function byName(label: string, counts: Readonly<Record<string, number>>): readonly MetricValue[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
