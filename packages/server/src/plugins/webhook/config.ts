import { readFileSync } from 'node:fs';
import { parseTopicFilter } from '@ms5/wire';
import { z } from 'zod';
import { parseDurationMs } from '../../config/duration.ts';

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

const MIN_SECRET_BYTES = 24;
/** Headroom for the first attempt after a very long time; Node's timers end at 24.8 days. */
const MAX_DURATION_MS = 30 * 86_400_000;

const duration = (fallback: string) =>
  z
    .string({ error: 'expected a duration such as 10s, 5m or 24h' })
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== undefined && ms > 0 && ms <= MAX_DURATION_MS) return ms;
      context.addIssue({
        code: 'custom',
        message: `expected a duration such as 10s, 5m or 24h, found "${text}"`,
      });
      return z.NEVER;
    });

const url = z.string({ error: 'expected a URL' }).transform((text, context) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    context.addIssue({ code: 'custom', message: 'expected an http or https URL' });
    return z.NEVER;
  }
  if (parsed.username !== '' || parsed.password !== '') {
    context.addIssue({
      code: 'custom',
      message: 'a user name or password in the URL ends up in logs; it is not accepted',
    });
    return z.NEVER;
  }
  return parsed.href;
});

const secret = z
  .union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })], {
    error: 'expected { file: PATH } or { env: NAME }',
  })
  .transform((from, context) => {
    try {
      return secretBytes('file' in from ? readFileSync(from.file, 'utf8') : environment(from.env));
    } catch (error) {
      const place = 'file' in from ? `file ${from.file}` : `environment variable ${from.env}`;
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `${place}: ${message}` });
      return z.NEVER;
    }
  });

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

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error('it is not set');
  return value;
}

/** `whsec_` and base64, as Standard Webhooks writes secrets, or any text. */
function secretBytes(text: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = trimmed.startsWith('whsec_')
    ? Buffer.from(trimmed.slice('whsec_'.length), 'base64')
    : Buffer.from(trimmed, 'utf8');
  if (bytes.byteLength >= MIN_SECRET_BYTES) return bytes;
  throw new Error(`expected a secret of ${MIN_SECRET_BYTES} bytes or more, found ${bytes.byteLength}`);
}
