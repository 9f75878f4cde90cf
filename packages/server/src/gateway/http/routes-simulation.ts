import { matchesAny } from '@ms5/wire';
import type { FastifyInstance } from 'fastify';
import type { EnginePort } from '../../engine-port.ts';
import type { HistoryPort } from '../../history/history-port.ts';
import { SIMULATION_LIMITS } from '../../history/simulation/simulate-escalation.ts';
import type { SimulationReply } from '../../history/simulation/simulation.ts';
import { identityOf } from './bearer.ts';
import { parseBody } from './body.ts';
import { HttpProblem } from './problem.ts';
import { SimulationBody } from './simulation-schemas.ts';

interface SimulationRoutes {
  readonly engine: Pick<EnginePort, 'head'>;
  readonly siteId: string;
  /** `undefined`: this server keeps none. */
  readonly history: HistoryPort | undefined;
}

const RETRY_MS = 5_000;

/**
 * `POST /api/v1/escalation/simulate`: past calls under proposed policies. For those who may command
 * `{site}/escalations`; of lines whose events they may read.
 */
export function registerSimulation(
  app: FastifyInstance,
  { engine, siteId, history }: SimulationRoutes,
): void {
  app.route({
    method: 'POST',
    url: '/api/v1/escalation/simulate',
    async handler(request) {
      const { permissions } = identityOf(request);
      if (!matchesAny(permissions.command, `${siteId}/escalations`))
        throw new HttpProblem('forbidden', { message: 'The roles of this user allow no simulations.' });
      const { from, to, escalation } = parseBody(SimulationBody, request.body);
      if (to <= from)
        throw new HttpProblem('invalidBody', { path: 'to', message: '"to" must be after "from".' });
      if (to - from > SIMULATION_LIMITS.rangeMs)
        throw new HttpProblem('invalidBody', {
          path: 'to',
          message: 'At most 366 days are simulated at once.',
        });
      if (history === undefined) throw new HttpProblem('historyOff');
      const permitted = permissions.subscribe;
      const proposal = escalation === undefined ? {} : { escalation };
      const simulated = async () => {
        // Whatever was answered before is in it.
        await history.query({ kind: 'acts', lines: [], from, to, limit: 1 }, engine.head());
        return history.simulate({ from, to, permitted, ...proposal });
      };
      const reply = await simulated().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new HttpProblem('historyFailed', {
          message: `The simulation failed: ${why}.`,
          retryAfterMs: RETRY_MS,
        });
      });
      if (reply.status === 'done') return { asOf: reply.asOf, report: reply.report };
      throw refusalOf(reply);
    },
  });
}

function refusalOf(reply: Exclude<SimulationReply, { status: 'done' }>): HttpProblem {
  if (reply.status === 'busy')
    return new HttpProblem('busy', {
      message: 'Another simulation runs: ask again later.',
      retryAfterMs: RETRY_MS,
    });
  if (reply.status === 'tookTooLong')
    return new HttpProblem('tookTooLong', {
      message: `The simulation was given up after ${reply.limitMs / 1000} s: ask for a shorter time.`,
    });
  const { message, path } = reply;
  return new HttpProblem('invalidBody', { message, ...(path === undefined ? {} : { path }) });
}
