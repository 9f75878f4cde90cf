import { expect, test } from 'vitest';
import { createSocketPair } from './socket-pair.ts';

function open() {
  const pair = createSocketPair();
  const seen: string[] = [];
  pair.open(
    {
      receive: (message) => void seen.push(`server: ${String(message)}`),
      closed: (code) => void seen.push(`server closed: ${code}`),
    },
    {
      opened: () => void seen.push('client opened'),
      message: (text) => void seen.push(`client: ${text}`),
      closed: (code, reason) => void seen.push(`client closed: ${code} ${reason}`),
    },
  );
  const bytes = (text: string) => new TextEncoder().encode(text);
  return { pair, seen, bytes };
}

test('nothing arrives before it is delivered, and all is counted', () => {
  const { pair, seen, bytes } = open();
  pair.transport.write([bytes('one'), bytes('two')]);
  pair.socket.send('hello');
  expect(seen).toEqual(['client opened']);
  expect(pair.bytesToClientUnderWay()).toBe(6);
  expect(pair.deliverToClient(1)).toBe(1);
  pair.flush();
  expect(seen.slice(1)).toEqual(['client: one', 'client: two', 'server: hello']);
  expect(pair.toClient()).toEqual({ bytes: 6, messages: 2, writes: 1 });
  expect(pair.toServer()).toEqual({ bytes: 5, messages: 1, writes: 1 });
});

test('a close comes behind what was sent, and ends both sides', () => {
  const { pair, seen, bytes } = open();
  pair.transport.write([bytes('last')]);
  pair.transport.close(4000, 'bye');
  pair.transport.close(4000, 'bye');
  pair.transport.write([bytes('never')]);
  pair.flush();
  expect(seen.slice(1)).toEqual(['client: last', 'client closed: 4000 bye', 'server closed: 4000']);
  expect(pair.isOpen()).toBe(false);
});

test('a broken link loses what is under way', () => {
  const { pair, seen, bytes } = open();
  pair.transport.write([bytes('lost')]);
  pair.socket.send('lost');
  pair.drop();
  pair.flush();
  expect(seen.slice(1)).toEqual(['server closed: 1006', 'client closed: 1006 ']);
});
