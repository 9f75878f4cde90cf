import type { Clock } from '@ms5/hub';
import type { WebhookEndpoint } from './config.ts';
import { signedHeaders, type WebhookMessage } from './message.ts';

/** What became of one request. Reasons are for people and hold nothing secret. */
export type Attempt =
  | { readonly result: 'delivered' }
  /** `retryAfterMs`: as the receiver asked. */
  | { readonly result: 'failed'; readonly reason: string; readonly retryAfterMs?: number }
  /** The receiver understood and does not want this message; others may pass. */
  | { readonly result: 'refused'; readonly reason: string };

/** Statuses that speak about this message, not about the receiver's state. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const READ_BYTES = 64 * 1024;

/** Sends a message once. Redirects are not followed: a signed message goes where it was configured to. */
export async function attempt(
  { url, secret, timeoutMs }: Pick<WebhookEndpoint, 'url' | 'secret' | 'timeoutMs'>,
  message: Pick<WebhookMessage, 'id' | 'body'>,
  clock: Clock,
  closing: AbortSignal,
): Promise<Attempt> {
  const ending = new AbortController();
  let isLate = false;
  const cancel = clock.after(timeoutMs, () => {
    isLate = true;
    ending.abort();
  });
  const end = (): void => ending.abort();
  closing.addEventListener('abort', end);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: signedHeaders(message, secret, clock.now()),
      body: message.body,
      redirect: 'manual',
      signal: ending.signal,
    });
    await drop(response);
    return attemptOf(response, clock.now());
  } catch (error) {
    return { result: 'failed', reason: isLate ? `no answer within ${timeoutMs} ms` : reasonOf(error) };
  } finally {
    cancel();
    closing.removeEventListener('abort', end);
  }
}

function attemptOf({ status, ok, headers }: Response, now: number): Attempt {
  if (ok) return { result: 'delivered' };
  const reason =
    status >= 300 && status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`;
  if (REFUSALS.has(status)) return { result: 'refused', reason };
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  return { result: 'failed', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function parseRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Reads the answer to its end, so that the connection can be used again; not if it is long. */
async function drop({ body }: Response): Promise<void> {
  if (body === null) return;
  let read = 0;
  for await (const chunk of body) {
    read += chunk.byteLength;
    if (read > READ_BYTES) break;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
