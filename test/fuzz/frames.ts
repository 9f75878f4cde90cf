import { deflateRawSync, constants } from 'node:zlib';
import type { SeededRandom } from '@ms5/testkit';
import { noise } from './mutate.ts';

export interface FrameParts {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly isFinal?: boolean;
  /** RSV1 to RSV3, as the bits 4, 2, 1. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** Told instead of the payload's. */
  readonly toldLength?: bigint;
  /** Bits of the length: the shortest that fits, unless told. */
  readonly lengthBits?: 7 | 16 | 64;
}

const TEXT = 1;
const BINARY = 2;
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** One frame of RFC 6455, right or wrong. */
export function encodeFrame(parts: FrameParts): Buffer {
  const { opcode, payload, isFinal = true, reserved = 0, isMasked = true } = parts;
  const length = parts.toldLength ?? BigInt(payload.byteLength);
  const fitting = length < 126n ? 7 : length < 65_536n ? 16 : 64;
  const bits = parts.lengthBits ?? fitting;
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = isMasked ? 0x80 : 0;
  if (bits === 7) head[1] = maskBit | Number(length & 0x7fn);
  else if (bits === 16) {
    head[1] = maskBit | 126;
    head.writeUInt16BE(Number(length & 0xffffn), 2);
  } else {
    head[1] = maskBit | 127;
    head.writeBigUInt64BE(length & 0xffff_ffff_ffff_ffffn, 2);
  }
  if (!isMasked) return Buffer.concat([head, payload]);
  const masked = Buffer.from(payload);
  for (let index = 0; index < masked.length; index += 1)
    masked[index] = (masked[index] ?? 0) ^ (MASK[index & 3] ?? 0);
  return Buffer.concat([head, MASK, masked]);
}

/** A message as frames that the protocol allows: whole, in pieces with Pings between, or compressed. */
export function framesOf(
  random: SeededRandom,
  { isBinary, payload }: { readonly isBinary: boolean; readonly payload: Buffer },
  canCompress: boolean,
): readonly Buffer[] {
  const opcode = isBinary ? BINARY : TEXT;
  if (canCompress && random.chance(0.4))
    return [encodeFrame({ opcode, payload: compressed(payload), reserved: 4 })];
  if (!random.chance(0.15) || payload.length < 2) return [encodeFrame({ opcode, payload })];
  const cut = random.int(1, payload.length - 1);
  const pieces = [encodeFrame({ opcode, payload: payload.subarray(0, cut), isFinal: false })];
  if (random.chance(0.5)) pieces.push(encodeFrame({ opcode: 9, payload: noise(random, random.int(0, 125)) }));
  return [...pieces, encodeFrame({ opcode: 0, payload: payload.subarray(cut) })];
}

function compressed(payload: Uint8Array): Buffer {
  const deflated = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return deflated.subarray(0, -4);
}

const BOMB = compressed(Buffer.alloc(4_000_000, 0x20));

/** What the protocol forbids. A server may end the connection over any of these, and nothing else. */
const HOSTILE: readonly ((random: SeededRandom) => Buffer)[] = [
  // Reserved opcodes and bits.
  (random) =>
    encodeFrame({ opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), payload: noise(random, 9) }),
  (random) => encodeFrame({ opcode: TEXT, payload: noise(random, 9), reserved: random.int(1, 7) }),
  // Not masked, as a server's.
  (random) => encodeFrame({ opcode: TEXT, payload: noise(random, 9), isMasked: false }),
  // Lengths: huge, with the highest bit, longer than needed.
  () => encodeFrame({ opcode: TEXT, payload: Buffer.alloc(20), toldLength: 1n << 40n }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.alloc(20), toldLength: (1n << 63n) | 5n }),
  () => encodeFrame({ opcode: BINARY, payload: Buffer.alloc(3), toldLength: 0xffff_ffff_ffff_ffffn }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.from('{}'), lengthBits: 64 }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.from('{}'), lengthBits: 16 }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.alloc(70_000, 0x61) }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.alloc(300_000, 0x61) }),
  // Control frames: too long, in pieces.
  (random) => encodeFrame({ opcode: random.pick([8, 9, 10]), payload: Buffer.alloc(126) }),
  (random) => encodeFrame({ opcode: random.pick([8, 9, 10]), payload: Buffer.alloc(3), isFinal: false }),
  // Pieces out of order.
  (random) => encodeFrame({ opcode: 0, payload: noise(random, 9) }),
  () =>
    Buffer.concat([
      encodeFrame({ opcode: TEXT, payload: Buffer.from('{'), isFinal: false }),
      encodeFrame({ opcode: TEXT, payload: Buffer.from('}') }),
    ]),
  () =>
    Buffer.concat(
      Array.from({ length: 2_000 }, (_, index) =>
        encodeFrame({ opcode: index === 0 ? TEXT : 0, payload: Buffer.from('a'), isFinal: false }),
      ),
    ),
  // Closing with a code that does not exist, half a code, a reason that is no text.
  (random) =>
    encodeFrame({ opcode: 8, payload: closing(random.pick([0, 999, 1004, 1005, 1006, 1015, 65_535]), 'x') }),
  () => encodeFrame({ opcode: 8, payload: Buffer.from([3]) }),
  () => encodeFrame({ opcode: 8, payload: Buffer.concat([closing(1000, ''), Buffer.from([0xff, 0xfe])]) }),
  // No UTF-8, whole and in pieces.
  () => encodeFrame({ opcode: TEXT, payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }),
  () => encodeFrame({ opcode: TEXT, payload: Buffer.from([0xed, 0xa0, 0x80]) }),
  () =>
    Buffer.concat([
      encodeFrame({ opcode: TEXT, payload: Buffer.from([0xe2, 0x82]), isFinal: false }),
      encodeFrame({ opcode: 0, payload: Buffer.from([0x28]) }),
    ]),
  // Compressed: no deflate, more than can be taken, cut off, a control frame.
  (random) => encodeFrame({ opcode: TEXT, payload: noise(random, 60), reserved: 4 }),
  () => encodeFrame({ opcode: TEXT, payload: BOMB, reserved: 4 }),
  (random) => encodeFrame({ opcode: BINARY, payload: BOMB.subarray(0, random.int(1, 200)), reserved: 4 }),
  (random) => encodeFrame({ opcode: 9, payload: noise(random, 9), reserved: 4 }),
  // Many Pings, and Pongs that nobody asked for.
  () =>
    Buffer.concat(Array.from({ length: 500 }, () => encodeFrame({ opcode: 9, payload: Buffer.alloc(125) }))),
  () =>
    Buffer.concat(Array.from({ length: 500 }, () => encodeFrame({ opcode: 10, payload: Buffer.alloc(4) }))),
  // A frame that never ends, and bytes that are none.
  (random) => encodeFrame({ opcode: TEXT, payload: Buffer.alloc(100, 0x61) }).subarray(0, random.int(1, 99)),
  (random) => noise(random, random.int(1, 400)),
];

function closing(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + reason.length, reason);
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

export function hostileFrame(random: SeededRandom): Buffer {
  return random.pick(HOSTILE)(random);
}
