import type { Identity, PublishResult } from '@ms5/hub';
import { LIMITS, TOPIC_KINDS, type Json, type PublishMessage } from '@ms5/wire';
import type { PublicationResult, PublishReply } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Acts, Refused } from '../acts.ts';
import { createAttemptLimit } from '../auth/attempt-limit.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Logger } from '../log.ts';
import { identityOf } from './bearer.ts';
import { hasDepthAtMost, parseBody } from './body.ts';
import { HttpProblem, type ProblemCode } from './problem.ts';

const Publication = z.object(
  {
    topic: z.string({ error: 'Expected "topic", a topic below "app/".' }).min(1).max(LIMITS.topicBytes),
    kind: z.enum(TOPIC_KINDS, { error: `Expected one of ${TOPIC_KINDS.join(', ')}.` }).optional(),
    lane: z.enum(['high', 'normal', 'low'], { error: 'Expected one of high, normal, low.' }).optional(),
    data: z.custom<Json>((value) => value !== undefined && hasDepthAtMost(value, LIMITS.jsonDepth), {
      error: `Expected "data", JSON nested at most ${LIMITS.jsonDepth} levels deep.`,
    }),
    key: z
      .string({ error: 'Expected "key" as text.' })
      .min(1)
      .max(LIMITS.nameLength, { error: `Expected at most ${LIMITS.nameLength} characters.` })
      .optional(),
  },
  { error: 'Expected an object {"topic": …, "data": …, "kind"?: …, "lane"?: …, "key"?: …}.' },
);

type Publication = Omit<PublishMessage, 'type' | 'id'>;

export interface PublishRoute {
  readonly acts: Acts;
  readonly limits: GatewayLimits;
  readonly log: Logger;
  readonly now: () => number;
}

/** Publications of one user, as on a WebSocket session. */
const RATE = { burst: LIMITS.publishBurst, refillMs: 1_000 / LIMITS.publishesPerSecond };

/**
 * `POST /api/v1/publish`: one publication, answered 200 or with what is wrong; or an array of them, answered 207 with
 * one result each. Answered when durable. With a key a repetition changes nothing.
 */
export function registerPublish(app: FastifyInstance, { acts, limits, log, now }: PublishRoute): void {
  const rate = createAttemptLimit(RATE);

  const one = async (
    body: unknown,
    header: string | undefined,
    author: Identity,
  ): Promise<PublicationResult> => {
    const publication = withKey(publicationOf(parseBody(Publication, body)), header);
    const retryAfterMs = rate.take(author.userId, now());
    if (retryAfterMs > 0) throw new HttpProblem('publishesTooFast', { retryAfterMs });
    const result = await acts.publish(publication, author).catch((error: unknown) => {
      log.error({ err: error }, 'publication failed');
      throw new HttpProblem('publishFailed');
    });
    const item = resultOf(0, result);
    if (item.status === 'published' || item.status === 'duplicate') return item;
    throw problemOf(item);
  };

  const several = async (body: readonly unknown[], author: Identity): Promise<PublishReply> => {
    if (body.length > limits.publications) {
      throw new HttpProblem('invalidBody', {
        message: `Expected at most ${limits.publications} publications, found ${body.length}.`,
      });
    }
    const refused: PublicationResult[] = [];
    const taken: { readonly index: number; readonly publication: Publication }[] = [];
    for (const [index, item] of body.entries()) {
      const parsed = Publication.safeParse(item);
      const retryAfterMs = parsed.success ? rate.take(author.userId, now()) : 0;
      if (!parsed.success) refused.push(malformed(index, parsed.error));
      else if (retryAfterMs > 0)
        refused.push({ index, status: 'busy', code: 'publishesTooFast', retryAfterMs });
      else taken.push({ index, publication: publicationOf(parsed.data) });
    }
    const settled = await acts.publishAll(
      taken.map(({ publication }) => publication),
      author,
    );
    const results = settled.map((each, place): PublicationResult => {
      const index = taken[place]?.index ?? place;
      if (each.status === 'fulfilled') return resultOf(index, each.value);
      log.error({ err: each.reason as unknown }, 'publication failed');
      return {
        index,
        status: 'unknown',
        code: 'publishFailed',
        message: new HttpProblem('publishFailed').message,
      };
    });
    return { results: [...refused, ...results].sort((a, b) => a.index - b.index) };
  };

  app.route({
    method: 'POST',
    url: '/api/v1/publish',
    bodyLimit: limits.publishBytes,
    async handler(request, reply): Promise<PublicationResult | PublishReply> {
      const author = identityOf(request);
      if (author.permissions.publish.length === 0) {
        throw new HttpProblem('forbidden', { message: 'The roles of this user allow no publishing.' });
      }
      const header = request.headers['idempotency-key'];
      const key = Array.isArray(header) ? header[0] : header;
      if (!Array.isArray(request.body)) return one(request.body, key, author);
      if (key !== undefined) {
        throw new HttpProblem('invalidBody', {
          message: 'Idempotency-Key is for one publication; in an array each has its own "key".',
        });
      }
      reply.code(207);
      return several(request.body, author);
    },
  });
}

function publicationOf({ topic, kind, lane, data, key }: z.infer<typeof Publication>): Publication {
  return {
    topic,
    data,
    ...(kind === undefined ? {} : { kind }),
    ...(lane === undefined ? {} : { lane }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The header of the IETF's Idempotency-Key draft: a quoted string there, plain text in most clients. */
function withKey(publication: Publication, header: string | undefined): Publication {
  if (header === undefined) return publication;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (key === '' || key.length > LIMITS.nameLength) {
    throw new HttpProblem('invalidBody', {
      message: `Idempotency-Key: expected 1 to ${LIMITS.nameLength} characters, found ${key.length}.`,
    });
  }
  if (publication.key !== undefined && publication.key !== key) {
    throw new HttpProblem('invalidBody', {
      path: 'key',
      message: 'The header Idempotency-Key and "key" differ.',
    });
  }
  return { ...publication, key };
}

function resultOf(index: number, result: PublishResult | Refused): PublicationResult {
  if (result.status === 'published') {
    const offset = result.offset === undefined ? {} : { offset: result.offset };
    return { index, status: result.isDuplicate ? 'duplicate' : 'published', ...offset };
  }
  if (result.status === 'busy')
    return { index, status: 'busy', code: 'busy', retryAfterMs: result.retryAfterMs };
  const code = result.status === 'refused' ? 'publishRefused' : result.status;
  return { index, status: 'refused', code, message: result.message };
}

function malformed(index: number, { issues: [issue] }: z.ZodError): PublicationResult {
  const message = issue?.message ?? 'The publication does not have the expected shape.';
  const path = issue === undefined || issue.path.length === 0 ? {} : { path: issue.path.join('.') };
  return { index, status: 'refused', code: 'invalidBody', message, ...path };
}

function problemOf({ code, message, retryAfterMs }: PublicationResult): HttpProblem {
  return new HttpProblem((code ?? 'internal') as ProblemCode, {
    ...(message === undefined ? {} : { message }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
