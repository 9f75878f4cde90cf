import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findChromium,
  launchBrowser,
  lineTile,
  login,
  openContext,
  stateWord,
  waitUntilLive,
} from '../apps/dashboard/e2e/dashboard.ts';
import { openEventLogReader } from '../packages/server/src/engine/log/event-log-reader.ts';
import { openBasicClient, type BasicClient, type BasicMessage } from './support/basic-client.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, TEST_PASSWORD, testPlant, writePlant } from './support/plant.ts';
import { startShdrAdapter, type ShdrAdapter } from './support/shdr-adapter.ts';
import { until } from './support/until.ts';

// One observation, followed through real parts: a line on a TCP socket, a row in SQLite, a message on a WebSocket
// opened by a client that is not ours, and what a person sees in Chromium.

const browserIsHere = findChromium() !== null;
const mayBeMissing = process.env['CI'] !== 'true';
if (!browserIsHere && mayBeMissing) {
  console.warn('journey: skipped, no Chromium found (Debian: apt-get install chromium, or set MS5_CHROMIUM)');
}

let directory = '';
let adapter: ShdrAdapter;
let server: RunningServer;
let client: BasicClient;
let browser: Browser;
let page: Page;

describe.skipIf(!browserIsHere && mayBeMissing)('the journey of one observation', () => {
  beforeAll(async () => {
    directory = await temporaryDirectory('journey');
    adapter = await startShdrAdapter();
    const plantFile = await writePlant(directory, testPlant({ shdrPort: adapter.port }));
    server = await startServer({ plantFile, dataDir: join(directory, 'data') });
    client = await openBasicClient(server.webSocketUrl, await server.token('viewer'));
    client.send({ type: 'subscribe', topics: ['works/+/+/status', 'works/hall/mill/events'], id: 1 });
    await client.next('subscribed', (message) => message.type === 'subscribed');
    await adapter.connected();
    browser = await launchBrowser();
    page = await (await openContext(browser)).newPage();
    await login(page, server.url, { user: 'olivia', password: TEST_PASSWORD });
    await waitUntilLive(page);
  });
  afterAll(async () => {
    await browser?.close();
    client?.close();
    await server?.stop();
    await adapter?.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Sends a line and follows it to the screen; gives the event's offset as each part knows it. */
  async function follow(raw: string, word: string): Promise<void> {
    const shown = stateWord(lineTile(page, 'hall/mill'));
    const before = await shown.screenshot();
    const at = new Date();
    adapter.send(`${at.toISOString()}|execution|${raw}\n`);

    const isThis = (message: BasicMessage): boolean =>
      message['topic'] === 'works/hall/mill/events' &&
      JSON.stringify(message['data']).includes(`"raw":"${raw}"`);
    const frame = await client.next('the event on the WebSocket', isThis);
    expect(frame['kind']).toBe('stream');
    const event = { type: 'equipmentStateChanged', equipment: 'hall/mill/mill', at: at.getTime(), raw };
    expect(frame['data']).toContainEqual(expect.objectContaining(event));

    const log = openEventLogReader(server.dataDir);
    const [entry] = log.entries(Number(frame['offset']) - 1, 1);
    log.close();
    expect(entry?.events).toContainEqual(expect.objectContaining(event));

    await until('the word on the screen', async () =>
      (await shown.innerText()).toLowerCase() === word ? true : undefined,
    );
    expect((await shown.screenshot()).equals(before)).toBe(false);
  }

  test('a machine that starts', () => follow('ACTIVE', 'running'));
  test('a machine that waits for material', () => follow('WAIT', 'starved'));
  test('a machine that stops', () => follow('INTERRUPTED', 'stopped'));
});
