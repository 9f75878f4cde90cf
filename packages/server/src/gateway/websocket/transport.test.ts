import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Transport } from '@ms5/hub';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../../../../test/support/until.ts';
import { createFramer } from './frame.ts';
import { WebSocketTransport } from './transport.ts';

interface Pair {
  readonly transport: Transport;
  readonly client: WebSocket;
  readonly received: string[];
  /** Bytes handed to the kernel, each time. */
  readonly writes: number[];
  close(): void;
}

async function openPair(): Promise<Pair> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new WebSocketServer({ noServer: true });
  const accepted = new Promise<[WebSocket, Duplex]>((resolve) => {
    http.on('upgrade', (request, socket: Duplex, head: Buffer) => {
      server.handleUpgrade(request, socket, head, (webSocket) => resolve([webSocket, socket]));
    });
  });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const received: string[] = [];
  client.on('message', (data: Buffer) => received.push(data.toString()));
  const [webSocket, socket] = await accepted;
  await once(client, 'open');
  const writes: number[] = [];
  const write = socket._write.bind(socket);
  socket._write = (chunk: Uint8Array, encoding, done) => {
    writes.push(chunk.byteLength);
    write(chunk, encoding, done);
  };
  const writeSeveral = socket._writev?.bind(socket);
  socket._writev = (chunks, done) => {
    writes.push(chunks.reduce((bytes, { chunk }) => bytes + (chunk as Uint8Array).byteLength, 0));
    writeSeveral?.(chunks, done);
  };
  return {
    transport: new WebSocketTransport(webSocket, socket, createFramer(1), '127.0.0.1'),
    client,
    received,
    writes,
    close() {
      client.terminate();
      http.closeAllConnections();
      http.close();
    },
  };
}

test('however many messages are due, they go out in one write and arrive one by one', async () => {
  const pair = await openPair();
  const texts = ['a', 'ä'.repeat(100), 'b'.repeat(70_000), '{"c":3}'];
  pair.transport.write(texts.map((text) => Buffer.from(text)));
  expect(pair.writes).toHaveLength(1);
  await until('all have arrived', () => (pair.received.length === 4 ? true : undefined));
  expect(pair.received).toEqual(texts);
  pair.transport.write([]);
  expect(pair.writes).toHaveLength(1);
  pair.close();
});

test('a Ping comes behind what was written before it', async () => {
  const pair = await openPair();
  const order: string[] = [];
  pair.client.on('message', () => order.push('message'));
  pair.client.on('ping', () => order.push('ping'));
  pair.transport.write([Buffer.from('1'), Buffer.from('2')]);
  pair.transport.ping();
  pair.transport.write([Buffer.from('3')]);
  await until('all have arrived', () => (order.length === 4 ? true : undefined));
  expect(order).toEqual(['message', 'message', 'ping', 'message']);
  pair.close();
});

test('after the close nothing is written, and a reason too long is cut between characters', async () => {
  const pair = await openPair();
  const closed = once(pair.client, 'close');
  pair.transport.write([Buffer.from('last')]);
  pair.transport.close(4000, `${'x'.repeat(122)}ä and more`);
  pair.transport.write([Buffer.from('too late')]);
  pair.transport.ping();
  pair.transport.close(4001, 'again');
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4000, 'x'.repeat(122)]);
  expect(pair.received).toEqual(['last']);
  pair.close();
});

test('a peer that reads nothing, and says it did, is cut before it fills the memory', async () => {
  const pair = await openPair();
  const closed = once(pair.client, 'close');
  pair.client.pause();
  const megabyte = Buffer.alloc(1024 * 1024, 0x20);
  for (let index = 0; index < 100; index += 1) pair.transport.write([megabyte]);
  expect(pair.writes.length).toBeLessThan(20);
  pair.client.resume();
  expect((await closed)[0]).toBe(1006);
  pair.close();
});
