import type { SignalChange } from '@ms5/hub';
import { createFakeClock } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createSignalBuffer } from './signal-buffer.ts';

const START = 1_750_000_000_000;
const decoder = new TextDecoder();

function start() {
  const clock = createFakeClock(START);
  const sent: string[] = [];
  const note = (changes: readonly SignalChange[]): void => {
    const values = changes.map(({ topic, value }) => `${topic} ${decoder.decode(value)}`);
    sent.push(`${clock.now() - START} ms: ${values.join(', ')}`);
  };
  return { clock, sent, buffer: createSignalBuffer(clock, note) };
}

test('after a pause values go on in the same turn, together; then the latest once in 2 ms', () => {
  const { clock, sent, buffer } = start();
  buffer.put('a', START, 1);
  buffer.put('b', START, 2);
  clock.run();
  expect(sent).toEqual(['0 ms: a 1, b 2']);
  buffer.put('a', START, 3);
  clock.advance(1);
  buffer.put('a', START, 4);
  clock.advance(100);
  buffer.put('b', START, 5);
  clock.run();
  expect(sent.slice(1)).toEqual(['2 ms: a 4', '101 ms: b 5']);
});

test('once it is closed nothing goes on any more', () => {
  const { clock, sent, buffer } = start();
  buffer.put('a', START, 1);
  buffer.close();
  clock.advance(100);
  expect(sent).toEqual([]);
});
