/**
 * Writes MessagePack (github.com/msgpack/msgpack, spec.md): nil, bool, int, float 64, str, array, map, which is what
 * JSON has. Values may be put together from pieces; whoever announces a map or an array of so many writes as many.
 */
export interface PackWriter {
  /** A map of `count` pairs follows: a key by `value`, then its value. */
  map(count: number): void;
  array(count: number): void;
  /** A JSON value. Members of objects that are `undefined` are left out. */
  value(value: unknown): void;
  /** A value that is packed already. */
  packed(bytes: Uint8Array): void;
  /** What was written since the last `take`; the caller owns it. */
  take(): Uint8Array;
}

/** Part of every platform (Encoding Standard), though not of the language. */
declare const TextEncoder: new () => {
  encodeInto(source: string, destination: Uint8Array): { readonly written: number };
};

const encoder = new TextEncoder();
/** Longest UTF-8 form of one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** Longest head of a value. */
const MAX_HEAD_BYTES = 9;

/** One is reused for all messages: `take` copies what was written. */
export function createPackWriter(): PackWriter {
  let buffer = new Uint8Array(4_096);
  let view = new DataView(buffer.buffer);
  let length = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.byteLength) return;
    const larger = new Uint8Array(Math.max(2 * buffer.byteLength, length + bytes));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
    view = new DataView(buffer.buffer);
  }

  function byte(value: number): void {
    buffer[length] = value;
    length += 1;
  }
  function two(code: number, value: number): void {
    byte(code);
    view.setUint16(length, value);
    length += 2;
  }
  function four(code: number, value: number): void {
    byte(code);
    view.setUint32(length, value);
    length += 4;
  }

  /** The head of something counted: `fix` up to `fixMax`, else with 16 or 32 bits. */
  function head(count: number, fix: number, fixMax: number, code16: number): void {
    reserve(MAX_HEAD_BYTES);
    if (count <= fixMax) byte(fix | count);
    else if (count < 0x1_0000) two(code16, count);
    else four(code16 + 1, count);
  }

  function text(value: string): void {
    const bound = value.length * MAX_BYTES_PER_UNIT;
    reserve(bound + MAX_HEAD_BYTES);
    // The head's size is not known before the text is encoded; it is moved when the guess was too large.
    const guess = headBytes(bound);
    const { written } = encoder.encodeInto(value, buffer.subarray(length + guess));
    const needed = headBytes(written);
    if (needed < guess) buffer.copyWithin(length + needed, length + guess, length + guess + written);
    if (written < 32) byte(0xa0 | written);
    else if (written < 0x100) {
      byte(0xd9);
      byte(written);
    } else if (written < 0x1_0000) two(0xda, written);
    else four(0xdb, written);
    length += written;
  }

  function number(value: number): void {
    reserve(MAX_HEAD_BYTES);
    if (Number.isInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) {
        if (value < 0x80) return byte(value);
        if (value < 0x100) {
          byte(0xcc);
          return byte(value);
        }
        if (value < 0x1_0000) return two(0xcd, value);
        if (value < 0x1_0000_0000) return four(0xce, value);
      } else if (value >= -0x8000_0000) return negative(value);
    }
    byte(0xcb);
    view.setFloat64(length, value);
    length += 8;
  }

  function negative(value: number): void {
    if (value >= -0x20) return byte(value & 0xff);
    if (value >= -0x80) {
      byte(0xd0);
      return byte(value & 0xff);
    }
    if (value >= -0x8000) return two(0xd1, value & 0xffff);
    four(0xd2, value >>> 0);
  }

  function write(value: unknown): void {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return number(value);
    if (Array.isArray(value)) {
      head(value.length, 0x90, 15, 0xdc);
      for (const item of value) write(item);
      return;
    }
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).filter(([, member]) => member !== undefined);
      head(members.length, 0x80, 15, 0xde);
      for (const [key, member] of members) {
        text(key);
        write(member);
      }
      return;
    }
    reserve(1);
    byte(value === true ? 0xc3 : value === false ? 0xc2 : 0xc0);
  }

  return {
    map: (count) => head(count, 0x80, 15, 0xde),
    array: (count) => head(count, 0x90, 15, 0xdc),
    value: write,
    packed(bytes) {
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

/** Bytes of the head of a text of so many bytes. */
function headBytes(textBytes: number): number {
  if (textBytes < 32) return 1;
  if (textBytes < 0x100) return 2;
  return textBytes < 0x1_0000 ? 3 : 5;
}

const shared = createPackWriter();

/** Packs one JSON value. */
export function pack(value: unknown): Uint8Array {
  shared.value(value);
  return shared.take();
}
