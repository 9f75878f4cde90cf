import { createHmac } from 'node:crypto';
import type { LogId } from '@ms5/wire';
import type { LoggedEvent } from '../plugin.ts';

/** What one request delivers. */
export interface WebhookMessage {
  /** The same however often it is sent, so that a receiver can tell repetitions. */
  readonly id: string;
  readonly type: string;
  readonly topic: string | null;
  readonly offset: number;
  /** Commit time, ms since the epoch. */
  readonly at: number;
  /** JSON; the same bytes each time. */
  readonly body: string;
}

export function messageOf(site: LogId, logId: string, event: LoggedEvent): WebhookMessage {
  const { offset, index, at, type, topic, data } = event;
  const id = `${logId}_${offset}_${index}`;
  const timestamp = new Date(at).toISOString();
  const body = JSON.stringify({ id, type, timestamp, site, offset, topic, data });
  return { id, type, topic, offset, at, body };
}

/**
 * Headers of Standard Webhooks (https://www.standardwebhooks.com): the signature is HMAC-SHA256 over
 * `{id}.{timestamp}.{body}`, the timestamp that of the attempt in seconds.
 */
export function signedHeaders(
  { id, body }: Pick<WebhookMessage, 'id' | 'body'>,
  secret: Uint8Array,
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'ms5-webhook',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
