import { randomUUID } from 'node:crypto';
import type { Identity } from '@ms5/hub';
import { LIMITS, TRANSIENT_CLIENT, type ExpectedState, type Json } from '@ms5/wire';
import type { CommandResult } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EnginePort, QueryReply } from '../../engine-port.ts';
import type { Acts } from '../acts.ts';
import { identityOf } from './bearer.ts';
import { hasDepthAtMost, parseBody, parseInstant } from './body.ts';
import { HttpProblem } from './problem.ts';

const CommandBody = z.object(
  {
    command: z
      .string({ error: 'Expected "command", the name of a command such as "raiseCall".' })
      .min(1)
      .max(LIMITS.nameLength),
    data: z
      .custom<Json>((value) => hasDepthAtMost(value, LIMITS.jsonDepth), {
        error: `Expected "data" nested at most ${LIMITS.jsonDepth} levels deep.`,
      })
      .default({}),
    key: z
      .object(
        {
          clientId: z.string().min(1).max(LIMITS.nameLength),
          counter: z.int().min(0),
        },
        { error: 'Expected "key" as {"clientId": text, "counter": whole number}.' },
      )
      .optional(),
    deadline: z.int({ error: 'Expected "deadline" in ms since the epoch.' }).min(0).optional(),
    expected: z
      .object(
        {
          topic: z.string().min(1).max(LIMITS.topicBytes),
          key: z.string().max(LIMITS.topicBytes).optional(),
          offset: z.int().min(0),
        },
        { error: 'Expected "expected" as {"topic": text, "key"?: text, "offset": whole number}.' },
      )
      .optional(),
  },
  { error: 'Expected an object {"command": …, "data": …, "key"?: …, "deadline"?: …, "expected"?: …}.' },
);

export interface FactoryRoutes {
  readonly engine: EnginePort;
  readonly acts: Acts;
  readonly siteId: string;
}

/** `POST /api/v1/commands`. Answered when the outcome is durable; without a key a repeat is a new command. */
export function registerCommands(app: FastifyInstance, { acts }: FactoryRoutes): void {
  app.route({
    method: 'POST',
    url: '/api/v1/commands',
    async handler(request): Promise<CommandResult> {
      const identity = identityOf(request);
      if (identity.permissions.command.length === 0) {
        throw new HttpProblem('forbidden', { message: 'The roles of this user allow no commands.' });
      }
      const { command, data, key, deadline, expected } = parseBody(CommandBody, request.body);
      const asked = {
        command,
        data,
        key: key ?? { clientId: `${TRANSIENT_CLIENT.http}${randomUUID()}`, counter: 1 },
        ...(deadline === undefined ? {} : { deadline }),
        ...(expected === undefined ? {} : { expected: withoutUndefinedKey(expected) }),
      };
      const outcome = await acts.command(asked, identity);
      if (outcome.status === 'refusedByPlugin') {
        throw new HttpProblem(outcome.status, { message: outcome.message });
      }
      return outcome;
    },
  });
}

function withoutUndefinedKey({
  topic,
  key,
  offset,
}: z.infer<typeof CommandBody>['expected'] & object): ExpectedState {
  return key === undefined ? { topic, offset } : { topic, key, offset };
}

/** `GET /api/v1/plant`: what there is, for anyone with a token. */
export function registerPlant(app: FastifyInstance, { engine }: FactoryRoutes): void {
  app.route({
    method: 'GET',
    url: '/api/v1/plant',
    handler: async (): Promise<Json> => valueOf(await engine.query({ kind: 'plant' })),
  });
}

interface TimelineParameters {
  Params: { area: string; line: string; equipment: string };
  Querystring: { from?: string; to?: string };
}

/** `GET /api/v1/equipment/{area}/{line}/{equipment}/timeline?from=&to=`. */
export function registerTimeline(app: FastifyInstance, { engine, siteId }: FactoryRoutes): void {
  app.route<TimelineParameters>({
    method: 'GET',
    url: '/api/v1/equipment/:area/:line/:equipment/timeline',
    async handler(request): Promise<Json> {
      const { area, line, equipment } = request.params;
      requireSite(identityOf(request), siteId);
      const from = parseInstant(request.query.from, 'from');
      const to = parseInstant(request.query.to, 'to');
      if (to <= from) {
        throw new HttpProblem('invalidQuery', { path: 'to', message: '"to" must be after "from".' });
      }
      const path = `${area}/${line}/${equipment}`;
      return valueOf(await engine.query({ kind: 'equipmentTimeline', equipment: path, from, to }));
    },
  });
}

/** Refuses who may not read the whole site; narrower filters are not enough over HTTP. */
function requireSite({ permissions }: Identity, siteId: string): void {
  if (permissions.subscribe.some((filter) => filter === '#' || filter === `${siteId}/#`)) return;
  throw new HttpProblem('forbidden', {
    message: `The roles of this user do not allow reading site "${siteId}".`,
  });
}

function valueOf(reply: QueryReply): Json {
  if (reply.status === 'done') return reply.value;
  throw new HttpProblem('notFound', { message: reply.message });
}
