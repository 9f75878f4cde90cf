import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPackedReader, createPackWriter, pack, parsePackedClientMessage, unpack } from './index.ts';

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (packed: Uint8Array): string =>
  [...packed].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** From the specification's table of formats. */
const VECTORS: readonly (readonly [value: unknown, packed: string])[] = [
  [null, 'c0'],
  [false, 'c2'],
  [true, 'c3'],
  [0, '00'],
  [127, '7f'],
  [128, 'cc80'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65_535, 'cdffff'],
  [65_536, 'ce00010000'],
  [4_294_967_295, 'ceffffffff'],
  [4_294_967_296, 'cb41f0000000000000'],
  [-1, 'ff'],
  [-32, 'e0'],
  [-33, 'd0df'],
  [-128, 'd080'],
  [-129, 'd1ff7f'],
  [-32_769, 'd2ffff7fff'],
  [-2_147_483_648, 'd280000000'],
  [1.5, 'cb3ff8000000000000'],
  ['', 'a0'],
  ['ä', 'a2c3a4'],
  ['a'.repeat(31), `bf${'61'.repeat(31)}`],
  ['a'.repeat(32), `d920${'61'.repeat(32)}`],
  ['a'.repeat(256), `da0100${'61'.repeat(256)}`],
  [[], '90'],
  [[1, [2]], '92019102'],
  [{}, '80'],
  [{ a: 1, b: undefined }, '81a16101'],
  [Array.from({ length: 16 }, () => 0), `dc0010${'00'.repeat(16)}`],
];

test.each(VECTORS)('%j is written and read as the specification says', (value, packed) => {
  expect(hex(pack(value))).toBe(packed);
  expect(unpack(bytes(packed))).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) as unknown });
});

test('whatever JSON can say comes back as it was, whatever its keys are called', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(unpack(pack(value))).toEqual({ ok: true, value });
    }),
  );
  const odd = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as unknown;
  const unpacked = unpack(pack(odd));
  expect(unpacked.ok && JSON.stringify(unpacked.value)).toBe('{"__proto__":{"a":1},"constructor":2}');
  const long = { text: 'ö'.repeat(70_000), items: Array.from({ length: 70_000 }, (_, index) => index) };
  expect(unpack(pack(long))).toEqual({ ok: true, value: long });
});

test('floats of 32 bits and integers of 64 are read', () => {
  expect(unpack(bytes('ca3fc00000'))).toEqual({ ok: true, value: 1.5 });
  expect(unpack(bytes('cf0000000100000000'))).toEqual({ ok: true, value: 4_294_967_296 });
  expect(unpack(bytes('d3ffffffffffffffff'))).toEqual({ ok: true, value: -1 });
});

test('what is no JSON in MessagePack is refused, and no length is believed', () => {
  const refused: readonly (readonly [packed: string, error: string])[] = [
    ['', 'cut short'],
    ['cd01', 'cut short'],
    ['a361', 'cut short'],
    ['dbffffffff61', 'cut short'],
    ['ddffffffff', 'cut short'],
    ['dfffffffff', 'cut short'],
    ['a1ff', 'text that is not UTF-8'],
    ['8101c0', 'a key that is no text'],
    ['819001', 'nested more than 64 deep'],
    ['c400', 'a value that JSON does not have'],
    ['d40000', 'a value that JSON does not have'],
    ['c1', 'a value that JSON does not have'],
    ['0000', 'more than one value'],
    ['91'.repeat(65) + '00', 'nested more than 64 deep'],
  ];
  for (const [packed, error] of refused) expect(unpack(bytes(packed))).toEqual({ ok: false, error });
});

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      expect(typeof unpack(any).ok).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});

test('pieces give the same bytes as the whole', () => {
  const writer = createPackWriter();
  writer.map(2);
  writer.value('a');
  writer.packed(pack([1, 2]));
  writer.value('b');
  writer.array(1);
  writer.value(null);
  expect(writer.take()).toEqual(pack({ a: [1, 2], b: [null] }));
});

test('a client message says the same in both encodings', () => {
  const message = { type: 'ack', received: 300 };
  expect(parsePackedClientMessage(pack(message))).toEqual({ ok: true, message });
  expect(parsePackedClientMessage(pack({ type: 'probe', id: 7.5 }))).toMatchObject({
    ok: false,
    error: { path: 'id' },
  });
  expect(parsePackedClientMessage(bytes('c1'))).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('cannot be read') as string },
  });
});

test('M2: topics come by number, and a number that was not told is a fault', () => {
  const read = createPackedReader();
  const names = { type: 'names', names: { 's/l/status': 7 } };
  const delta = { type: 'delta', topic: 7, from: 1, to: 2, at: 3, set: { a: 1 } };
  expect(read(pack(delta))).toMatchObject({ ok: false });
  expect(read(pack([names, delta]))).toEqual({
    ok: true,
    messages: [{ ...delta, topic: 's/l/status' }],
  });
  expect(read(pack({ type: 'gone', topic: 's/l/other', reason: 'removed' }))).toMatchObject({ ok: true });
  expect(read(pack({ type: 'names', names: { 's/l/new': 7 } }))).toEqual({ ok: true, messages: [] });
  expect(read(pack(delta))).toMatchObject({ messages: [{ topic: 's/l/new' }] });
});
