import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Observation } from '@ms5/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock, systemRandom } from '../../system-clock.ts';
import type { Connector, ConnectorStatus, Telemetry } from '../connector.ts';
import { createShdrConnector } from './shdr-connector.ts';

/** An adapter that does what the test says. */
interface Adapter {
  readonly server: Server;
  readonly port: number;
  readonly sockets: Socket[];
  /** What the connector sent. */
  readonly received: string[];
  newest(): Socket;
}

async function listen(port = 0): Promise<Adapter> {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (data: Buffer) => received.push(data.toString()));
    socket.on('error', () => undefined);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const newest = (): Socket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('nobody connected');
    return socket;
  };
  return { server, port: (server.address() as AddressInfo).port, sockets, received, newest };
}

function stop({ server, sockets }: Adapter): Promise<unknown> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => {
    server.close(resolve);
  });
}

let adapter: Adapter;
let connector: Connector;
let observations: Observation[];
let telemetry: Telemetry[];
let statuses: ConnectorStatus[];

function start(port: number): void {
  connector = createShdrConnector({
    config: {
      id: 'mill',
      kind: 'shdr',
      host: '127.0.0.1',
      port,
      equipment: 'a/l/e',
      keys: { execution: 'exec', partCount: 'count' },
      programs: {},
      telemetry: ['speed'],
    },
    silentAfterMs: 60_000,
    clock: systemClock,
    random: systemRandom,
    sink: {
      observations: async (list) => {
        observations.push(...list);
        return list.filter(({ counter }) => counter === 666).map(() => 'too late');
      },
      telemetry: (_, values) => telemetry.push(...values),
      status: (status) => statuses.push(status),
    },
  });
}

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

beforeEach(async () => {
  observations = [];
  telemetry = [];
  statuses = [];
  adapter = await listen();
  start(adapter.port);
  await until(() => expect(adapter.received.join('')).toBe('* PING\n'));
});

afterEach(async () => {
  connector.close();
  await stop(adapter);
});

const now = (): string => new Date().toISOString();

describe('a connection', () => {
  it('turns lines into observations and telemetry, whatever the packets', async () => {
    const [first, rest] = [`${now()}|exec|ACT`, `IVE|speed|1200\r\n${now()}|count|7\n`];
    adapter.newest().write(first);
    await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected' }));
    adapter.newest().write(rest);
    await until(() => expect(observations).toHaveLength(2));
    expect(observations).toMatchObject([{ state: 'ACTIVE' }, { counter: 7 }]);
    expect(telemetry).toMatchObject([{ name: 'speed', value: 1200 }]);
  });

  it('batches what is merely heard', async () => {
    for (let count = 0; count < 50; count += 1) adapter.newest().write(`${now()}|speed|${count}\n`);
    await until(() => expect(observations).toHaveLength(1));
    expect(observations[0]?.heard).toHaveLength(1);
  });

  it('pings at the interval the adapter asks for', async () => {
    adapter.newest().write('* PONG 100\n');
    await until(() => expect(adapter.received.join('').split('* PING\n').length).toBeGreaterThan(3));
  });

  it('counts lines that cannot be used, keeps the good ones, and says why', async () => {
    adapter
      .newest()
      .write(`garbage\n${now()}|count\n${now()}|count|x\n${now()}|count|666\n${now()}|count|8\n`);
    await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected', rejectedLines: 4 }));
    expect(statuses.at(-1)?.reason).toBeDefined();
    expect(observations.flatMap(({ counter }) => counter ?? [])).toEqual([666, 8]);
  });
});

describe('a connection that ends', () => {
  it('loses contact, is told as lost, and is taken up again', async () => {
    adapter.newest().write(`${now()}|exec|ACTIVE\n${now()}|speed|1\n`);
    await until(() => expect(observations).toHaveLength(1));
    adapter.newest().end();
    await until(() => expect(observations.at(-1)).toMatchObject({ lost: true }));
    expect(observations).toHaveLength(3);
    expect(statuses.at(-1)).toMatchObject({ status: 'lost', reason: 'the adapter closed the connection' });
    await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected' }));
    adapter.newest().write(`${now()}|exec|READY\n`);
    await until(() => expect(observations.at(-1)).toMatchObject({ state: 'READY' }));
  });

  it('inside a line reports that line', async () => {
    adapter.newest().end(`${now()}|count|1`);
    await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected', rejectedLines: 1 }));
    expect(observations).toEqual([]);
  });

  it('because the adapter fell silent is told so', async () => {
    adapter.newest().write('* PONG 100\n');
    await until(() => expect(statuses.some(({ reason }) => reason?.startsWith('nothing heard'))).toBe(true));
  });
});

it('a peer that is no adapter is cut off after a line of a megabyte, and not flooded with attempts', async () => {
  const garbage = Buffer.alloc(10 * 1024 * 1024, 'x');
  adapter.newest().write(garbage);
  await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'lost' }));
  expect(statuses.at(-1)?.reason).toBe('a line is too long: this is not SHDR');
  expect(adapter.sockets).toHaveLength(1);
  await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected' }));
  adapter.newest().write(`${now()}|count|3\n`);
  await until(() => expect(observations.at(-1)).toMatchObject({ counter: 3 }));
});

it('an adapter that is not there yet is waited for', async () => {
  const { port } = adapter;
  await stop(adapter);
  connector.close();
  start(port);
  await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'lost' }));
  expect(statuses.at(-1)?.reason).toContain('ECONNREFUSED');
  adapter = await listen(port);
  await until(() => expect(statuses.at(-1)).toMatchObject({ status: 'connected' }));
});

it('closing hands over what is held and ends the connection', async () => {
  adapter.newest().write(`${now()}|speed|1\n`);
  await until(() => expect(telemetry).toHaveLength(1));
  const ended = once(adapter.newest(), 'close');
  connector.close();
  connector.close();
  await ended;
  expect(observations.map((each) => Object.keys(each).at(-1))).toEqual(['heard', 'lost']);
});
