import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CallStatus } from '@ms5/wire/factory';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/system-clock.ts';
import { readBoard } from './read-board.ts';

const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});
/** Waits are a hundred times shorter than they would be. */
const clock = { ...systemClock, after: (ms: number, task: () => void) => systemClock.after(ms / 100, task) };
const never = new AbortController().signal;

/** A WebSocket server (RFC 6455) just large enough: it says its messages once the client has said anything. */
async function serve(messages: readonly unknown[]): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket: Duplex) => {
    const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    open.push(() => socket.destroy());
    socket.once('data', () => {
      for (const message of messages) {
        const text = Buffer.from(JSON.stringify(message));
        const length = Buffer.alloc(2);
        length.writeUInt16BE(text.length);
        socket.write(Buffer.concat([Buffer.of(0x81, 126), length, text]));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const call = (id: string, status: CallStatus) => ({
  id,
  line: 'a/l',
  type: 'quality',
  priority: 'low',
  status,
  raisedBy: 'anna',
  raisedAt: 1,
  receivedAt: 2,
});
const event = (line: string, data: unknown) => ({
  type: 'event',
  topic: `s/a/${line}/andon`,
  kind: 'collection',
  data,
});

describe('the board', () => {
  it('is what is open on all lines', async () => {
    const url = await serve([
      { type: 'welcome', user: { id: 'o', name: 'O' } },
      { type: 'subscribed', id: 1, topics: ['+/+/+/andon'] },
      event('l1', { set: { c1: call('c1', 'raised'), c2: call('c2', 'resolved') } }),
      event('l2', { set: { c3: call('c3', 'acknowledged'), c4: call('c4', 'raised') } }),
      event('l2', { set: {}, remove: ['c4'] }),
    ]);
    const calls = await readBoard({ url, token: 't', clock, signal: never });
    expect(calls.map(({ id }) => id)).toEqual(['c1', 'c3']);
  });

  it('is empty where no server is, where it says nothing, and when nobody waits any more', async () => {
    expect(await readBoard({ url: 'http://127.0.0.1:1', token: 't', clock, signal: never })).toEqual([]);
    const url = await serve([]);
    expect(await readBoard({ url, token: 't', clock, signal: never })).toEqual([]);
    const ending = new AbortController();
    const asked = readBoard({ url, token: 't', clock: systemClock, signal: ending.signal });
    ending.abort();
    expect(await asked).toEqual([]);
  });
});
