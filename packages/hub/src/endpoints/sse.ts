import { parseClientMessage } from '@ms5/wire';
import { createSseEncoding, eventFrame } from './encoding-sse.ts';
import type { Endpoint, Reply } from './endpoint.ts';

const encoder = new TextEncoder();

/** A listener for `error` would be called for broken connections too (HTML standard, 9.2.2). */
const EVENT_NAMES: { readonly [Type in Reply['type']]?: string } = { error: 'problem' };

/** Messages without a meaning for who cannot answer. */
const UNSENT: ReadonlySet<Reply['type']> = new Set(['window', 'ping', 'probed', 'refreshed']);

/**
 * `sse`: Server-Sent Events. The client sends nothing: whoever took its HTTP request subscribes for it, in the form of
 * `ms5.v1.json`. What the transport's `ping` asks is whether everything has left its buffers; that is the pace.
 */
export function createSseEndpoint(): Endpoint {
  const encoding = createSseEncoding();
  return {
    name: 'sse',
    capabilities: { needsConnect: false, pacing: 'pong' },
    parse(text) {
      const parsed = parseClientMessage(text);
      return parsed.ok ? { ok: true, request: parsed.message } : parsed;
    },
    encode(reply) {
      if (UNSENT.has(reply.type)) return null;
      const waitMs = 'retryAfterMs' in reply ? reply.retryAfterMs : undefined;
      const retry = waitMs === undefined ? '' : `retry: ${Math.ceil(waitMs)}\n`;
      const name = EVENT_NAMES[reply.type] ?? reply.type;
      return encoder.encode(retry + eventFrame(name, JSON.stringify(reply)));
    },
    encodings: { single: encoding, batch: encoding },
  };
}
