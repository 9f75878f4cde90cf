import type { Clock, Hub } from '@ms5/hub';
import { CLOSE_CODES, decodeEventId, REQUEST_ERRORS, type Mark, type SubscribeMessage } from '@ms5/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createAttemptLimit } from '../auth/attempt-limit.ts';
import { AuthenticationError } from '../auth/authentication-error.ts';
import type { TokenService } from '../auth/token-service.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Serving } from '../serving.ts';
import { createEventIds } from '../sse/event-ids.ts';
import { createEventStream, type EventStream } from '../sse/event-stream.ts';
import { createTickets, type Tickets } from '../sse/tickets.ts';
import { whenGone } from '../sse/when-gone.ts';
import type { ConnectionCounts } from '../websocket/connection-limits.ts';
import { checkOrigin } from '../websocket/handshake.ts';
import { bearerToken, identityOf } from './bearer.ts';
import { clearedCookie, eventsCookie, tokenInCookie } from './events-cookie.ts';
import { permittedOf, rateOf, refuseTokenIn, topicsOf, type Query } from './event-request.ts';
import { HttpProblem } from './problem.ts';

export interface EventRoutes {
  readonly hub: Hub;
  readonly tokens: TokenService;
  readonly counts: ConnectionCounts;
  readonly limits: GatewayLimits;
  readonly allowedOrigins: readonly string[];
  readonly serving: () => Serving;
  readonly clock: Clock;
  readonly random: () => number;
}

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Proxies neither keep, rewrite nor hold back the stream.
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** Spread, so that clients of a server that went away do not come back together. */
const MIN_RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

interface Wanted {
  readonly filters: readonly string[];
  readonly resumed: readonly Mark[] | null;
  /** The client gave an event id that is of no use. */
  readonly isRestart: boolean;
}

/** `GET /events?topic=…`: what topics hold and every change, as Server-Sent Events (PROTOCOL.md, section Y). */
export function registerEvents(app: FastifyInstance, options: EventRoutes): Tickets {
  const { hub, tokens, counts, limits, clock } = options;
  const tickets = createTickets();

  const tokenOf = (request: FastifyRequest, query: Query): string => {
    const given = bearerToken(request.headers.authorization);
    if (given !== undefined) return given;
    if (typeof query['ticket'] === 'string') {
      const token = tickets.take(query['ticket'], clock.now());
      if (token === undefined) throw new AuthenticationError('ticketRefused');
      return token;
    }
    const token = tokenInCookie(request.headers.cookie);
    if (token === undefined) throw new AuthenticationError('tokenMissing');
    return token;
  };

  const open = (request: FastifyRequest, reply: FastifyReply, wanted: Wanted): EventStream => {
    const address = counts.addressOf(request.raw);
    reply.hijack();
    const { raw: response } = reply;
    response.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...STREAM_HEADERS });
    counts.opened(address);
    whenGone(response, () => {
      counts.closed(address);
    });
    return createEventStream({
      response,
      remoteAddress: address,
      clock,
      bytesPerSecond: limits.eventStreamBytesPerSecond,
      heartbeatMs: limits.eventStreamHeartbeatMs,
      closeTimeoutMs: limits.closeTimeoutMs,
      ids: createEventIds(wanted.resumed),
      retryMs: Math.round(MIN_RETRY_MS + options.random() * RETRY_SPREAD_MS),
    });
  };

  app.route<{ Querystring: Query }>({
    method: 'GET',
    url: '/events',
    async handler(request, reply) {
      const { query } = request;
      refuseTokenIn(query);
      checkOrigin(request.raw, options.allowedOrigins);
      const rate = rateOf(query);
      const filters = topicsOf(query);
      const token = tokenOf(request, query);
      const identity = await tokens.authenticate(token);
      // Gone meanwhile: nothing would ever say so again.
      if (request.raw.socket.destroyed) return reply.hijack();
      const permitted = permittedOf(filters, identity);
      refuseNothing(filters, permitted);
      const isSoft = admit(options, request);
      if (request.method === 'HEAD') return reply.headers(STREAM_HEADERS).send();
      const wanted = judgeEventId(request, permitted, filters);
      const stream = open(request, reply, wanted);
      if (isSoft) return refuseSoftly(stream, counts.retryAfterMs());
      if (wanted.isRestart) stream.transport.write([RESTART]);
      const connection = hub.connect('sse', stream.transport, token);
      const subscribe: SubscribeMessage = {
        type: 'subscribe',
        id: 1,
        filters,
        ...(rate === undefined ? {} : { rate }),
        ...(wanted.resumed === null ? {} : { resume: { marks: wanted.resumed } }),
      };
      stream.attach(connection, () => {
        connection.receive(JSON.stringify(subscribe));
      });
      return reply;
    },
  });
  return tickets;
}

const encoder = new TextEncoder();
const eventOf = (name: string, data: object): Uint8Array =>
  encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

/** What the client holds is of no use: everything comes anew. */
const RESTART = eventOf('restart', { type: 'restart' });

function refuseNothing(filters: readonly string[], permitted: readonly string[]): void {
  if (filters.length === 0) {
    const message =
      'Query parameter "topic": expected at least one topic filter, as in /events?topic=works/%23.';
    throw new HttpProblem('invalidQuery', { path: 'topic', message });
  }
  if (permitted.length === 0)
    throw new HttpProblem('forbidden', { message: REQUEST_ERRORS.forbidden.message });
}

/** Whether the stream is to be told to come back later; throws what refuses the request itself. */
function admit({ counts, serving }: EventRoutes, { raw }: FastifyRequest): boolean {
  const retryAfterMs = counts.retryAfterMs();
  if (serving().status === 'failed') throw new HttpProblem('engineFailed');
  const admission = counts.admit(counts.addressOf(raw));
  if (admission === 'hard') throw new HttpProblem('full', { retryAfterMs });
  if (admission === 'address') throw new HttpProblem('tooManyConnections', { retryAfterMs });
  return admission === 'soft';
}

/**
 * An `EventSource` that gets anything but 200 gives up for good, so it is taken, told when to come back, and closed.
 */
function refuseSoftly({ transport }: EventStream, retryAfterMs: number): void {
  const { code, message } = CLOSE_CODES.overloaded;
  const problem = { type: 'error', ...REQUEST_ERRORS.overloaded, retryAfterMs };
  transport.write([encoder.encode(`retry: ${retryAfterMs}\n`), eventOf('problem', problem)]);
  transport.close(code, message);
}

/** The header is newer than the address, which the browser repeats when it comes back by itself. */
function judgeEventId(
  { headers, query }: FastifyRequest,
  permitted: readonly string[],
  filters: readonly string[],
): Wanted {
  const header = headers['last-event-id'];
  const inAddress = (query as Query)['lastEventId'];
  const given = typeof header === 'string' ? header : inAddress;
  if (given === undefined || given === '') return { filters, resumed: null, isRestart: false };
  const decoded = typeof given === 'string' ? decodeEventId(given, permitted) : { ok: false as const };
  return { filters, resumed: decoded.ok ? decoded.marks : null, isRestart: !decoded.ok };
}

/** Tickets at once, and one more per so long, for one user. */
const TICKET_LIMIT = { burst: 20, refillMs: 1_000 };

/** `POST /api/v1/tickets` and `POST`, `DELETE /api/v1/cookie`: what stands for a token where no header can be set. */
export function registerStreamAccess(app: FastifyInstance, tickets: Tickets, clock: Clock): void {
  const perUser = createAttemptLimit(TICKET_LIMIT);
  const tokenOf = ({ headers }: FastifyRequest): string => bearerToken(headers.authorization) ?? '';
  app.route({
    method: 'POST',
    url: '/api/v1/tickets',
    async handler(request, reply) {
      const now = clock.now();
      const retryAfterMs = perUser.take(identityOf(request).userId, now);
      if (retryAfterMs > 0) throw new HttpProblem('tooManyAttempts', { retryAfterMs });
      reply.code(201);
      return tickets.issue(tokenOf(request), now);
    },
  });
  app.route({
    method: 'POST',
    url: '/api/v1/cookie',
    async handler(request, reply) {
      const lifetimeMs = identityOf(request).expiresAt - clock.now();
      const isSecure = request.headers['x-forwarded-proto'] === 'https';
      return reply
        .code(204)
        .header('Set-Cookie', eventsCookie(tokenOf(request), lifetimeMs, isSecure))
        .send();
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/v1/cookie',
    handler: async (_request, reply) => reply.code(204).header('Set-Cookie', clearedCookie()).send(),
  });
}
