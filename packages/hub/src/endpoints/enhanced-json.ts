import { parseClientMessage } from '@ms5/wire';
import { createJsonEncoding } from '../delivery/encoding-json.ts';
import type { Endpoint } from './endpoint.ts';
import { plainAckOf } from './plain-ack.ts';

const encoder = new TextEncoder();

/** `ms5.v1.json`: positions, recovery, acknowledgements (PROTOCOL.md). */
export function createEnhancedJsonEndpoint(): Endpoint {
  const encoding = createJsonEncoding();
  return {
    name: 'ms5.v1.json',
    capabilities: { needsConnect: true, pacing: 'ack' },
    parse(text) {
      const received = plainAckOf(text);
      if (received >= 0) return { ok: true, request: { type: 'ack', received } };
      const parsed = parseClientMessage(text);
      return parsed.ok ? { ok: true, request: parsed.message } : parsed;
    },
    encode: (reply) => encoder.encode(JSON.stringify(reply)),
    // An array of messages is always understood.
    encodings: { single: encoding, batch: encoding },
  };
}
