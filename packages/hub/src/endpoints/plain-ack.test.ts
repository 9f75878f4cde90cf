import { parseClientMessage } from '@ms5/wire';
import { pack, parsePackedClientMessage } from '@ms5/wire/msgpack';
import { expect, test } from 'vitest';
import { packedAckOf, plainAckOf } from './plain-ack.ts';

const COUNTS = [0, 1, 9, 10, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 999_999_999_999_999];

test('what is read without parsing is what parsing reads', () => {
  for (const received of COUNTS) {
    const ack = { type: 'ack', received };
    expect(plainAckOf(JSON.stringify(ack))).toBe(received);
    const packed = packedAckOf(pack(ack));
    expect(packed === -1 ? received : packed).toBe(received);
    if (received < 2 ** 32) expect(packed).toBe(received);
  }
});

test('what is not an acknowledgement in just these words is left to the parser', () => {
  const texts = [
    '',
    '1}',
    '01}',
    '00}',
    '-1}',
    '1.5}',
    '1e3}',
    '"1"}',
    '1',
    '1,"x":2}',
    ' 1}',
    '1234567890123456}',
  ];
  for (const rest of texts)
    expect(plainAckOf(`{"type":"ack","received":${rest}`), rest).toBe(rest === '1}' ? 1 : -1);
  expect(plainAckOf('{"received":1,"type":"ack"}')).toBe(-1);
  expect(plainAckOf('{"type":"pong","received":1}')).toBe(-1);
});

test('whatever the bytes, one that is taken for an acknowledgement is one', () => {
  const whole = pack({ type: 'ack', received: 70_000 });
  for (let at = 0; at < whole.byteLength; at += 1)
    for (let value = 0; value < 256; value += 1) {
      for (const bytes of [whole.with(at, value), whole.with(at, value).subarray(0, -1)]) {
        const received = packedAckOf(bytes);
        if (received < 0) continue;
        expect(parsePackedClientMessage(bytes)).toEqual({ ok: true, message: { type: 'ack', received } });
      }
    }
  expect(parseClientMessage('{"type":"ack","received":7}')).toEqual({
    ok: true,
    message: { type: 'ack', received: 7 },
  });
});
