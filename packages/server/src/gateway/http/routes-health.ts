import type { Identity } from '@ms5/hub';
import type { HealthHistory, SystemHealthDocument } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { parseDurationMs } from '../../config/duration.ts';
import type { HealthMonitor } from '../health/monitor.ts';
import { HISTORY_SAMPLES } from '../health/history.ts';
import type { Serving } from '../serving.ts';
import { identityOf } from './bearer.ts';
import { parseInstant } from './body.ts';
import { HttpProblem } from './problem.ts';

export interface HealthRoutes {
  readonly health: HealthMonitor;
  readonly serving: () => Serving;
  readonly now: () => number;
}

/** `/healthz`: the process answers. `/readyz`: it takes work, so a balancer may send some. */
export function registerProbes(app: FastifyInstance, { health, serving }: HealthRoutes): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/readyz', async (_request, reply) => {
    const { status } = serving();
    const state = status === 'serving' && !health.hasDiskSpace() ? 'diskFull' : status;
    reply.code(state === 'serving' ? 200 : 503).header('Cache-Control', 'no-store');
    return { status: state };
  });
}

/** Refuses who may not read the topic below `system/`. */
export function requireSystem({ permissions }: Identity, topic: string): void {
  const reads = new Set(['#', 'system/#', topic]);
  if (permissions.subscribe.some((filter) => reads.has(filter))) return;
  throw new HttpProblem('forbidden', { message: `The roles of this user do not allow reading ${topic}.` });
}

const HOUR_MS = 3_600_000;
/** Steps asked for by nobody are as fine as gives about so many samples. */
const USUAL_SAMPLES = 360;
const FINEST_STEP_MS = 10_000;

interface HistoryParameters {
  Querystring: { from?: string; to?: string; step?: string };
}

/** `GET /api/v1/system/health`: the document of the topic `system/health`; `…/history?from=&to=&step=`: over time. */
export function registerHealth(app: FastifyInstance, { health, now }: HealthRoutes): void {
  app.route({
    method: 'GET',
    url: '/api/v1/system/health',
    async handler(request): Promise<SystemHealthDocument> {
      requireSystem(identityOf(request), 'system/health');
      return health.current();
    },
  });
  app.route<HistoryParameters>({
    method: 'GET',
    url: '/api/v1/system/health/history',
    async handler(request): Promise<HealthHistory> {
      requireSystem(identityOf(request), 'system/health');
      const { query } = request;
      const to = query.to === undefined ? Math.ceil(now()) : parseInstant(query.to, 'to');
      const from = query.from === undefined ? to - HOUR_MS : parseInstant(query.from, 'from');
      if (to <= from)
        throw new HttpProblem('invalidQuery', { path: 'to', message: '"to" must be after "from".' });
      return health.history(from, to, stepOf(query.step, to - from));
    },
  });
}

function stepOf(text: string | undefined, spanMs: number): number {
  if (text === undefined)
    return Math.max(FINEST_STEP_MS, Math.ceil(spanMs / USUAL_SAMPLES / FINEST_STEP_MS) * FINEST_STEP_MS);
  const stepMs = /^\d+$/.test(text) ? Number(text) : parseDurationMs(text);
  if (stepMs === undefined || stepMs < 1)
    throw new HttpProblem('invalidQuery', {
      path: 'step',
      message: `Query parameter "step": expected a duration such as 10s or 5m, found ${JSON.stringify(text.slice(0, 64))}.`,
    });
  return Math.max(stepMs, spanMs / HISTORY_SAMPLES);
}
