import type { Specification } from './specification.ts';

// Addresses whose shapes stand in packages/wire/src/factory/rest.ts; here they are told of, not checked.

const PROBLEM = { $ref: '#/components/responses/Problem' };

interface Told {
  readonly summary: string;
  readonly id: string;
  readonly body?: string;
  /** Needs no token. */
  readonly open?: true;
  readonly parameters?: readonly string[];
}

function operation({ summary, id, body, open, parameters = [] }: Told): Specification {
  return {
    operationId: id,
    summary,
    ...(open === true ? { security: [] } : {}),
    ...(parameters.length === 0
      ? {}
      : {
          parameters: parameters.map((name) => ({
            name,
            in: 'query',
            schema: { type: 'string' },
          })),
        }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { description: body } } },
          },
        }),
    responses: { '2XX': { description: 'Done' }, '4XX': PROBLEM, '5XX': PROBLEM },
  };
}

const get = (told: Told): Specification => ({ get: operation(told) });
const post = (told: Told): Specification => ({ post: operation(told) });

export const OTHER_OPERATIONS: Readonly<Record<string, Specification>> = {
  '/api/v1/login': post({
    id: 'login',
    summary: 'Log in with user and password',
    body: '`LoginRequest`: `{user, password}`; answers a token',
    open: true,
  }),
  '/api/v1/token': post({ id: 'renewToken', summary: 'A fresh token for a valid one' }),
  '/api/v1/revocations': post({
    id: 'revoke',
    summary: 'Withdraw tokens',
    body: '`RevocationRequest`: `{userIds?, tokenIds?}`',
  }),
  '/api/v1/observations': post({
    id: 'observe',
    summary: 'What machines said; answered when it is durable',
    body: 'An array of observations, see docs/guides',
  }),
  '/api/v1/commands': post({
    id: 'command',
    summary: 'What a person asks for; answered when the outcome is durable',
    body: '`{command, data, key?, deadline?, expected?}`; answers `CommandResult`',
  }),
  '/api/v1/publish': post({
    id: 'publish',
    summary: 'Publish to topics below app/',
    body: 'One publication `{topic, data, kind?, lane?, key?}` or an array of them',
  }),
  '/api/v1/plant': get({ id: 'getPlant', summary: 'Areas, lines, equipment, products and reasons' }),
  '/api/v1/equipment/{area}/{line}/{equipment}/timeline': {
    get: {
      ...operation({
        id: 'getEquipmentTimeline',
        summary: 'States of one equipment, of what the engine holds now',
        parameters: ['from', 'to'],
      }),
      parameters: ['area', 'line', 'equipment', 'from', 'to'].map((name) => ({
        name,
        in: name === 'from' || name === 'to' ? 'query' : 'path',
        required: true,
        schema: { type: 'string' },
      })),
    },
  },
  '/api/v1/system/health': get({ id: 'getHealth', summary: 'Health of the server' }),
  '/api/v1/system/health/history': get({ id: 'getHealthHistory', summary: 'Health over time' }),
  '/api/v1/system/sessions': get({
    id: 'getSessions',
    summary: 'Sessions, the worst first',
    parameters: ['sort', 'order', 'offset', 'limit', 'band', 'user'],
  }),
  '/api/v1/asyncapi.json': get({ id: 'getAsyncApi', summary: 'What is said in real time', open: true }),
  '/api/v1/openapi.json': get({ id: 'getOpenApi', summary: 'This document', open: true }),
  '/api/v1/tickets': post({ id: 'createTicket', summary: 'A ticket for one event stream' }),
  '/api/v1/cookie': {
    post: operation({ id: 'setCookie', summary: 'A cookie for event streams of this browser' }),
    delete: operation({ id: 'clearCookie', summary: 'Take it away' }),
  },
};
