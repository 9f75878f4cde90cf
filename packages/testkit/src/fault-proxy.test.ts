import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';

let server: Server | undefined;
let proxy: FaultProxy | undefined;
const sockets = new Set<Socket>();

/** A server that echoes, a proxy before it, a client through both. */
async function open(): Promise<{ readonly proxy: FaultProxy; readonly client: Socket }> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy = await createFaultProxy({ targetPort: port });
  return { proxy, client: await openClient(proxy.port) };
}

/** Resolves when it is closed, whatever the error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve());
  });
}

async function openClient(port: number): Promise<Socket> {
  const client = connect(port, '127.0.0.1');
  sockets.add(client);
  client.on('error', () => undefined);
  await once(client, 'connect');
  return client;
}

/** Resolves with the time it took until so many bytes came back. */
function echoed(client: Socket, bytes: Buffer): Promise<{ readonly tookMs: number; readonly data: Buffer }> {
  const startedAt = performance.now();
  const parts: Buffer[] = [];
  let count = 0;
  return new Promise((resolve) => {
    const listener = (part: Buffer): void => {
      parts.push(part);
      count += part.byteLength;
      if (count < bytes.byteLength) return;
      client.off('data', listener);
      resolve({ tookMs: performance.now() - startedAt, data: Buffer.concat(parts) });
    };
    client.on('data', listener);
    client.write(bytes);
  });
}

const pattern = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index % 251));

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await proxy?.close();
  server?.close();
});

test('without faults every byte comes through, in order', async () => {
  const { client } = await open();
  const bytes = pattern(1_000_000);
  expect((await echoed(client, bytes)).data.equals(bytes)).toBe(true);
});

test('a delay holds bytes back, in both directions or in one', async () => {
  const { proxy, client } = await open();
  proxy.setFaults({ delayMs: 40 });
  expect((await echoed(client, pattern(10))).tookMs).toBeGreaterThanOrEqual(75);
  proxy.setFaults({ delayMs: 0 }, 'toClient');
  expect((await echoed(client, pattern(10))).tookMs).toBeGreaterThanOrEqual(38);
});

test('a throttled link takes its time and loses nothing', async () => {
  const { proxy, client } = await open();
  proxy.setFaults({ bytesPerSecond: 100_000 }, 'toClient');
  const bytes = pattern(30_000);
  const { tookMs, data } = await echoed(client, bytes);
  expect(data.equals(bytes)).toBe(true);
  expect(tookMs).toBeGreaterThanOrEqual(280);
});

test('a frozen link delivers everything once it is lifted', async () => {
  const { proxy, client } = await open();
  proxy.setFaults({ isFrozen: true }, 'toClient');
  const echo = echoed(client, pattern(100_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(proxy.connections()[0]?.toClient.bytes()).toBe(0);
  proxy.setFaults({ isFrozen: false });
  expect((await echo).data.equals(pattern(100_000))).toBe(true);
});

test('a half-open connection looks open and carries nothing', async () => {
  const { proxy, client } = await open();
  await echoed(client, pattern(10));
  const [connection] = proxy.connections();
  connection?.swallow();
  let got = 0;
  client.on('data', (bytes: Buffer) => (got += bytes.byteLength));
  client.write('lost');
  await echoed(await openClient(proxy.port), pattern(10));
  expect(got).toBe(0);
  expect(client.destroyed).toBe(false);
  connection?.reset();
  await closed(client);
});

test('one direction of a connection dies, the other goes on', async () => {
  const { proxy, client } = await open();
  await echoed(client, pattern(10));
  const [connection] = proxy.connections();
  const before = connection?.toServer.bytes() ?? 0;
  connection?.swallow('toClient');
  let got = 0;
  client.on('data', (bytes: Buffer) => (got += bytes.byteLength));
  client.write(pattern(10));
  await echoed(await openClient(proxy.port), pattern(10));
  expect([connection?.toServer.bytes(), got]).toEqual([before + 10, 0]);
  connection?.reset('client');
  await closed(client);
  expect(connection?.isOpen()).toBe(true);
  connection?.reset();
  expect(connection?.isOpen()).toBe(false);
});

test('jitter changes when bytes come, not their order', async () => {
  const { proxy, client } = await open();
  proxy.setFaults({ jitterMs: 20 });
  const bytes = pattern(200_000);
  expect((await echoed(client, bytes)).data.equals(bytes)).toBe(true);
});

test('with a delay of connecting a later connection can come first', async () => {
  const { proxy } = await open();
  proxy.setConnectDelay(60);
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      await echoed(await openClient(proxy.port), pattern(10));
      order.push(index);
    }),
  );
  expect(order).not.toEqual([...order].sort((a, b) => a - b));
});

test('connections are reset, and refused', async () => {
  const { proxy, client } = await open();
  await echoed(client, pattern(10));
  proxy.resetAll();
  await closed(client);
  expect(proxy.connections()).toEqual([]);
  proxy.setRefusing(true);
  const refused = connect(proxy.port, '127.0.0.1');
  refused.on('error', () => undefined);
  await closed(refused);
  proxy.setRefusing(false);
  await echoed(await openClient(proxy.port), pattern(10));
  expect(proxy.accepted()).toBe(3);
});
