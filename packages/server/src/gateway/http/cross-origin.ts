import type { FastifyReply, FastifyRequest } from 'fastify';

/** A day: what an origin may do changes with a restart only. */
const PREFLIGHT_MAX_AGE_S = 86_400;

/**
 * Lets pages of the configured origins use the API (Fetch standard, CORS protocol). Credentials travel in the
 * `Authorization` header, never in cookies. Answers their preflight requests; everything else goes on.
 */
export function answerOtherOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: readonly string[],
): FastifyReply | undefined {
  if (allowed.length === 0) return undefined;
  reply.header('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !allowed.includes(origin)) return undefined;
  reply.headers({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After' });
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
    return undefined;
  }
  return reply
    .headers({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID',
      'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
    })
    .code(204)
    .send();
}
