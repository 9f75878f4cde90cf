import type { AddressInfo } from 'node:net';
import { createHub, type Hub } from '@ms5/hub';
import type { SystemHealthDocument } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import type { EnginePort } from '../engine-port.ts';
import type { HistoryPort } from '../history/index.ts';
import type { PluginFigures } from '../plugins/figures.ts';
import type { PluginHost } from '../plugins/host.ts';
import { commandPort, createActs, publishPort, receiptPort } from './acts.ts';
import { createKeySetVerifier, type KeySetOptions } from './auth/key-set.ts';
import { createLoginDirectory, type LocalUser } from './auth/login.ts';
import { openRevocations, withFirstTokens, type Revocation } from './auth/revocations.ts';
import { createTokenService } from './auth/token-service.ts';
import { createClientAddresses } from './client-address.ts';
import { startHealthMonitor, type HealthMonitor } from './health/monitor.ts';
import { DEFAULT_HEALTH, type HealthSettings } from './health/health-settings.ts';
import { createProcessProbe } from './health/system-process.ts';
import { createHttpApp } from './http/app.ts';
import { createProblemCounts } from './http/problem-counts.ts';
import { createMetrics } from './metrics/collect.ts';
import { createInProcess, type InProcess } from './in-process.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createLogger, type Logger } from './log.ts';
import { startPlugins, type PluginOptions } from './plugins.ts';
import type { Serving } from './serving.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import { serverVersion } from './version.ts';
import { createConnectionCounts } from './websocket/connection-limits.ts';
import { serveWebSockets, type WebSocketSide } from './websocket/server.ts';

export interface ServerOptions {
  /** Already running; the server closes it when it ends. */
  readonly engine: EnginePort;
  /** Already running; the server closes it when it ends. Omitted: what looks back is answered 503. */
  readonly history?: HistoryPort;
  /** Key that signs and verifies tokens, 32 bytes or more. */
  readonly tokenKey: Uint8Array;
  /** Tokens of another issuer that are taken besides those issued here. Omitted: none. */
  readonly keySet?: KeySetOptions;
  /** Where it is kept whose access was withdrawn. Omitted: in memory, until the server ends. */
  readonly revocationsFile?: string;
  /** Addresses and networks of proxies that are believed who they were called by. Omitted: none. */
  readonly trustedProxies?: readonly string[];
  /** People who may log in. */
  readonly users: readonly LocalUser[];
  /** 0: any free port. */
  readonly port: number;
  /** Address to listen on; omitted: those of this machine alone. */
  readonly host?: string;
  /** Directory of the built dashboard; omitted or not built: a page that says so. */
  readonly dashboardDir?: string;
  /** Origins besides the server's own whose pages may connect, as `https://host:port`. */
  readonly allowedOrigins?: readonly string[];
  /** Compresses WebSocket messages for whoever asks for it. Omitted: no. */
  readonly compress?: boolean;
  readonly limits?: Partial<GatewayLimits>;
  /** Thresholds of alerts and of load shedding; omitted: the usual ones. */
  readonly health?: HealthSettings;
  /** Omitted: none. */
  readonly plugins?: PluginOptions;
  readonly log?: Logger;
}

export interface RunningServer extends InProcess {
  /** For a person on this machine, for example `http://localhost:8080`. */
  readonly url: string;
  readonly port: number;
  /** WebSocket connections open now. */
  connections(): number;
  /** The document of `system/health`. */
  health(): SystemHealthDocument;
  /** Of every plugin, in the order they run. */
  plugins(): readonly PluginFigures[];
  /** Resolves when the engine has ended by itself; never otherwise. The server answers 503 from then on. */
  readonly failed: Promise<Error>;
  /**
   * Ends without losing anything: no new connection, clients told when to come back, what was accepted
   * finished, the engine closed. Past `limitMs` whatever is left is cut. Idempotent.
   */
  drain(options?: { readonly limitMs?: number }): Promise<void>;
  /** Ends now: connections are cut; the engine still commits what it accepted. Idempotent. */
  close(): Promise<void>;
}

/** As Fastify takes it. */
const DEFAULT_HOST = 'localhost';
/** Returning clients are spread so that no more than this many come per second. */
const RETURNS_PER_SECOND = 1_000;
const DRAIN_LIMIT_MS = 15_000;
const MAX_DRAIN_WINDOW_MS = 10_000;

interface Parts {
  readonly engine: EnginePort;
  readonly history: HistoryPort | undefined;
  readonly hub: Hub;
  readonly plugins: PluginHost | undefined;
  readonly health: HealthMonitor;
  readonly app: FastifyInstance;
  readonly listeners: Listeners;
  readonly webSockets: WebSocketSide;
  readonly detach: () => void;
}

/**
 * Puts engine, hub, plugins and HTTP together and listens. Rejects with a `PluginError` when a plugin cannot be
 * started, and when the port cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, log = createLogger('warn') } = options;
  const siteId = engine.image.log;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const allowedOrigins = options.allowedOrigins ?? [];
  const now = (): number => systemClock.now();
  let serving: Serving = { status: 'serving' };
  const currentServing = (): Serving => serving;
  const addresses = createClientAddresses(options.trustedProxies ?? []);
  const revocations = await openRevocations(options.revocationsFile, now());
  const tokens = createTokenService({
    key: options.tokenKey,
    siteId,
    now,
    revocations,
    ...(options.keySet === undefined ? {} : { keySet: createKeySetVerifier(options.keySet) }),
  });
  const directory = createLoginDirectory(options.users);

  const plugins =
    options.plugins === undefined ? undefined : await startPlugins(engine, options.plugins, log);
  const commands = commandPort(engine);
  const publishing = publishPort(engine);
  const acts = createActs({ commands, publishing, hooks: plugins });

  const hub = createHub({
    clock: systemClock,
    random: systemRandom,
    authenticator: tokens,
    commands,
    publishing,
    receipts: receiptPort(engine, now),
    ...(plugins === undefined ? {} : { hooks: plugins }),
    limits: { sessionsPerUser: limits.sessionsPerUser, retryAfterMs: limits.connectionRetryAfterMs },
    version: serverVersion(),
    onLog: ({ level, event, ...fields }) => {
      log[level](fields, event);
    },
  });
  hub.load(engine.image);
  const problems = createProblemCounts();
  const settings = options.health ?? DEFAULT_HEALTH;
  const probe = createProcessProbe(settings.memoryLimitBytes ?? undefined);
  const health = startHealthMonitor({
    hub,
    clock: systemClock,
    probe,
    settings,
    version: serverVersion(),
    offset: engine.head(),
    plugins: () => plugins?.figures() ?? [],
    refusedOverHttp: () => problems.unauthorized(),
    ...(options.history === undefined ? {} : { historyFigures: () => options.history?.figures() ?? null }),
    log: (level, fields, text) => log[level](fields, text),
  });
  const detach = connectEngine(engine, hub, health, plugins, options.history);

  const counts = createConnectionCounts({ limits, addresses, now, random: systemRandom });
  const revoke = async (asked: Revocation): Promise<number> => {
    const revocation = withFirstTokens(asked);
    const stored = revocations.revoke(revocation, now());
    const sessions = hub.revoke(revocation);
    await stored;
    return sessions;
  };
  const app = await createHttpApp({
    engine,
    history: options.history,
    acts,
    siteId,
    tokens,
    directory,
    addresses,
    revoke,
    health,
    hub,
    metrics: createMetrics({
      monitor: health,
      connections: () => counts.total(),
      httpProblems: () => problems.counts(),
      cpu: () => probe.cpu(),
    }),
    problems,
    serving: currentServing,
    limits,
    dashboardDir: options.dashboardDir,
    allowedOrigins,
    log,
    now,
    streams: {
      hub,
      tokens,
      counts,
      limits,
      allowedOrigins,
      serving: currentServing,
      clock: systemClock,
      random: () => systemRandom.next(),
    },
  });
  const webSockets = serveWebSockets(app.server, {
    hub,
    counts,
    problems,
    limits,
    allowedOrigins,
    serving: currentServing,
    log,
    compress: options.compress ?? false,
    clock: systemClock,
  });
  const listeners = createListeners(app.server, limits.sockets);
  const parts: Parts = {
    engine,
    history: options.history,
    hub,
    plugins,
    health,
    app,
    listeners,
    webSockets,
    detach,
  };
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  options.history?.onFailure((error) => {
    log.error({ err: error }, 'history has stopped; the present goes on');
  });
  engine.onFailure((error) => {
    log.error({ err: error }, 'the engine has stopped');
    serving = { status: 'failed', reason: error.message };
    fail(error);
  });
  try {
    const { port, host = DEFAULT_HOST } = options;
    await listeners.open({ port, host }, (on) => app.listen(on));
  } catch (error) {
    await closeNow(parts);
    throw error;
  }

  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const { port } = app.server.address() as AddressInfo;
  return {
    ...createInProcess(engine, acts, log),
    url: `http://${displayHost(options.host)}:${port}`,
    port,
    failed,
    connections: () => webSockets.connections(),
    health: () => health.current(),
    plugins: () => plugins?.figures() ?? [],
    drain({ limitMs = DRAIN_LIMIT_MS } = {}) {
      const windowMs = drainWindowMs(webSockets.connections());
      if (serving.status === 'serving') serving = { status: 'draining', retryAfterMs: windowMs + 1_000 };
      draining ??= drainParts(parts, windowMs, limitMs);
      return draining;
    },
    close() {
      if (serving.status === 'serving') serving = { status: 'draining', retryAfterMs: 1_000 };
      closing ??= closeNow(parts);
      return closing;
    },
  };
}

function connectEngine(
  engine: EnginePort,
  hub: Hub,
  health: HealthMonitor,
  plugins: PluginHost | undefined,
  history: HistoryPort | undefined,
): () => void {
  const unsubscribes = [
    engine.onCommitted((log, entries) => {
      hub.append(log, entries);
      plugins?.committed(log, entries);
      const newest = entries.at(-1);
      if (newest !== undefined) health.setOffset(newest.offset);
    }),
    engine.onSignals((changes) => {
      hub.signal(changes);
      history?.signals(changes);
    }),
    engine.onFigures((figures) => {
      health.setEngine(figures);
    }),
    engine.onConnectors((list) => {
      health.setConnectors(list);
    }),
  ];
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe();
  };
}

/** The engine closes last, so that what clients were promised is committed and reaches them. */
async function drainParts(parts: Parts, windowMs: number, limitMs: number): Promise<void> {
  const { promise: expired, resolve } = Promise.withResolvers<void>();
  const cancel = systemClock.after(limitMs, resolve);
  const finished = async (): Promise<void> => {
    const closed = [parts.app.close(), parts.listeners.close()];
    await parts.hub.drain({ windowMs });
    await Promise.all(closed);
  };
  await Promise.race([finished(), expired]);
  cancel();
  await closeNow(parts);
}

async function closeNow({
  engine,
  history,
  hub,
  plugins,
  health,
  app,
  listeners,
  webSockets,
  detach,
}: Parts): Promise<void> {
  detach();
  health.close();
  hub.close();
  webSockets.terminate();
  const closed = [app.close(), listeners.close()];
  app.server.closeAllConnections();
  await Promise.all(closed);
  // Before the engine, which they may still publish to.
  await plugins?.close();
  await history?.close();
  await engine.close();
}

function drainWindowMs(connections: number): number {
  return Math.min(MAX_DRAIN_WINDOW_MS, Math.ceil((connections / RETURNS_PER_SECOND) * 1_000));
}

function displayHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
