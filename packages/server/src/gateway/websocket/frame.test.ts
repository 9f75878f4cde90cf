import { HEADER_ROOM_BYTES } from '@ms5/hub';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFramer, type Opcode } from './frame.ts';

/** Reads unmasked frames by the words of RFC 6455, 5.2. */
function decodeFrames(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.readUInt8(at);
    expect(first & 0xf0).toBe(0x80);
    const short = bytes.readUInt8(at + 1);
    expect(short & 0x80).toBe(0);
    let header = 2;
    let length = short;
    if (short === 126) {
      length = bytes.readUInt16BE(at + 2);
      header = 4;
    } else if (short === 127) {
      length = Number(bytes.readBigUInt64BE(at + 2));
      header = 10;
    }
    frames.push({ opcode: first & 0x0f, payload: bytes.subarray(at + header, at + header + length) });
    at += header + length;
  }
  expect(at).toBe(bytes.length);
  return frames;
}

/** As the hub's encoders make them, or as any other. */
function messageOf(bytes: number, hasRoom: boolean): Uint8Array {
  const room = hasRoom ? HEADER_ROOM_BYTES : 0;
  return new Uint8Array(room + bytes).subarray(room);
}

test('any series of messages comes back as it was', () => {
  const length = fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000), fc.nat(300));
  fc.assert(
    fc.property(
      fc.array(length, { minLength: 1, maxLength: 5 }),
      fc.constantFrom<Opcode>(1, 2),
      (lengths, opcode) => {
        const messages = lengths.map((bytes, index) => messageOf(bytes, index % 2 === 0).fill(index + 65));
        const frames = decodeFrames(Buffer.from(createFramer(opcode)(messages)));
        expect(frames.map(({ opcode }) => opcode)).toEqual(lengths.map(() => opcode));
        for (const [index, { payload }] of frames.entries()) {
          expect(payload.equals(messages[index] ?? new Uint8Array())).toBe(true);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('a message with room before it is framed where it lies, and stays what it was', () => {
  for (const bytes of [1, 125, 126, 65_535, 65_536]) {
    const message = messageOf(bytes, true).fill(7);
    const frame = createFramer(2)([message]);
    expect(frame.buffer).toBe(message.buffer);
    expect(decodeFrames(Buffer.from(frame))[0]?.payload.equals(new Uint8Array(bytes).fill(7))).toBe(true);
    expect(message.every((byte) => byte === 7)).toBe(true);
    // Framed again by another, it is the same.
    expect(createFramer(2)([message])).toEqual(frame);
  }
});

test('the same messages are framed once for all sessions', () => {
  const frame = createFramer(1);
  const a = Buffer.from('a');
  const b = Buffer.from('b');
  expect(frame([a])).toBe(frame([a]));
  expect(frame([a, b])).toBe(frame([a, b]));
  expect(frame([a, b])).not.toEqual(frame([b, a]));
  expect(frame([a])).toBe(frame([a]));
  expect(Buffer.from(frame([a, b])).equals(Buffer.concat([frame([a]), frame([b])]))).toBe(true);
});

test('a series is not confused with an array that was used again', () => {
  const frame = createFramer(1);
  const series = [Buffer.from('a'), Buffer.from('b')];
  const before = Buffer.from(frame(series));
  series[1] = Buffer.from('c');
  expect(Buffer.from(frame(series)).equals(before)).toBe(false);
});
