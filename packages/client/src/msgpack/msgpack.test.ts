import { createPackWriter, pack } from '@ms5/wire/msgpack';
import { describe, expect, it } from 'vitest';
import { byteLengthOf } from '../encoding.ts';
import { messagePack } from './index.ts';

const delta = pack({ type: 'delta', topic: 7, from: 0, to: 1, at: 1 });

describe('MessagePack', () => {
  it('M2: a number that was not told on this connection cannot be read', () => {
    const first = messagePack().open();
    expect(first.decode(pack({ type: 'names', names: { 'plant/a': 7 } }))).toEqual({
      ok: true,
      messages: [],
    });
    expect(first.decode(delta)).toMatchObject({ ok: true, messages: [{ topic: 'plant/a' }] });
    expect(messagePack().open().decode(delta)).toMatchObject({ ok: false });
  });

  it('M1: what is not MessagePack, or a text, cannot be read', () => {
    const codec = messagePack().open();
    expect(codec.decode('{"type":"ping","at":1}')).toMatchObject({ ok: false });
    const writer = createPackWriter();
    writer.map(2);
    expect(codec.decode(writer.take())).toMatchObject({ ok: false });
  });

  it('F1: what counts is the payload as it came', () => {
    expect(byteLengthOf(delta)).toBe(delta.byteLength);
    expect(byteLengthOf('aä€😀')).toBe(new TextEncoder().encode('aä€😀').byteLength);
  });
});
