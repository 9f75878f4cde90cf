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
  /** The written part where it lies, until something else is written. */
  view(): Uint8Array;
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
      // UTF-8 needs mostly one byte per UTF-16 unit, at most three.
      const start = reserve(4 + value.length);
      const { read, written } = encoder.encodeInto(value, buffer.subarray(start + 4));
      length = start + 4 + written;
      if (read < value.length) {
        const rest = reserve((value.length - read) * 3);
        length = rest + encoder.encodeInto(value.slice(read), buffer.subarray(rest)).written;
      }
      view.setUint32(start, length - start - 4, true);
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
    view: () => buffer.subarray(0, length),
    finish: () => {
      const written = buffer.slice(0, length);
      length = 0;
      return written;
    },
  };
}
