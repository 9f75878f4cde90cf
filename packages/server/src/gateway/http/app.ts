import type { Socket } from 'node:net';
import type { Hub } from '@ms5/hub';
import fastify, { type FastifyInstance } from 'fastify';
import type { EnginePort } from '../../engine-port.ts';
import type { HistoryPort } from '../../history/history-port.ts';
import type { Acts } from '../acts.ts';
import type { LoginDirectory } from '../auth/login.ts';
import type { Revocation } from '../auth/revocations.ts';
import type { TokenService } from '../auth/token-service.ts';
import type { ClientAddresses } from '../client-address.ts';
import type { HealthMonitor } from '../health/monitor.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Logger } from '../log.ts';
import type { Serving } from '../serving.ts';
import { requireBearer } from './bearer.ts';
import { answerOtherOrigin } from './cross-origin.ts';
import { registerDashboard } from './dashboard.ts';
import { HttpProblem, problemOf } from './problem.ts';
import { registerEvents, registerStreamAccess, type EventRoutes } from './routes-events.ts';
import { registerCommands, registerPlant, registerTimeline } from './routes-factory.ts';
import type { ProblemCounts } from './problem-counts.ts';
import { registerHealth, registerProbes } from './routes-health.ts';
import { registerHistory } from './routes-history.ts';
import { HISTORY_ROUTES } from './history-api.ts';
import { registerMetrics, registerSessions, type SystemRoutes } from './routes-system.ts';
import { registerObservations } from './routes-observations.ts';
import { registerPublish } from './routes-publish.ts';
import { registerSimulation } from './routes-simulation.ts';
import { registerSpecification } from './routes-specification.ts';
import { registerLogin, registerRenewal, registerRevocations } from './routes-session.ts';
import { setSecurityHeaders } from './security-headers.ts';

export interface HttpOptions {
  readonly engine: EnginePort;
  /** `undefined`: none is kept. */
  readonly history: HistoryPort | undefined;
  readonly acts: Acts;
  readonly siteId: string;
  readonly tokens: TokenService;
  readonly directory: LoginDirectory;
  readonly addresses: ClientAddresses;
  readonly revoke: (revocation: Revocation) => Promise<number>;
  readonly health: HealthMonitor;
  readonly hub: Hub;
  readonly metrics: SystemRoutes['metrics'];
  readonly problems: ProblemCounts;
  readonly serving: () => Serving;
  readonly limits: GatewayLimits;
  readonly dashboardDir: string | undefined;
  /** Origins whose pages may use the API besides the server's own. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
  readonly now: () => number;
  /** What the streams of events need besides. */
  readonly streams: EventRoutes;
}

/** Addresses of the API and the methods each takes; any other method is answered 405. */
const METHODS: Readonly<Record<string, readonly ('GET' | 'POST' | 'DELETE')[]>> = {
  '/api/v1/login': ['POST'],
  '/api/v1/token': ['POST'],
  '/api/v1/revocations': ['POST'],
  '/api/v1/observations': ['POST'],
  '/api/v1/commands': ['POST'],
  '/api/v1/publish': ['POST'],
  '/api/v1/escalation/simulate': ['POST'],
  '/api/v1/plant': ['GET'],
  '/api/v1/equipment/:area/:line/:equipment/timeline': ['GET'],
  '/api/v1/system/health': ['GET'],
  '/api/v1/system/health/history': ['GET'],
  '/api/v1/system/sessions': ['GET'],
  '/metrics': ['GET'],
  '/healthz': ['GET'],
  '/readyz': ['GET'],
  '/ws': ['GET'],
  '/events': ['GET'],
  '/api/v1/asyncapi.json': ['GET'],
  '/api/v1/openapi.json': ['GET'],
  '/api/v1/tickets': ['POST'],
  '/api/v1/cookie': ['POST', 'DELETE'],
  ...Object.fromEntries(
    HISTORY_ROUTES.flatMap(({ url, csv }) => (csv ? [url, `${url}.csv`] : [url])).map(
      (url) => [url, ['GET']] as const,
    ),
  ),
};

/** The HTTP side: API, probes and dashboard. WebSocket upgrades are taken from its `server`. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const { limits } = options;
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    // Idle keep-alive connections end with the drain; the ones at work are waited for.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // A field `__proto__` in a body is refused as malformed.
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 128 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      const problem = problemFor(options, error, request.url);
      reply.raw.writeHead(problem.status, answerHeaders(problem)).end(JSON.stringify(problem.body()));
    },
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(request, reply);
    refuseUnlessServing(options.serving(), request.url);
    return answerOtherOrigin(request, reply, options.allowedOrigins);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (options.serving().status !== 'serving') reply.header('Connection', 'close');
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFor(options, error, request.url);
    return reply.code(problem.status).headers(answerHeaders(problem)).send(problem.body());
  });
  registerProbes(app, options);
  registerMetrics(app, options);
  refuseOtherMethods(app);
  app.get('/ws', () => {
    throw new HttpProblem('upgradeRequired', { headers: { Upgrade: 'websocket', Connection: 'Upgrade' } });
  });
  await registerApi(app, options);
  registerDashboard(app, options.dashboardDir);
  return app;
}

async function registerApi(app: FastifyInstance, options: HttpOptions): Promise<void> {
  registerLogin(app, options);
  registerSpecification(app);
  const tickets = registerEvents(app, options.streams);
  await app.register(async (api) => {
    api.addHook('onRequest', requireBearer(options.tokens, options.acts, options.addresses));
    api.addHook('onSend', async (_request, reply) => {
      reply.header('Cache-Control', 'no-store');
    });
    registerRenewal(api, options);
    registerRevocations(api, options);
    registerStreamAccess(api, tickets, options.streams.clock);
    registerCommands(api, options);
    registerPublish(api, options);
    registerPlant(api, options);
    registerTimeline(api, options);
    registerHealth(api, options);
    registerHistory(api, options);
    registerSimulation(api, options);
    registerSessions(api, options);
    await registerObservations(api, options, options.limits.observationsBytes);
  });
}

/** Addresses of those who watch the server from outside. */
const OBSERVED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Probes answer in every state; nothing else does while the server ends or the engine is gone. */
function refuseUnlessServing(serving: Serving, url: string): void {
  if (serving.status === 'serving' || OBSERVED.has(url)) return;
  if (serving.status === 'failed') throw new HttpProblem('engineFailed');
  throw new HttpProblem('draining', { retryAfterMs: serving.retryAfterMs });
}

function refuseOtherMethods(app: FastifyInstance): void {
  const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
  for (const [url, methods] of Object.entries(METHODS)) {
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    const refused = all.filter((method) => !methods.some((taken) => taken === method));
    app.route({
      method: refused,
      url,
      // Before the body is read, so that its type and size do not matter.
      onRequest: async () => {
        throw new HttpProblem('methodNotAllowed', {
          message: `This address takes ${allowed}.`,
          headers: { Allow: allowed },
        });
      },
      handler: async () => undefined,
    });
  }
}

/** An error nobody foresaw is logged, and told to the client without its details. */
function problemFor(options: HttpOptions, error: unknown, url: string): HttpProblem {
  const problem = knownProblem(options, error, url);
  options.problems.add(problem);
  return problem;
}

function knownProblem({ log, serving }: HttpOptions, error: unknown, url: string): HttpProblem {
  const known = problemOf(error);
  if (known !== undefined) return known;
  if (serving().status === 'failed') return new HttpProblem('engineFailed');
  log.error({ err: error, path: url.split('?', 1)[0] }, 'request failed');
  return new HttpProblem('internal');
}

function answerHeaders(problem: HttpProblem): Record<string, string> {
  return {
    ...problem.headers(),
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  };
}

/** What does not parse as HTTP has no request: the answer is written by hand and the socket ends. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(error) ?? new HttpProblem('malformedRequest');
  socket.end(httpAnswer(problem), () => {
    socket.destroy();
  });
}

/** A whole HTTP answer for a socket that Fastify does not serve. */
export function httpAnswer(problem: HttpProblem): string {
  const body = JSON.stringify(problem.body());
  const headers = {
    ...answerHeaders(problem),
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${problem.status} ${problem.code}`, ...lines, '', body].join('\r\n');
}
