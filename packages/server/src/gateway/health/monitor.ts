import type { Clock, DegradationLevel, Hub } from '@ms5/hub';
import type {
  HealthHistory,
  HealthSample,
  SystemAlertDocument,
  SystemHealthDocument,
} from '@ms5/wire/factory';
import type { EngineFigures } from '../../engine-port.ts';
import type { HistoryFigures } from '../../history/history-port.ts';
import type { PluginFigures } from '../../plugins/figures.ts';
import { createAlerts, type AlertCounts } from './alerts.ts';
import { createCommitHistogram, noteCommits, type CommitHistogram } from './commit-histogram.ts';
import { systemCondition } from './condition.ts';
import type { HealthSettings } from './health-settings.ts';
import { createHistory } from './history.ts';
import { createLoadShedding } from './load-shedding.ts';
import { createPacer } from './pacer.ts';
import {
  bandCounts,
  latencyBetween,
  lookAtLatency,
  NO_LATENCY,
  percentile,
  storageState,
  throughputBetween,
} from './rates.ts';
import type { Connectors, Reading } from './reading.ts';
import { createRecentCount, type RecentCount } from './recent-count.ts';
import { sessionDocuments, sessionsSummary } from './session-documents.ts';
import { createSystemLog } from './system-log.ts';
import type { ProcessProbe } from './system-process.ts';

/** The log's offset moves with every commit; the record follows it no more often than this. */
const OFFSET_INTERVAL_MS = 2_000;
const CONNECTORS_INTERVAL_MS = 250;
/** Alerts and load are judged once a second, sessions told every 5 s, figures every 10 s. */
const LOOK_MS = 1_000;
const LOOKS_PER_SESSIONS = 5;
const LOOKS_PER_FIGURES = 10;
const MINUTE_MS = 60_000;
const CRITICAL_STALLED = '4003';

export interface HealthMonitorOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly probe: ProcessProbe;
  readonly settings: HealthSettings;
  readonly version: string;
  /** Offset of the newest committed entry. */
  readonly offset: number;
  readonly plugins: () => readonly PluginFigures[];
  readonly refusedOverHttp: () => number;
  /** How far history is. Omitted: none is kept. */
  readonly historyFigures?: () => HistoryFigures | null;
  /** Told of raised and cleared alerts and of changes of the degradation level. */
  readonly log: (level: 'info' | 'warn', fields: Readonly<Record<string, unknown>>, text: string) => void;
}

/** The health of this server: measured, published below `system/`, kept for a day. */
export interface HealthMonitor {
  current(): SystemHealthDocument;
  setConnectors(list: Connectors): void;
  /** The newest committed offset of the site's log. */
  setOffset(offset: number): void;
  setEngine(figures: EngineFigures): void;
  history(from: number, to: number, stepMs: number): HealthHistory;
  /** Raised now. */
  alerts(): readonly SystemAlertDocument[];
  alertCounts(): AlertCounts;
  /** The newest look. */
  reading(): Reading;
  /** Commits since the start, by duration. */
  commits(): CommitHistogram;
  /** Whether there is disk space enough to take anything. */
  hasDiskSpace(): boolean;
  close(): void;
}

/** Starts watching: the topics below `system/` are there when it returns. */
export function startHealthMonitor(options: HealthMonitorOptions): HealthMonitor {
  const { hub, clock, probe, settings } = options;
  const startedAt = clock.now();
  const alerts = createAlerts(settings.alerts);
  const shedding = createLoadShedding(settings.degradation, startedAt);
  const history = createHistory();
  const refused = createRecentCount(MINUTE_MS);
  const stalls = createRecentCount(MINUTE_MS);
  const pluginFailures = new Map<string, RecentCount>();
  let connectors: Connectors = [];
  let engine: EngineFigures | null = null;
  let looks = 0;
  let reading = read();
  let hubBefore = reading.hub;
  let figuresBefore = { at: startedAt, hub: reading.hub, latency: NO_LATENCY };
  const commits = createCommitHistogram();
  let commitMs: number[] = [];
  let delayMaxMs = 0;
  let flushShareMax = 0;
  let document: SystemHealthDocument = {
    server: { version: options.version, startedAt },
    log: { offset: options.offset },
    connectors: { list: [] },
    condition: { score: 1, band: 'excellent', since: startedAt, reasons: [] },
    degradation: shedding.state(),
    sessions: sessionsSummary(reading.census),
    throughput: throughputBetween(reading.hub, reading.hub, LOOK_MS),
    latency: latencyBetween(NO_LATENCY, NO_LATENCY),
    process: reading.process,
    storage: storageState(null, [], null),
  };
  const systemLog = createSystemLog(hub, clock, document);
  const publishOffset = createPacer(clock, OFFSET_INTERVAL_MS, () => systemLog.health({ log: document.log }));
  const publishConnectors = createPacer(clock, CONNECTORS_INTERVAL_MS, () =>
    systemLog.health({ connectors: document.connectors }),
  );
  let cancel = clock.after(LOOK_MS, look);

  function read(): Reading {
    return {
      at: clock.now(),
      process: probe.read(),
      hub: hub.figures(),
      census: hub.census(),
      engine,
      history: options.historyFigures?.() ?? null,
      connectors,
      plugins: options.plugins(),
      refusedOverHttp: options.refusedOverHttp(),
    };
  }

  function look(): void {
    const before = reading;
    reading = read();
    looks += 1;
    const elapsedMs = Math.max(1, reading.at - before.at);
    const flushShare = Math.min(1, (reading.hub.flushMs - hubBefore.flushMs) / elapsedMs);
    hubBefore = reading.hub;
    flushShareMax = Math.max(flushShareMax, flushShare);
    delayMaxMs = Math.max(delayMaxMs, reading.process.eventLoopDelayP99Ms);
    judgeLoad(flushShare);
    judgeAlerts();
    if (looks % LOOKS_PER_SESSIONS === 0) systemLog.sessions(sessionDocuments(reading.census));
    if (looks % LOOKS_PER_FIGURES === 0) tellFigures();
    cancel = clock.after(LOOK_MS, look);
  }

  function judgeLoad(flushShare: number): void {
    const { eventLoopDelayP99Ms, memoryShare } = reading.process;
    const load = { eventLoopDelayMs: eventLoopDelayP99Ms, flushShare, memoryShare };
    if (!shedding.judge(load, reading.at)) return;
    hub.degrade(shedding.level());
    document = { ...document, degradation: shedding.state() };
    options.log('warn', { ...document.degradation }, 'degradation level changed');
    systemLog.health({ degradation: document.degradation });
  }

  function judgeAlerts(): void {
    const { counts } = reading.hub;
    const failed = counts.authenticationFailures;
    const refusedTokens = Object.values(failed).reduce((sum, count) => sum + count, reading.refusedOverHttp);
    const failures = new Map(reading.plugins.map((plugin) => [plugin.plugin, failuresOf(plugin)]));
    const input = {
      reading,
      commitP99Ms: percentile(commitMs, 0.99),
      degradation: shedding.level(),
      refusedTokens: refused.growth(refusedTokens, reading.at),
      criticalStalls: stalls.growth(counts.closes[CRITICAL_STALLED] ?? 0, reading.at),
      pluginFailures: (plugin: string) => failures.get(plugin) ?? 0,
    };
    const changes = alerts.judge(input, reading.at);
    systemLog.alerts(changes.set, changes.remove);
    for (const { id, message, clearedAt } of changes.set)
      options.log(
        clearedAt === null ? 'warn' : 'info',
        { alert: id, detail: message },
        clearedAt === null ? 'alert raised' : 'alert cleared',
      );
  }

  function failuresOf({ plugin, restarts, hooks }: PluginFigures): number {
    const count = pluginFailures.get(plugin) ?? createRecentCount(MINUTE_MS);
    pluginFailures.set(plugin, count);
    const total = hooks.reduce((sum, { errors, timeouts }) => sum + errors + timeouts, restarts);
    return count.growth(total, reading.at);
  }

  function tellFigures(): void {
    const { at, process, census } = reading;
    const latencyNow = lookAtLatency(reading.hub);
    const elapsedMs = at - figuresBefore.at;
    const throughput = throughputBetween(figuresBefore.hub, reading.hub, elapsedMs);
    const latency = latencyBetween(figuresBefore.latency, latencyNow);
    const storage = storageState(engine, commitMs, reading.history?.behind ?? null);
    const condition = conditionNow(latency.critical.handedP99Ms, storage.commitP99Ms);
    const sessions = sessionsSummary(census);
    const figures = { condition, sessions, throughput, latency, process: tidied(process), storage };
    document = { ...document, ...figures };
    systemLog.health(figures);
    history.push(sampleOf(document, { at, flushShareMax, delayMaxMs, alerts: alerts.current().length }));
    figuresBefore = { at, hub: reading.hub, latency: latencyNow };
    commitMs = [];
    flushShareMax = 0;
    delayMaxMs = 0;
  }

  function conditionNow(criticalHandedP99Ms: number | null, commitP99Ms: number | null) {
    const { process, census } = reading;
    const sessions = census.bands.reduce((sum, count) => sum + count, 0);
    return systemCondition(
      {
        eventLoopDelayMs: process.eventLoopDelayP99Ms,
        memoryShare: process.memoryShare,
        commitP99Ms,
        pendingMs: engine?.pendingMs ?? 0,
        criticalHandedP99Ms,
        freeBytes: engine?.freeBytes ?? null,
        historyBehindMs: reading.history?.behindMs ?? 0,
        criticalSessionShare: sessions === 0 ? 0 : bandCounts(census.bands).critical / sessions,
        connectors: connectors.length,
        connectorsDown: connectors.filter(({ status }) => status !== 'connected').length,
        degradation: shedding.level(),
      },
      document.condition,
      reading.at,
    );
  }

  return {
    current: () => document,
    setConnectors(list) {
      if (JSON.stringify(list) === JSON.stringify(connectors)) return;
      connectors = list;
      document = { ...document, connectors: { list } };
      publishConnectors.due();
    },
    setOffset(offset) {
      if (offset === document.log.offset) return;
      document = { ...document, log: { offset } };
      publishOffset.due();
    },
    setEngine(figures) {
      engine = figures;
      commitMs.push(...figures.commitMs);
      noteCommits(commits, figures.commitMs);
    },
    history: (from, to, stepMs) => history.read(from, to, stepMs),
    alerts: () => alerts.current(),
    alertCounts: () => alerts.counts(),
    reading: () => ({ ...reading, hub: hub.figures(), census: hub.census(), engine, connectors }),
    commits: () => commits,
    hasDiskSpace: () => (engine?.freeBytes ?? Infinity) >= settings.readyFreeBytes,
    close() {
      cancel();
      publishOffset.close();
      publishConnectors.close();
      probe.close();
    },
  };
}

function tidied(process: Reading['process']): Reading['process'] {
  const tenths = (value: number): number => Math.round(value * 10) / 10;
  return {
    ...process,
    eventLoopDelayP50Ms: tenths(process.eventLoopDelayP50Ms),
    eventLoopDelayP99Ms: tenths(process.eventLoopDelayP99Ms),
    eventLoopDelayMaxMs: tenths(process.eventLoopDelayMaxMs),
    memoryShare: Math.round(process.memoryShare * 1_000) / 1_000,
  };
}

/** The highest of the interval, of what is looked at more often. */
interface Peaks {
  readonly at: number;
  readonly flushShareMax: number;
  readonly delayMaxMs: number;
  readonly alerts: number;
}

function sampleOf(
  { condition, degradation, sessions, throughput, latency, process, storage }: SystemHealthDocument,
  peaks: Peaks,
): HealthSample {
  return {
    at: Math.round(peaks.at),
    score: condition.score,
    degradationMax: degradation.level satisfies DegradationLevel,
    sessions: sessions.count,
    sessionsCritical: sessions.bands.critical,
    ...throughput,
    flushShareMax: Math.round(peaks.flushShareMax * 1_000) / 1_000,
    eventLoopDelayP99MaxMs: Math.round(peaks.delayMaxMs * 10) / 10,
    criticalHandedP99MaxMs: latency.critical.handedP99Ms ?? 0,
    highHandedP99MaxMs: latency.high.handedP99Ms ?? 0,
    normalHandedP99MaxMs: latency.normal.handedP99Ms ?? 0,
    lowHandedP99MaxMs: latency.low.handedP99Ms ?? 0,
    commitP99MaxMs: storage.commitP99Ms ?? 0,
    queuedObservationsMax: storage.queuedObservations,
    pendingMaxMs: storage.pendingMs,
    rssMaxBytes: process.rssBytes,
    memoryShareMax: process.memoryShare,
    alertsMax: peaks.alerts,
  };
}
