import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryDirectory, testPlant, writePlant } from '../../../../../test/support/plant.ts';
import { until } from '../../../../../test/support/until.ts';
import { startEngine } from '../../engine/index.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer, type RunningServer } from '../../gateway/server.ts';
import { accept, openReceiver, type Answer, type Receiver } from '../../../test-support/webhook-receiver.ts';
import { openWebhookStore, type WebhookStore } from './store.ts';

// Each test starts whole servers, some several.
vi.setConfig({ testTimeout: 30_000 });

const SECRET = 'a-secret-of-at-least-24-bytes';

const DEFAULTS = {
  id: 'one',
  topics: ['app/#'],
  secret: { env: 'MS5_TEST_WEBHOOK_SECRET' },
  retryFrom: '20ms',
  retryTo: '100ms',
};

let directory: string;
let server: RunningServer | undefined;
const receivers: Receiver[] = [];
const logged: string[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory('webhook');
  logged.length = 0;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const receiver of receivers.splice(0)) await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

async function startReceiver(answer?: Answer, port?: number): Promise<Receiver> {
  const receiver = await openReceiver(answer, port);
  receivers.push(receiver);
  return receiver;
}

async function start(...endpoints: readonly object[]): Promise<RunningServer> {
  const plantFile = await writePlant(directory, testPlant());
  const engine = await startEngine({ dataDir: join(directory, 'data'), plantFile });
  process.env['MS5_TEST_WEBHOOK_SECRET'] = SECRET;
  server = await startServer({
    engine,
    tokenKey: new Uint8Array(32),
    users: [],
    host: '127.0.0.1',
    port: 0,
    log: createLogger('debug', { write: (line) => logged.push(line) }),
    plugins: {
      sources: [
        {
          plugin: 'webhook',
          config: {
            endpoints: endpoints.map((each) => Object.assign({}, DEFAULTS, each)),
          },
        },
      ],
      directory: join(directory, 'plugins'),
    },
  });
  return server;
}

async function publish(running: RunningServer, ...values: readonly number[]): Promise<void> {
  for (const value of values) {
    expect(await running.publish('app/orders', value)).toMatchObject({ status: 'published' });
  }
}

const valuesOf = ({ received }: Receiver): readonly unknown[] => received.map(({ body }) => body.data.data);

function inStore<Result>(read: (store: WebhookStore) => Result): Result {
  const store = openWebhookStore(join(directory, 'plugins', 'webhook'));
  try {
    return read(store);
  } finally {
    store.close();
  }
}

const letters = () => inStore((store) => store.deadLetters());

const received = (receiver: Receiver, count: number): Promise<true> =>
  until(`${count} received`, () => (receiver.received.length >= count ? true : undefined));

test('every event is sent once, in order, signed over id, timestamp and body', async () => {
  const receiver = await startReceiver();
  const running = await start({ url: receiver.url });
  await publish(running, 1, 2, 3);
  await received(receiver, 3);
  expect(valuesOf(receiver)).toEqual([1, 2, 3]);
  for (const { id, text, headers, body } of receiver.received) {
    const timestamp = String(headers['webhook-timestamp']);
    const expected = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${text}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(Math.abs(Number(timestamp) * 1_000 - Date.now())).toBeLessThan(30_000);
    expect(headers['content-type']).toBe('application/json');
    expect(body).toMatchObject({ id, type: 'published', topic: 'app/orders', site: 'works' });
  }
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3);
  expect(logged.join('')).not.toContain(SECRET);
});

test('a 500, a slow answer and a cut connection are tried again with the same id, before what comes after', async () => {
  const failures: Answer[] = [
    (response) => response.writeHead(500).end(),
    () => undefined,
    (response) => response.socket?.destroy(),
    (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  ];
  const receiver = await startReceiver((response, message, attempt) =>
    (failures[attempt - 1] ?? accept)(response, message, attempt),
  );
  const running = await start({ url: receiver.url, timeout: '200ms' });
  await publish(running, 1, 2);
  await received(receiver, 10);
  expect(valuesOf(receiver)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(2);
});

test('what was committed while the receiver was away, and over a restart of the server, comes in order', async () => {
  const away = await startReceiver();
  await away.close();
  const first = await start({ url: away.url });
  await publish(first, 1, 2, 3);
  await until('it fails', () => (logged.some((line) => line.includes('ECONNREFUSED')) ? true : undefined));
  await first.close();
  const second = await start({ url: away.url });
  const last = await second.publish('app/orders', 4);
  const back = await startReceiver(accept, away.port);
  await received(back, 4);
  expect(valuesOf(back)).toEqual([1, 2, 3, 4]);
  // What was received and is not noted as delivered yet would come again.
  const noted = () => inStore((store) => store.progress('one')?.offset);
  await until('noted', () => (last.status === 'published' && noted() === last.offset ? true : undefined));
  await second.close();
  const third = await start({ url: away.url });
  await publish(third, 5);
  await received(back, 5);
  expect(valuesOf(back)).toEqual([1, 2, 3, 4, 5]);
});

test('given up after the configured time: a dead letter with the reason, sent again on demand', async () => {
  let isUp = false;
  const receiver = await startReceiver((response) => response.writeHead(isUp ? 200 : 503).end());
  const running = await start({ url: receiver.url, giveUpAfter: '150ms' });
  await publish(running, 1);
  await until('dead', () => (letters().length === 1 ? true : undefined));
  isUp = true;
  await publish(running, 2);
  await until('the next one came', () => (valuesOf(receiver).includes(2) ? true : undefined));
  const [letter] = letters();
  expect(letter).toMatchObject({ endpoint: 'one', reason: 'answered 503', state: 'dead', type: 'published' });
  expect(letter?.attempts).toBeGreaterThan(1);
  const before = receiver.received.length;
  const store = openWebhookStore(join(directory, 'plugins', 'webhook'));
  expect(store.markDue([letter?.id ?? ''])).toBe(1);
  store.close();
  await until('sent again', () => (letters().length === 0 ? true : undefined));
  const again = receiver.received.slice(before);
  expect(again.map(({ id, text }) => ({ id, body: text }))).toEqual([{ id: letter?.id, body: letter?.body }]);
});

test('a message that is refused for what it is does not hold up the others', async () => {
  const receiver = await startReceiver((response, { body }) =>
    response.writeHead(body.data.data === 2 ? 422 : 200).end(),
  );
  const running = await start({ url: receiver.url });
  await publish(running, 1, 2, 3);
  await received(receiver, 3);
  expect(valuesOf(receiver)).toEqual([1, 2, 3]);
  expect(await until('dead', () => letters()[0])).toMatchObject({ reason: 'answered 422', attempts: 1 });
});

test('endpoints go on independently, each with its topics and types', async () => {
  const good = await startReceiver();
  const bad = await startReceiver((response) => response.writeHead(500).end());
  const running = await start(
    { id: 'bad', url: bad.url },
    { id: 'calls', url: good.url, topics: ['works/hall/press/events', 'app/#'], types: ['callRaised'] },
  );
  await publish(running, 1);
  const engineDone = await running.publish('app/orders', 2);
  expect(engineDone.status).toBe('published');
  await received(bad, 3);
  expect(good.received).toEqual([]);
});
