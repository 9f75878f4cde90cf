import { expect, test } from 'vitest';
import { NONE_HELD } from './served-socket.ts';
import { createSessionStarts } from './session-starts.ts';
import { createTurnQueue } from './turn-queue.ts';

function createStarts() {
  let now = 0;
  const planned: (() => void)[] = [];
  const received: string[] = [];
  const queue = createTurnQueue({ now: () => now, soon: (task) => void planned.push(task) });
  const starts = createSessionStarts(queue);
  return {
    queue,
    received,
    turn: () => {
      for (const task of planned.splice(0)) task();
    },
    /** Each of its messages takes 1 ms. */
    connect: (name: string) => {
      const socket = {
        startsLeft: 3,
        held: NONE_HELD,
        connection: {
          receive(message: string | Uint8Array) {
            now += 1;
            received.push(`${name}${typeof message === 'string' ? message : `bytes ${message.byteLength}`}`);
          },
          closed() {},
          ponged() {},
        },
      };
      return {
        say: (text: string, isBinary = false) => starts.message(socket, Buffer.from(text), isBinary),
        end: () => starts.finish(socket),
      };
    },
  };
}

test('the first messages of thousands are taken a few in each turn, those behind as they come', () => {
  const { connect, received, turn } = createStarts();
  const sockets = Array.from({ length: 10 }, (_, index) => connect(`${index}:`));
  for (const { say } of sockets) say('a');
  expect(received).toEqual([]);
  turn();
  expect(received).toEqual(['0:a', '1:a']);
  for (let count = 0; count < 4; count += 1) turn();
  expect(received).toHaveLength(10);
  const [first] = sockets;
  for (const text of ['b', 'c']) {
    first?.say(text);
    turn();
  }
  first?.say('d');
  expect(received.slice(10)).toEqual(['0:b', '0:c', '0:d']);
});

test('messages of a connection keep their order: none passes one that waits', () => {
  const { connect, received, turn } = createStarts();
  const { say } = connect('');
  for (const text of ['a', 'b', 'c', 'd', 'e']) say(text, text === 'd');
  expect(received).toEqual([]);
  turn();
  expect(received).toEqual(['a', 'b', 'c', 'bytes 1', 'e']);
});

test('what was said before the end is taken before it, and once', () => {
  const { connect, received, turn } = createStarts();
  const { say, end } = connect('');
  say('a');
  say('b');
  end();
  expect(received).toEqual(['a', 'b']);
  turn();
  expect(received).toEqual(['a', 'b']);
});

test('few messages of a connection wait, and no long one; none when the server ends', () => {
  const { connect, received, queue } = createStarts();
  const many = connect('many ');
  for (let count = 0; count < 9; count += 1) many.say('x');
  expect(received).toHaveLength(9);
  const long = connect('long ');
  long.say('a');
  long.say('y'.repeat(20_000), true);
  expect(received.slice(9)).toEqual(['long a', 'long bytes 20000']);
  queue.close();
  connect('late ').say('z');
  expect(received.at(-1)).toBe('late z');
});
