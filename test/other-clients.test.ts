import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchBrowser } from '../apps/dashboard/e2e/dashboard.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';
import { until } from './support/until.ts';

// Clients that are not ours: the browser's WebSocket and EventSource, curl, Debian's python3-websockets.

/** Debian's own Python, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';

function hasWebSockets(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import websockets'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function hasCurl(): boolean {
  return ['/usr/bin/curl', '/bin/curl', '/usr/local/bin/curl'].some((path) => existsSync(path));
}

const present = {
  'Chromium (Debian: apt-get install chromium)': findChromium() !== null,
  'python3-websockets (Debian: apt-get install python3-websockets)': hasWebSockets(),
  'curl (Debian: apt-get install curl)': hasCurl(),
};
const absent = Object.entries(present).flatMap(([name, isPresent]) => (isPresent ? [] : [name]));
if (absent.length > 0) {
  const hint = `Not installed: ${absent.join('; ')}.`;
  if (process.env['CI'] === 'true') throw new Error(hint);
  console.warn(`Some clients are not tested. ${hint}`);
}
const [hasBrowser = false, hasPython = false, hasCurlTool = false] = Object.values(present);

let server: RunningServer;
let directory = '';
let plantFile = '';
let operator = '';
let device = '';
let observed = 0;

beforeAll(async () => {
  directory = await temporaryDirectory('other-clients');
  plantFile = await writePlant(directory, testPlant());
  server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  [operator, device] = await Promise.all([server.token('operator'), server.token('device')]);
});

afterAll(async () => {
  await server.kill();
  await rm(directory, { recursive: true, force: true });
});

const press = 'works/hall/press/status';

/** One more observation, so that something changes. */
async function observe(): Promise<void> {
  observed += 1;
  const body = [
    { equipment: 'hall/press/press', key: `o-${observed}`, state: observed % 2 ? 'running' : 'stopped' },
  ];
  const response = await fetch(`${server.url}/api/v1/observations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${device}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(207);
}

interface Program {
  readonly output: () => string;
  /** Resolves once the output holds the text; rejects when the program ends without it. */
  until(text: string): Promise<void>;
  readonly ended: Promise<number | null>;
  stop(): void;
}

function run(command: string, parameters: readonly string[], input = ''): Program {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let check = (): void => {};
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    check();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return {
    output: () => output,
    until: (text) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (output.includes(text)) resolve();
        };
        check();
        void ended.then(() => reject(new Error(`ended without ${JSON.stringify(text)}: ${output}`)));
      }),
    ended,
    stop: () => void child.kill(),
  };
}

describe.skipIf(!hasCurlTool)('curl', () => {
  test('reads a stream of events, and continues it', async () => {
    const address = `${server.url}/events?topic=${encodeURIComponent('works/hall/press/#')}`;
    const curl = (...more: string[]): Program =>
      run('curl', ['-sN', '--max-time', '30', '-H', `Authorization: Bearer ${operator}`, ...more, address]);
    const first = curl();
    await first.until('event: synced');
    await observe();
    await first.until('event: delta');
    await first.until('event: mark');
    first.stop();
    await first.ended;
    const [, id = ''] =
      /^id: (.+)$/m.exec(first.output().slice(first.output().lastIndexOf('\nid: ') + 1)) ?? [];
    await observe();
    const second = curl('-H', `Last-Event-ID: ${id}`);
    await second.until('event: synced');
    expect(second.output()).toContain('"wasRecovering":true,"recovered":true');
    expect(second.output()).not.toContain('event: snapshot');
    expect(second.output()).toContain('event: delta');
    second.stop();
  });

  test('reads the specification', async () => {
    const curl = run('curl', ['-s', '--max-time', '30', `${server.url}/api/v1/asyncapi.json`]);
    expect(await curl.ended).toBe(0);
    expect(JSON.parse(curl.output())).toMatchObject({ asyncapi: '3.1.0', info: { title: 'MS5' } });
  });

  test('publishes, and the publication is seen', async () => {
    const publisher = await server.token('engineer').catch(() => server.token('admin'));
    const stream = run('curl', [
      '-sN',
      '--max-time',
      '30',
      '-H',
      `Authorization: Bearer ${publisher}`,
      `${server.url}/events?topic=app/%23`,
    ]);
    await stream.until('event: synced');
    const headers = ['-H', `Authorization: Bearer ${publisher}`, '-H', 'Content-Type: application/json'];
    const body = JSON.stringify({ topic: 'app/notes', data: { text: 'from curl' }, key: 'c-1' });
    const curl = run('curl', [
      '-s',
      '--max-time',
      '30',
      ...headers,
      '-d',
      body,
      `${server.url}/api/v1/publish`,
    ]);
    expect(await curl.ended).toBe(0);
    await stream.until('from curl').catch((error: unknown) => {
      throw new Error(`publish said ${curl.output()}`, { cause: error });
    });
    stream.stop();
  });
});

/** Subscribes on the endpoint named by the subprotocol, and prints what comes until told to stop. */
const PYTHON_CLIENT = `
import asyncio, json, sys, websockets
url, token, endpoint = sys.argv[1:4]
ENHANCED = endpoint == 'ms5.v1.json'
EVENT = {'specversion': '1.0', 'id': '1', 'source': '/python'}
ASKED = {
    'basic': [{'type': 'auth', 'token': token}, {'type': 'subscribe', 'topics': ['works/hall/#'], 'id': 1}],
    'ms5.v1.json': [
        {'type': 'connect', 'token': token, 'client': {'id': 'python', 'name': 'python', 'version': '1'}},
        {'type': 'subscribe', 'id': 1, 'filters': ['works/hall/#']}],
    'cloudevents.json': [
        {**EVENT, 'type': 'ms5.auth', 'data': {'token': token}},
        {**EVENT, 'type': 'ms5.subscribe', 'data': {'topics': ['works/hall/#'], 'id': 1}}],
}
async def main():
    protocols = None if endpoint == 'basic' else [endpoint]
    async with websockets.connect(url, subprotocols=protocols) as socket:
        for message in ASKED[endpoint]:
            await socket.send(json.dumps(message))
        received = 0
        async for text in socket:
            received += 1
            if ENHANCED:
                await socket.send(json.dumps({'type': 'ack', 'received': received}))
            print(text, flush=True)
asyncio.run(main())
`;

describe.skipIf(!hasPython)("Debian's python3-websockets", () => {
  const read = async (endpoint: string, welcome: string, status: string): Promise<void> => {
    const python = run(PYTHON, ['-c', PYTHON_CLIENT, server.webSocketUrl, operator, endpoint]);
    await python.until(welcome);
    await python.until(status);
    const before = python.output().split(status).length;
    await observe();
    await until('a change', () => (python.output().split(status).length > before ? true : undefined));
    python.stop();
    await python.ended;
  };

  test('on the basic endpoint', () => read('basic', '"type":"welcome"', `"topic":"${press}"`));
  test('on ms5.v1.json', () => read('ms5.v1.json', '"type":"synced"', `"topic":"${press}"`));
  test('on cloudevents.json', () => read('cloudevents.json', '"type":"ms5.welcome"', `"subject":"${press}"`));
});

describe.skipIf(!hasBrowser)("the browser's own", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(`${server.url}/healthz`);
  });
  afterAll(() => browser.close());

  test('WebSocket reads the basic endpoint and CloudEvents', async () => {
    const reading = page.evaluate(
      ([url = '', token = '']) => {
        const read = (protocols: string[], first: object[]) =>
          new Promise<string[]>((resolve, reject) => {
            const socket = new WebSocket(url, protocols);
            const texts: string[] = [];
            socket.addEventListener('open', () => {
              for (const message of first) socket.send(JSON.stringify(message));
            });
            socket.addEventListener('error', () => reject(new Error('broken')));
            socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
              texts.push(data);
              if (!data.includes('works/hall/press/status')) return;
              socket.close();
              resolve(texts);
            });
          });
        const event = { specversion: '1.0', id: '1', source: '/page' };
        const topics = ['works/hall/#'];
        return Promise.all([
          read(
            [],
            [
              { type: 'auth', token },
              { type: 'subscribe', topics },
            ],
          ),
          read(
            ['cloudevents.json'],
            [
              { ...event, type: 'ms5.auth', data: { token } },
              { ...event, type: 'ms5.subscribe', data: { topics } },
            ],
          ),
        ]);
      },
      [server.webSocketUrl, operator],
    );
    const [basic, events] = await reading;
    expect(JSON.parse(basic[0] ?? '')).toMatchObject({ type: 'welcome' });
    expect(JSON.parse(events[0] ?? '')).toMatchObject({ specversion: '1.0', type: 'ms5.welcome' });
  });

  test('Y2, Y3: EventSource reads with a cookie, comes back by itself to a server that was killed, and continues', async () => {
    await page.evaluate(async (token) => {
      const answer = await fetch('/api/v1/cookie', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      if (answer.status !== 204) throw new Error(`cookie: ${answer.status}`);
      const seen: { name: string; id: string; data: string }[] = [];
      const source = new EventSource('/events?topic=works/hall/%23');
      for (const name of ['welcome', 'subscribed', 'synced', 'snapshot', 'delta', 'mark', 'closed'])
        source.addEventListener(name, ({ lastEventId: id, data }: MessageEvent<string>) => {
          seen.push({ name, id, data });
        });
      Object.assign(globalThis, { seen, source });
    }, operator);
    const count = (name: string): Promise<number> =>
      page.evaluate(
        (wanted) =>
          (globalThis as unknown as { seen: { name: string }[] }).seen.filter(
            (event) => event.name === wanted,
          ).length,
        name,
      );
    const waitFor = (name: string, atLeast: number) =>
      expect.poll(() => count(name), { timeout: 20_000 }).toBeGreaterThanOrEqual(atLeast);
    await waitFor('synced', 1);
    const changes = await count('delta');
    await observe();
    await waitFor('delta', changes + 1);
    await waitFor('mark', 1);
    const snapshots = await count('snapshot');
    expect(snapshots).toBeGreaterThan(5);
    const port = Number(new URL(server.url).port);
    await server.kill();
    server = await startServer({ plantFile, dataDir: server.dataDir, port });
    await waitFor('synced', 2);
    const [, again] = await page.evaluate(() =>
      (globalThis as unknown as { seen: { name: string; data: string }[] }).seen
        .filter(({ name }) => name === 'subscribed')
        .map(({ data }) => data),
    );
    expect(JSON.parse(again ?? '')).toMatchObject({ wasRecovering: true });
    const before = await count('delta');
    await observe();
    await waitFor('delta', before + 1);
  });
});
