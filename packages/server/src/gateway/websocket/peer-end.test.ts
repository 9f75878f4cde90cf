import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPeerEnds } from './peer-end.ts';
import { createTurnQueue, type TurnQueue } from './turn-queue.ts';

let server: Server;
let planned: (() => void)[];
let queue: TurnQueue;

beforeEach(async () => {
  planned = [];
  queue = createTurnQueue({ now: () => 0, soon: (task) => void planned.push(task) });
  // As an HTTP server's sockets are.
  server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => server.close());

async function pair(): Promise<{ readonly served: Socket; readonly peer: Socket }> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [served] = (await accepted) as [Socket];
  createPeerEnds(queue)(served);
  served.resume();
  return { served, peer };
}

function turn(): void {
  for (const task of planned.splice(0)) task();
}

test('a connection whose peer ended its side is ended in a turn of the queue, not while it is read', async () => {
  const { served, peer } = await pair();
  const ended = once(served, 'end');
  peer.resume().end();
  await ended;
  expect(served.destroyed).toBe(false);
  turn();
  expect(served.destroyed).toBe(true);
  await once(peer, 'close');
});

test('what waits to be written reaches a peer that ended its side and reads on', async () => {
  const { served, peer } = await pair();
  const bytes = 32 * 1024 * 1024;
  served.write(Buffer.alloc(bytes));
  expect(served.writableLength).toBeGreaterThan(0);
  const ended = once(served, 'end');
  peer.end();
  await ended;
  turn();
  let received = 0;
  peer.on('data', (chunk: Buffer) => (received += chunk.byteLength));
  await once(peer, 'close');
  expect(received).toBe(bytes);
});

test('once the queue is closed connections end as they are read', async () => {
  const { served, peer } = await pair();
  queue.close();
  const ended = once(served, 'end');
  peer.resume().end();
  await ended;
  expect(served.destroyed).toBe(true);
});
