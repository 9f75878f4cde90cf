const encoder = new TextEncoder();

/** Longest UTF-8 form of one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Up to this length a loop is faster than the encoder, which needs a view of the buffer for each call. */
const SHORT_UNITS = 96;
const LAST_ASCII = 0x7f;

/**
 * Bytes that are free before a message in its buffer, which holds nothing else: a transport may put its header there,
 * once for all who get the message. The longest header of a WebSocket server's frames (RFC 6455, 5.2).
 */
export const HEADER_ROOM_BYTES = 10;

/** Puts text and ready bytes together. One is reused for all messages: `take` copies what was written. */
export interface ByteWriter {
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What was written since the last `take`, behind room for a header; the caller owns it. */
  take(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let buffer = new Uint8Array(65_536);
  let length = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.byteLength) return;
    const larger = new Uint8Array(Math.max(2 * buffer.byteLength, length + bytes));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }

  /** False: there are other characters, and nothing was written. */
  function writeAscii(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > LAST_ASCII) return false;
      buffer[length + index] = unit;
    }
    length += text.length;
    return true;
  }

  return {
    text(text) {
      reserve(text.length * MAX_BYTES_PER_UNIT);
      if (text.length <= SHORT_UNITS && writeAscii(text)) return;
      length += encoder.encodeInto(text, buffer.subarray(length)).written;
    },
    bytes(bytes) {
      reserve(bytes.byteLength);
      buffer.set(bytes, length);
      length += bytes.byteLength;
    },
    take() {
      const taken = new Uint8Array(HEADER_ROOM_BYTES + length).subarray(HEADER_ROOM_BYTES);
      taken.set(buffer.subarray(0, length));
      length = 0;
      return taken;
    },
  };
}
