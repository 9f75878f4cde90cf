import { pack, parsePackedClientMessage } from '@ms5/wire/msgpack';
import { createPackedEncoding } from '../delivery/encoding-packed.ts';
import type { TopicNumbers } from '../topics/topic-numbers.ts';
import type { Endpoint } from './endpoint.ts';
import { packedAckOf } from './plain-ack.ts';

/** `ms5.v1.msgpack`: as `ms5.v1.json`, with MessagePack maps, and numbers for topics (PROTOCOL.md, section M). */
export function createEnhancedPackedEndpoint(numbers: TopicNumbers): Endpoint {
  const encoding = createPackedEncoding(numbers);
  return {
    name: 'ms5.v1.msgpack',
    capabilities: { needsConnect: true, pacing: 'ack' },
    parse() {
      const message = 'expected a binary message, found a text one';
      return { ok: false, error: { path: '', expected: 'a binary message', found: 'a text one', message } };
    },
    parseBinary(bytes) {
      const received = packedAckOf(bytes);
      if (received >= 0) return { ok: true, request: { type: 'ack', received } };
      const parsed = parsePackedClientMessage(bytes);
      return parsed.ok ? { ok: true, request: parsed.message } : parsed;
    },
    encode: pack,
    encodings: { single: encoding, batch: encoding },
  };
}
