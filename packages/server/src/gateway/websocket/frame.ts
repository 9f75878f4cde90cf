import { HEADER_ROOM_BYTES } from '@ms5/hub';
import type { Deflater } from './deflate.ts';

/** WebSocket opcodes of data frames (RFC 6455, 5.2). */
export type Opcode = 1 | 2;

const FIN = 0x80;
/** Says that the message is compressed (RFC 7692, 6). */
const RSV1 = 0x40;

/**
 * Turns messages into one slice of whole WebSocket frames. Frames from a server are not masked, so they are
 * the same for everybody: a message sent alone is framed once however many sessions get it, and a series is
 * built once when it goes to session after session. The slices are shared: nobody may change them.
 * With a deflater, for peers that agreed to it, messages are compressed where that makes them smaller.
 */
export type Framer = (messages: readonly Uint8Array[]) => Uint8Array;

export function createFramer(opcode: Opcode, deflater?: Deflater): Framer {
  /** Frames live as long as the hub keeps their message. */
  const singles = new WeakMap<Uint8Array, Uint8Array>();
  let lastSeries: readonly Uint8Array[] = [];
  let lastSlice: Uint8Array = new Uint8Array(0);

  return (messages) => {
    const [first] = messages;
    if (first !== undefined && messages.length === 1) {
      let frame = singles.get(first);
      if (frame === undefined) {
        const inPlace = deflater === undefined ? frameInPlace(opcode, first) : null;
        frame = inPlace ?? buildFrames(opcode, messages, deflater);
        singles.set(first, frame);
      }
      return frame;
    }
    if (!isSameSeries(messages, lastSeries)) {
      lastSlice = buildFrames(opcode, messages, deflater);
      // A copy: the caller may use its array again.
      lastSeries = [...messages];
    }
    return lastSlice;
  };
}

/** Frames a message that has room for its header before it, without a copy; `null`: it has none. */
function frameInPlace(opcode: Opcode, { buffer, byteOffset, byteLength }: Uint8Array): Uint8Array | null {
  const hasRoom = byteOffset === HEADER_ROOM_BYTES && buffer.byteLength === HEADER_ROOM_BYTES + byteLength;
  if (!hasRoom || !(buffer instanceof ArrayBuffer)) return null;
  const frame = Buffer.from(buffer, HEADER_ROOM_BYTES - headerBytes(byteLength));
  writeHeader(frame, 0, FIN | opcode, byteLength);
  return frame;
}

function isSameSeries(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function buildFrames(
  opcode: Opcode,
  messages: readonly Uint8Array[],
  deflater: Deflater | undefined,
): Uint8Array {
  const frames = messages.map((message) => {
    const compressed = deflater?.deflate(message) ?? null;
    const first = FIN | opcode;
    return compressed === null ? { first, payload: message } : { first: first | RSV1, payload: compressed };
  });
  let size = 0;
  for (const { payload } of frames) size += headerBytes(payload.byteLength) + payload.byteLength;
  const slice = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { first, payload } of frames) {
    at = writeHeader(slice, at, first, payload.byteLength);
    slice.set(payload, at);
    at += payload.byteLength;
  }
  return slice;
}

function headerBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : 10;
}

function writeHeader(slice: Buffer, at: number, first: number, payloadBytes: number): number {
  slice[at] = first;
  if (payloadBytes < 126) {
    slice[at + 1] = payloadBytes;
    return at + 2;
  }
  if (payloadBytes < 65_536) {
    slice[at + 1] = 126;
    return slice.writeUInt16BE(payloadBytes, at + 2);
  }
  slice[at + 1] = 127;
  return slice.writeBigUInt64BE(BigInt(payloadBytes), at + 2);
}
