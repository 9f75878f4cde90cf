import { pack } from '@ms5/wire/msgpack';

// Under load nearly all that clients send is acknowledgements, each in the same words. These read them without
// parsing; -1: it is not one in just these words, so it has to be parsed.

const TEXT = '{"type":"ack","received":';
/** As many digits are a safe integer. */
const MAX_DIGITS = 15;
const ZERO = 48;

/** What `{"type":"ack","received":N}` acknowledges. */
export function plainAckOf(text: string): number {
  const digits = text.length - TEXT.length - 1;
  if (digits < 1 || digits > MAX_DIGITS || !text.startsWith(TEXT) || !text.endsWith('}')) return -1;
  let received = 0;
  for (let at = TEXT.length; at < text.length - 1; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    received = received * 10 + digit;
  }
  // JSON has no numbers that begin with 0, but for 0 itself.
  return digits > 1 && text.charCodeAt(TEXT.length) === ZERO ? -1 : received;
}

const PACKED = pack({ type: 'ack', received: 0 }).slice(0, -1);
/** Formats of MessagePack: bytes that follow, big-endian. */
const UNSIGNED_BYTES: Readonly<Record<number, number>> = { 0xcc: 1, 0xcd: 2, 0xce: 4 };

/** The same in MessagePack. */
export function packedAckOf(bytes: Uint8Array): number {
  const start = PACKED.byteLength;
  if (bytes.byteLength <= start || bytes.byteLength > start + 5) return -1;
  for (let at = 0; at < start; at += 1) if (bytes[at] !== PACKED[at]) return -1;
  const first = bytes[start] ?? 0;
  const following = first < 0x80 ? 0 : UNSIGNED_BYTES[first];
  if (following === undefined || bytes.byteLength !== start + 1 + following) return -1;
  if (following === 0) return first;
  let received = 0;
  for (let at = start + 1; at < bytes.byteLength; at += 1) received = received * 256 + (bytes[at] ?? 0);
  return received;
}
