import { z } from 'zod';
import { serverVersion } from '../version.ts';
import { HISTORY_ROUTES, type HistoryRoute } from './history-api.ts';
import { OTHER_OPERATIONS } from './openapi-others.ts';
import { SimulationAnswer, SimulationBody } from './simulation-schemas.ts';
import type { Specification } from './specification.ts';

const PROBLEM = { $ref: '#/components/responses/Problem' };

/** The OpenAPI 3.1 document of everything under `/api/v1`, made from the schemas that requests are checked with. */
export function openApiDocument(): Specification {
  const paths: Record<string, unknown> = {};
  for (const [path, operations] of Object.entries(OTHER_OPERATIONS)) paths[path] = operations;
  paths['/api/v1/escalation/simulate'] = { post: SIMULATION };
  for (const route of HISTORY_ROUTES) {
    paths[route.url] = { get: operationOf(route, false) };
    if (route.csv) paths[`${route.url}.csv`] = { get: operationOf(route, true) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'MS5 API',
      version: serverVersion(),
      description:
        'The present comes over WebSocket (see /api/v1/asyncapi.json); this is for asking. Instants are ms since the epoch in answers, ISO 8601 with zone or ms in questions.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ bearer: [] }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: {
        Problem: {
          description: 'Refused; `code` is stable, `message` is for people.',
          content: { 'application/json': { schema: schemaOf(Problem) } },
        },
      },
    },
  };
}

const Problem = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    path: z.string().optional(),
    retryAfterMs: z.number().optional(),
  }),
});

function operationOf(
  { url, summary, query, answer, csv }: HistoryRoute,
  isCsvAddress: boolean,
): Specification {
  const json = { 'application/json': { schema: schemaOf(answer) } };
  const text = { 'text/csv': { schema: { type: 'string' } } };
  return {
    operationId: `${operationName(url)}${isCsvAddress ? 'Csv' : ''}`,
    summary,
    parameters: parametersOf(query),
    responses: {
      200: {
        description: 'The answer',
        headers: { ETag: { schema: { type: 'string' }, description: 'Changes when the answer may have.' } },
        content: isCsvAddress ? text : csv ? { ...json, ...text } : json,
      },
      304: { description: 'Unchanged since `If-None-Match`.' },
      '4XX': PROBLEM,
      '5XX': PROBLEM,
    },
  };
}

const SIMULATION: Specification = {
  operationId: 'simulateEscalation',
  summary:
    'Past calls under proposed policies: messages per person, time until somebody is told, holes of rotas',
  description:
    'For those who may command `{site}/escalations`; calls of lines whose events they may read. One at a time (503 with Retry-After), at most 366 days and 20,000 calls, given up after 30 s (422). Nothing is sent.',
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaOf(SimulationBody, 'input') } },
  },
  responses: {
    200: {
      description: 'What the policies make of the calls',
      content: { 'application/json': { schema: schemaOf(SimulationAnswer) } },
    },
    '4XX': PROBLEM,
    '5XX': PROBLEM,
  },
};

/** `/api/v1/plan-changes` → `getPlanChanges`. */
function operationName(url: string): string {
  const words = url.replace('/api/v1/', '').split(/[^a-z]+/);
  return `get${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}

function parametersOf(query: z.ZodObject): readonly Specification[] {
  const schema = z.toJSONSchema(query, { io: 'input' });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = typeof property === 'object' ? property : {};
    const about = description === undefined ? {} : { description };
    return Object.assign(about, { name, in: 'query', required: required.has(name), schema: rest });
  });
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Specification {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
