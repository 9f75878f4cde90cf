import { constants, deflateRawSync } from 'node:zlib';
import type { IncomingMessage } from 'node:http';

/** Higher ones gain a tenth of the size for twice the time. */
const LEVEL = 3;
/** What a sync flush ends with; a message goes without it (RFC 7692, 7.2.1). */
const TAIL_BYTES = 4;

/**
 * Payloads of permessage-deflate without context takeover (RFC 7692): each message stands for itself, so the same
 * compressed bytes do for everybody.
 */
export interface Deflater {
  /**
   * The message compressed; `null`: it is too small for that, or would not become smaller. Shared: not to be changed.
   */
  deflate(message: Uint8Array): Uint8Array | null;
}

export function createDeflater(thresholdBytes: number): Deflater {
  /** Kept as long as the hub keeps the message. */
  const known = new WeakMap<Uint8Array, Uint8Array | null>();
  return {
    deflate(message) {
      if (message.byteLength < thresholdBytes) return null;
      let payload = known.get(message);
      if (payload === undefined) {
        const flushed = deflateRawSync(message, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
        // A copy of its own size: the library's buffer is larger, and would live as long.
        const size = flushed.byteLength - TAIL_BYTES;
        payload = size < message.byteLength ? Uint8Array.prototype.slice.call(flushed, 0, size) : null;
        known.set(message, payload);
      }
      return payload;
    },
  };
}

const EXTENSION = /^sec-websocket-extensions:\s*permessage-deflate\b(.*)$/i;

/** What was agreed in upgrades, by the headers of the answer. */
export interface DeflateAgreements {
  note(headers: readonly string[], request: IncomingMessage): void;
  /** Whether whoever asked takes our compressed messages. */
  has(request: IncomingMessage): boolean;
}

export function createDeflateAgreements(): DeflateAgreements {
  const agreed = new WeakSet<IncomingMessage>();
  return {
    note(headers, request) {
      for (const header of headers) {
        const parameters = EXTENSION.exec(header)?.[1];
        // Shared messages use the whole window; whoever wants a smaller one gets them plain, which is always allowed.
        if (parameters !== undefined && !parameters.includes('server_max_window_bits')) agreed.add(request);
      }
    },
    has: (request) => agreed.has(request),
  };
}
