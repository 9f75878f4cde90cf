const encoder = new TextEncoder();

/** Appends to one growing buffer. Integers are little-endian; text and bytes carry their length in front. */
export interface ByteWriter {
  u8(value: number): void;
  /** Up to 2^53. */
  uint(value: number): void;
  u32(value: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** What `write` writes, to be read as bytes. */
  block(write: () => void): void;
  /** The written part as a buffer of its own, free to be transferred; the writer starts anew. */
  finish(): Uint8Array<ArrayBuffer>;
}

export function createByteWriter(initialBytes = 4096): ByteWriter {
  let buffer = new Uint8Array(initialBytes);
  let view = new DataView(buffer.buffer);
  let length = 0;

  const reserve = (bytes: number): number => {
    const at = length;
    length += bytes;
    if (length > buffer.byteLength) {
      const grown = new Uint8Array(Math.max(length, buffer.byteLength * 2));
      grown.set(buffer.subarray(0, at));
      buffer = grown;
      view = new DataView(buffer.buffer);
    }
    return at;
  };
  const u32 = (value: number): void => {
    const at = reserve(4);
    view.setUint32(at, value, true);
  };

  return {
    u8: (value) => {
      const at = reserve(1);
      view.setUint8(at, value);
    },
    uint: (value) => {
      const at = reserve(8);
      view.setFloat64(at, value, true);
    },
    u32,
    text: (value) => {
      // UTF-8 needs at most three bytes per UTF-16 unit.
      const start = reserve(4 + value.length * 3);
      const { written } = encoder.encodeInto(value, buffer.subarray(start + 4));
      view.setUint32(start, written, true);
      length = start + 4 + written;
    },
    bytes: (value) => {
      u32(value.byteLength);
      const at = reserve(value.byteLength);
      buffer.set(value, at);
    },
    block: (write) => {
      const start = reserve(4);
      write();
      view.setUint32(start, length - start - 4, true);
    },
    finish: () => {
      const written = buffer.slice(0, length);
      length = 0;
      return written;
    },
  };
}
