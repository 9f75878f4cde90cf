import { expect, test } from 'vitest';
import { createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';

test('texts that need more bytes than they have units are whole, wherever the buffer ends', () => {
  for (const text of ['€'.repeat(9), `a${'\u{1F3ED}'.repeat(5)}z`, `${'a'.repeat(11)}é`, 'é\uD83C']) {
    for (let initialBytes = 1; initialBytes < 40; initialBytes += 1) {
      const writer = createByteWriter(initialBytes);
      writer.text(text);
      writer.text('after');
      const reader = createByteReader(writer.finish());
      expect(reader.text()).toBe(text.toWellFormed());
      expect(reader.text()).toBe('after');
      expect(reader.done()).toBe(true);
    }
  }
});

test('what is written can be looked at before it is taken', () => {
  const writer = createByteWriter(1);
  writer.text('one');
  const seen = Uint8Array.from(writer.view());
  expect(seen).toEqual(writer.finish());
  expect(writer.view().byteLength).toBe(0);
});
