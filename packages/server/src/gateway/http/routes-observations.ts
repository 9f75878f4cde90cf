import type { ObservationsReply } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { identityOf } from './bearer.ts';
import { HttpProblem } from './problem.ts';
import type { FactoryRoutes } from './routes-factory.ts';

/**
 * `POST /api/v1/observations`: an array, answered 207 with one result per item once all that was accepted is
 * durable; items of lines that the user's `publish` filters do not cover are refused one by one. The body is parsed on
 * the engine's thread, so the bytes go there as they came.
 */
export async function registerObservations(
  app: FastifyInstance,
  { engine }: FactoryRoutes,
  maxBytes: number,
): Promise<void> {
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: maxBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    raw.route<{ Body: Buffer | undefined }>({
      method: 'POST',
      url: '/api/v1/observations',
      bodyLimit: maxBytes,
      async handler(request, reply): Promise<ObservationsReply> {
        const identity = identityOf(request);
        const permitted = identity.permissions.publish;
        if (permitted.length === 0) {
          throw new HttpProblem('forbidden', {
            message: 'The roles of this user allow sending no observations.',
          });
        }
        const observed = await engine.observe(ownedBytes(request.body), identity.userId, permitted);
        if (observed.status === 'busy') {
          throw new HttpProblem('busy', { retryAfterMs: observed.retryAfterMs });
        }
        if (observed.status === 'malformed') {
          throw new HttpProblem('invalidBody', {
            message: observed.message,
            ...(observed.path === undefined ? {} : { path: observed.path }),
          });
        }
        reply.code(207);
        return { results: observed.results };
      },
    });
  });
}

/** Bytes that are alone in their memory, so that it can change threads: small bodies share a pool. */
function ownedBytes(body: Buffer | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  const isAlone = body.byteLength === body.buffer.byteLength;
  return isAlone ? new Uint8Array(body.buffer) : new Uint8Array(body);
}
