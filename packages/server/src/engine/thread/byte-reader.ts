const decoder = new TextDecoder();

/** Reads what a `ByteWriter` wrote. Throws a `RangeError` where the bytes end too soon. */
export interface ByteReader {
  u8(): number;
  uint(): number;
  u32(): number;
  text(): string;
  /** A copy: what is kept of a batch does not hold on to the rest of it. */
  bytes(): Uint8Array;
  done(): boolean;
}

export function createByteReader(buffer: Uint8Array): ByteReader {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = 0;

  const take = (bytes: number): number => {
    const start = at;
    at += bytes;
    if (at > buffer.byteLength) throw new RangeError(`the bytes end at ${buffer.byteLength}, wanted ${at}`);
    return start;
  };
  const u32 = (): number => view.getUint32(take(4), true);

  return {
    u8: () => view.getUint8(take(1)),
    uint: () => view.getFloat64(take(8), true),
    u32,
    text: () => {
      const length = u32();
      const start = take(length);
      return decoder.decode(buffer.subarray(start, start + length));
    },
    bytes: () => {
      const length = u32();
      const start = take(length);
      return buffer.slice(start, start + length);
    },
    done: () => at === buffer.byteLength,
  };
}
