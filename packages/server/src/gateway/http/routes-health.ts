import type { SystemHealthDocument } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { SYSTEM_HEALTH_TOPIC, type HealthRecord } from '../health-record.ts';
import type { Serving } from '../serving.ts';
import { identityOf } from './bearer.ts';
import { HttpProblem } from './problem.ts';

const READS_HEALTH: ReadonlySet<string> = new Set(['#', 'system/#', SYSTEM_HEALTH_TOPIC]);

interface HealthRoutes {
  readonly health: HealthRecord;
  readonly serving: () => Serving;
}

/** `/healthz`: the process answers. `/readyz`: it takes work, so a balancer may send some. */
export function registerProbes(app: FastifyInstance, { serving }: HealthRoutes): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/readyz', async (_request, reply) => {
    const state = serving();
    reply.code(state.status === 'serving' ? 200 : 503).header('Cache-Control', 'no-store');
    return { status: state.status };
  });
}

/** `GET /api/v1/system/health`: the document of the topic `system/health`. */
export function registerHealth(app: FastifyInstance, { health }: HealthRoutes): void {
  app.route({
    method: 'GET',
    url: '/api/v1/system/health',
    async handler(request): Promise<SystemHealthDocument> {
      const filters = identityOf(request).permissions.subscribe;
      if (filters.some((filter) => READS_HEALTH.has(filter))) return health.current();
      throw new HttpProblem('forbidden', {
        message: 'The roles of this user do not allow reading system/health.',
      });
    },
  });
}
