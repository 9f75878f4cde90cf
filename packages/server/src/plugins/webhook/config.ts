import { parseTopicFilter } from '@ms5/wire';
import { z } from 'zod';
import { duration, secret, url } from '../config-parts.ts';

/** One receiver of events. */
export interface WebhookEndpoint {
  /** Names its position and dead letters; another id starts anew. */
  readonly id: string;
  readonly url: string;
  readonly topics: readonly string[];
  /** Omitted: all but what machines say time and again. */
  readonly types?: readonly string[];
  /** Key of the signature. */
  readonly secret: Uint8Array;
  /** From connecting to the end of the answer. */
  readonly timeoutMs: number;
  /** The first wait between attempts, and the longest. */
  readonly retryFromMs: number;
  readonly retryToMs: number;
  /** An event that is so old, of an endpoint that has failed for so long, becomes a dead letter. */
  readonly giveUpAfterMs: number;
}

const filter = z.string().refine((text) => parseTopicFilter(text).ok, { error: 'expected a topic filter' });

const ENDPOINT = z.strictObject({
  id: z
    .string({ error: 'expected an id' })
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected lower-case letters, digits and dashes' }),
  url,
  topics: z.array(filter).min(1).default(['#']),
  types: z.array(z.string().min(1)).min(1).optional(),
  secret,
  timeout: duration('10s'),
  retryFrom: duration('1s'),
  retryTo: duration('5m'),
  giveUpAfter: duration('24h'),
});

const CONFIG = z.strictObject(
  { endpoints: z.array(ENDPOINT, { error: 'expected a list of endpoints' }).min(1) },
  { error: 'expected { endpoints: [{ id, url, secret, … }] }' },
);

/** Throws an error that names what is wrong where. Reads the secrets. */
export function parseWebhookConfig(raw: unknown): readonly WebhookEndpoint[] {
  const result = CONFIG.safeParse(raw);
  if (!result.success) {
    const said = result.error.issues.map(({ path, message }) => [path.join('.'), message].join(': '));
    throw new Error(said.join('; ').replace(/^: /, ''));
  }
  const { endpoints } = result.data;
  const ids = new Set(endpoints.map(({ id }) => id));
  if (ids.size < endpoints.length) throw new Error('endpoints: two have the same id');
  return endpoints.map(({ id, url, topics, types, secret, ...durations }) => {
    const endpoint: WebhookEndpoint = {
      id,
      url,
      topics,
      secret,
      timeoutMs: durations.timeout,
      retryFromMs: durations.retryFrom,
      retryToMs: Math.max(durations.retryFrom, durations.retryTo),
      giveUpAfterMs: durations.giveUpAfter,
    };
    return types === undefined ? endpoint : Object.assign(endpoint, { types });
  });
}
