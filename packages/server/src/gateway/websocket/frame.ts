/** WebSocket opcodes of data frames (RFC 6455, 5.2). */
export type Opcode = 1 | 2;

const FIN = 0x80;

/**
 * Turns messages into one slice of whole WebSocket frames. Frames from a server are not masked, so they are
 * the same for everybody: a message sent alone is framed once however many sessions get it, and a series is
 * built once when it goes to session after session. The slices are shared: nobody may change them.
 */
export type Framer = (messages: readonly Uint8Array[]) => Uint8Array;

export function createFramer(opcode: Opcode): Framer {
  /** Frames live as long as the hub keeps their message. */
  const singles = new WeakMap<Uint8Array, Uint8Array>();
  let lastSeries: readonly Uint8Array[] = [];
  let lastSlice: Uint8Array = new Uint8Array(0);

  return (messages) => {
    const [first] = messages;
    if (first !== undefined && messages.length === 1) {
      let frame = singles.get(first);
      if (frame === undefined) {
        frame = buildFrames(opcode, messages);
        singles.set(first, frame);
      }
      return frame;
    }
    if (!isSameSeries(messages, lastSeries)) {
      lastSlice = buildFrames(opcode, messages);
      // A copy: the caller may use its array again.
      lastSeries = [...messages];
    }
    return lastSlice;
  };
}

function isSameSeries(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function buildFrames(opcode: Opcode, messages: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const message of messages) size += headerBytes(message.byteLength) + message.byteLength;
  const slice = Buffer.allocUnsafe(size);
  let at = 0;
  for (const message of messages) {
    at = writeHeader(slice, at, opcode, message.byteLength);
    slice.set(message, at);
    at += message.byteLength;
  }
  return slice;
}

function headerBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : 10;
}

function writeHeader(slice: Buffer, at: number, opcode: Opcode, payloadBytes: number): number {
  slice[at] = FIN | opcode;
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
