import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseDurationMs } from '../config/duration.ts';

// Parts of the configurations of the plugins that come along. Secrets are read from files or the environment.

const MIN_SECRET_BYTES = 24;
/** Headroom for the first attempt after a very long time; Node's timers end at 24.8 days. */
const MAX_DURATION_MS = 30 * 86_400_000;

/** A duration above 0. */
export const duration = (fallback: string) =>
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

/** The address of an HTTP endpoint. */
export const url = z.string({ error: 'expected a URL' }).transform((text, context) => {
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

const source = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
  { error: 'expected { file: PATH } or { env: NAME }' },
);

type Source = z.infer<typeof source>;

function read<T>(parse: (text: string) => T) {
  return (from: Source, context: z.RefinementCtx): T => {
    try {
      return parse('file' in from ? readFileSync(from.file, 'utf8') : environment(from.env));
    } catch (error) {
      const place = 'file' in from ? `file ${from.file}` : `environment variable ${from.env}`;
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `${place}: ${message}` });
      return z.NEVER;
    }
  };
}

/** A key that signs. */
export const secret = source.transform(read(secretBytes));
/** A password of somebody else's, as it is but for blanks around it. */
export const password = source.transform(read((text) => text.trim()));

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
