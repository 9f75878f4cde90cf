const encoder = new TextEncoder();

/** Longest UTF-8 form of one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Puts text and ready bytes together. One is reused for all messages: `take` copies what was written. */
export interface ByteWriter {
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What was written since the last `take`; the caller owns it. */
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

  return {
    text(text) {
      reserve(text.length * MAX_BYTES_PER_UNIT);
      length += encoder.encodeInto(text, buffer.subarray(length)).written;
    },
    bytes(bytes) {
      reserve(bytes.byteLength);
      buffer.set(bytes, length);
      length += bytes.byteLength;
    },
    take() {
      const taken = buffer.slice(0, length);
      length = 0;
      return taken;
    },
  };
}
