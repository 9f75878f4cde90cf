import { BANDS, SESSION_ORDERS, type Hub, type SessionQuery } from '@ms5/hub';
import type { SessionListing } from '@ms5/wire/factory';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { TokenService } from '../auth/token-service.ts';
import { sessionDocument } from '../health/session-documents.ts';
import { AuthenticationError } from '../auth/authentication-error.ts';
import { bearerToken, identityOf } from './bearer.ts';
import { HttpProblem } from './problem.ts';
import { requireSystem } from './routes-health.ts';

export interface SystemRoutes {
  readonly hub: Hub;
  readonly tokens: TokenService;
  /** The page of `/metrics`, made anew. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const MAX_PAGE = 500;
const choice = (names: readonly string[]): string => `one of ${names.join(', ')}`;
const wholeNumber = (most: number, usual: number) =>
  z.coerce
    .number({ error: `a whole number up to ${most}` })
    .int({ error: `a whole number up to ${most}` })
    .min(0, { error: `a whole number up to ${most}` })
    .max(most, { error: `a whole number up to ${most}` })
    .default(usual);

const SessionsQuery = z.object({
  sort: z.enum(SESSION_ORDERS, { error: choice(SESSION_ORDERS) }).default('score'),
  order: z.enum(['asc', 'desc'], { error: choice(['asc', 'desc']) }).default('asc'),
  offset: wholeNumber(1_000_000, 0),
  limit: wholeNumber(MAX_PAGE, 100),
  band: z.enum(BANDS, { error: choice(BANDS) }).optional(),
  user: z.string().max(128, { error: 'a user id' }).optional(),
});

/**
 * `GET /api/v1/system/sessions?sort=&order=&offset=&limit=&band=&user=`: the worst first, when nothing else is asked.
 */
export function registerSessions(app: FastifyInstance, { hub }: SystemRoutes): void {
  app.route({
    method: 'GET',
    url: '/api/v1/system/sessions',
    async handler(request): Promise<SessionListing> {
      requireSystem(identityOf(request), 'system/sessions');
      const query = parseSessionsQuery(request.query);
      const { total, sessions } = hub.sessionPage(query);
      return { total, offset: query.offset, sessions: sessions.map(sessionDocument) };
    },
  });
}

function parseSessionsQuery(given: unknown): SessionQuery {
  const parsed = SessionsQuery.safeParse(given);
  if (parsed.success) {
    const { sort, order, offset, limit, band, user } = parsed.data;
    return {
      order: sort,
      isDescending: order === 'desc',
      offset,
      limit,
      ...(band === undefined ? {} : { band }),
      ...(user === undefined ? {} : { userId: user }),
    };
  }
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new HttpProblem('invalidQuery', {
    path,
    message: `Query parameter "${path}": expected ${issue?.message ?? 'another value'}.`,
  });
}

/**
 * `GET /metrics`, for Prometheus. Programs on this machine need no token; from elsewhere, and through a proxy, a
 * token is needed whose roles may read `system/#`.
 */
export function registerMetrics(app: FastifyInstance, { tokens, metrics }: SystemRoutes): void {
  app.get('/metrics', async (request, reply) => {
    if (!isFromThisMachine(request)) {
      const token = bearerToken(request.headers.authorization);
      if (token === undefined) throw new AuthenticationError('tokenMissing');
      requireSystem(await tokens.authenticate(token), 'system/#');
    }
    const { contentType, text } = await metrics();
    reply.header('Content-Type', contentType).header('Cache-Control', 'no-store');
    return text;
  });
}

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  return isLoopback && FORWARDING_HEADERS.every((name) => headers[name] === undefined);
}
