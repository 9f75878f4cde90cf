export type Unpacked =
  | { readonly ok: true; readonly value: unknown }
  /** No MessagePack, or something that JSON does not have, nested too deep, or more than one value. */
  | { readonly ok: false; readonly error: string };

/** Nesting that is read; enough for any message with documents as deep as `LIMITS.jsonDepth`. */
const MAX_DEPTH = 64;

/** Part of every platform (Encoding Standard), though not of the language. */
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Thrown inside this file only. */
class Unreadable extends Error {}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

/**
 * Reads one MessagePack value: nil, bool, int, float, str, array, map with text keys. Whoever sent it need not be
 * trusted: no length is believed beyond the bytes that are there, and a key is a key whatever it is called.
 */
export function unpack(bytes: Uint8Array): Unpacked {
  const cursor: Cursor = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    at: 0,
  };
  try {
    const value = read(cursor, MAX_DEPTH);
    return cursor.at === bytes.byteLength ? { ok: true, value } : { ok: false, error: 'more than one value' };
  } catch (error) {
    // RangeError: beyond the end; TypeError: no UTF-8.
    if (error instanceof Unreadable) return { ok: false, error: error.message };
    if (error instanceof RangeError) return { ok: false, error: 'cut short' };
    if (error instanceof TypeError) return { ok: false, error: 'text that is not UTF-8' };
    throw error;
  }
}

function read(cursor: Cursor, depth: number): unknown {
  const { view } = cursor;
  const code = view.getUint8(cursor.at);
  cursor.at += 1;
  if (code < 0x80) return code;
  if (code >= 0xe0) return code - 0x100;
  if (code < 0x90) return readMap(cursor, code & 0x0f, depth);
  if (code < 0xa0) return readArray(cursor, code & 0x0f, depth);
  if (code < 0xc0) return readText(cursor, code & 0x1f);
  switch (code) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return view.getFloat32(skip(cursor, 4));
    case 0xcb:
      return view.getFloat64(skip(cursor, 8));
    case 0xcc:
      return view.getUint8(skip(cursor, 1));
    case 0xcd:
      return view.getUint16(skip(cursor, 2));
    case 0xce:
      return view.getUint32(skip(cursor, 4));
    case 0xcf:
      return Number(view.getBigUint64(skip(cursor, 8)));
    case 0xd0:
      return view.getInt8(skip(cursor, 1));
    case 0xd1:
      return view.getInt16(skip(cursor, 2));
    case 0xd2:
      return view.getInt32(skip(cursor, 4));
    case 0xd3:
      return Number(view.getBigInt64(skip(cursor, 8)));
    case 0xd9:
      return readText(cursor, view.getUint8(skip(cursor, 1)));
    case 0xda:
      return readText(cursor, view.getUint16(skip(cursor, 2)));
    case 0xdb:
      return readText(cursor, view.getUint32(skip(cursor, 4)));
    case 0xdc:
      return readArray(cursor, view.getUint16(skip(cursor, 2)), depth);
    case 0xdd:
      return readArray(cursor, view.getUint32(skip(cursor, 4)), depth);
    case 0xde:
      return readMap(cursor, view.getUint16(skip(cursor, 2)), depth);
    case 0xdf:
      return readMap(cursor, view.getUint32(skip(cursor, 4)), depth);
    default:
      throw new Unreadable('a value that JSON does not have');
  }
}

/** Where the next `count` bytes begin. */
function skip(cursor: Cursor, count: number): number {
  const { at } = cursor;
  cursor.at += count;
  return at;
}

/** Texts up to this length are read unit by unit, which is faster than asking the decoder. */
const SHORT_TEXT_BYTES = 24;

function readText(cursor: Cursor, length: number): string {
  const { bytes } = cursor;
  const start = skip(cursor, length);
  if (cursor.at > bytes.byteLength) throw new Unreadable('cut short');
  if (length <= SHORT_TEXT_BYTES) {
    let text = '';
    let at = start;
    for (; at < cursor.at; at += 1) {
      const unit = bytes[at] ?? 0x80;
      if (unit >= 0x80) break;
      text += String.fromCharCode(unit);
    }
    if (at === cursor.at) return text;
  }
  return decoder.decode(bytes.subarray(start, cursor.at));
}

/** Every item takes a byte at least. */
function checkCount(cursor: Cursor, count: number, depth: number): void {
  if (count > cursor.bytes.byteLength - cursor.at) throw new Unreadable('cut short');
  if (depth === 0) throw new Unreadable(`nested more than ${MAX_DEPTH} deep`);
}

function readArray(cursor: Cursor, count: number, depth: number): unknown[] {
  checkCount(cursor, count, depth);
  const items: unknown[] = [];
  for (let index = 0; index < count; index += 1) items.push(read(cursor, depth - 1));
  return items;
}

function readMap(cursor: Cursor, count: number, depth: number): Record<string, unknown> {
  checkCount(cursor, 2 * count, depth);
  const fields: Record<string, unknown> = {};
  for (let index = 0; index < count; index += 1) {
    const key = read(cursor, 0);
    if (typeof key !== 'string') throw new Unreadable('a key that is no text');
    const value = read(cursor, depth - 1);
    if (key === '__proto__')
      Object.defineProperty(fields, key, { value, writable: true, enumerable: true, configurable: true });
    else fields[key] = value;
  }
  return fields;
}
