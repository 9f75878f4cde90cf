import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../../test/support/until.ts';
import { SITE, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';

let server: TestServer;
let token = '';

beforeAll(async () => {
  server = await startTestServer();
  token = await server.token('operator');
});
afterAll(() => server.remove());

const request = (): string =>
  `GET /events?topic=${SITE}/%23 HTTP/1.1\r\nHost: works\r\nAuthorization: Bearer ${token}\r\n\r\n`;

async function metric(name: string): Promise<number> {
  const page = await (await server.request('/metrics')).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(page)?.[1]);
}
const noneLeft = async (): Promise<true | undefined> =>
  (await metric('ms5_connections')) === 0 && (await sessions()) === 0 ? true : undefined;

async function sessions(): Promise<number> {
  const admin = await server.token('admin');
  const response = await server.request('/api/v1/system/sessions', { token: admin });
  return ((await response.json()) as { readonly total: number }).total;
}

function openSocket(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => undefined);
  });
}

test('a client that left before its stream began leaves nothing', async () => {
  for (let index = 0; index < 50; index += 1) {
    const socket = await openSocket();
    socket.write(request());
    // At all times between the request's arrival and the stream's beginning.
    for (let turns = index % 10; turns > 0; turns -= 1) await new Promise(setImmediate);
    socket.resetAndDestroy();
  }
  await until('nothing left', noneLeft);
});

test('streams pipelined behind another end with their connection', async () => {
  const socket = await openSocket();
  socket.write(request().repeat(3));
  await until('all three opened', async () => ((await sessions()) === 3 ? true : undefined));
  socket.destroy();
  await until('nothing left', noneLeft);
  expect(await metric('ms5_connections')).toBe(0);
});
