import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPlantModel } from '../../test-support/plant-model.ts';
import { findChromium, startBrowserPages, type BrowserPages } from '../../test-support/browser-pages.ts';
import { startSocketServer } from '../../test-support/socket-server.ts';
import type * as ms5 from '../index.ts';
import type { OpenedOutbox, OutboxStorage } from './storage.ts';

/** What the pages share with the functions that run in them. */
interface Shared {
  readonly ms5: typeof ms5;
  storage: OutboxStorage;
  client: ms5.Client;
  nowMs: number;
}
declare const self: Shared;

const executablePath = findChromium();
if (executablePath === null) {
  const hint = 'No Chromium found: install it (Debian: apt-get install chromium) or set MS5_CHROMIUM.';
  if (process.env['CI'] === 'true') throw new Error(hint);
  console.warn(`The client is not tested in a browser. ${hint}`);
}
let pages: BrowserPages;

type Mode = 'locks' | 'leases';

/** Opens the outbox in a tab. With leases, the tab's clock is `self.nowMs`. */
const openOutbox = (page: Page, mode: Mode, nowMs = 1_000_000, clientId?: string): Promise<OpenedOutbox> =>
  page.evaluate(
    ([mode, nowMs, clientId]) => {
      self.nowMs = nowMs;
      const clock = { now: () => self.nowMs, after: () => () => {} };
      const options = mode === 'leases' ? { locks: null, clock } : {};
      self.storage = self.ms5.createIndexedDbOutbox(options);
      return self.storage.open(clientId, () => crypto.randomUUID());
    },
    [mode, nowMs, clientId] as const,
  );

const put = (page: Page, counter: number): Promise<void> =>
  page.evaluate(
    (counter) =>
      self.storage.put({ counter, command: 'raiseCall', data: { n: counter }, at: 5, author: 'anna' }),
    counter,
  );

describe.skipIf(executablePath === null)('in a browser', { timeout: 30_000 }, () => {
  beforeAll(async () => {
    pages = await startBrowserPages(executablePath ?? '');
  }, 60_000);
  afterEach(() => pages.clear());
  afterAll(() => pages.close());

  it.each<Mode>(['locks', 'leases'])('what was put is there after the tab closed (%s)', async (mode) => {
    const first = await pages.open();
    const { clientId, nextCounter, commands } = await openOutbox(first, mode);
    expect([nextCounter, commands]).toEqual([1, []]);
    for (const counter of [1, 2, 3]) await put(first, counter);
    await first.evaluate(() => self.storage.remove(2));
    await first.close({ runBeforeUnload: false });

    const second = await pages.open();
    const again = await openOutbox(second, mode, mode === 'leases' ? 2_000_000 : undefined);
    expect(again).toEqual({
      clientId,
      nextCounter: 4,
      commands: [1, 3].map((counter) => ({
        counter,
        command: 'raiseCall',
        data: { n: counter },
        at: 5,
        author: 'anna',
      })),
    });
  });

  it.each<Mode>(['locks', 'leases'])('tabs at the same time have ids of their own (%s)', async (mode) => {
    const tabs = await Promise.all([pages.open(), pages.open(), pages.open()]);
    const opened = await Promise.all(tabs.map((tab) => openOutbox(tab, mode)));
    expect(new Set(opened.map(({ clientId }) => clientId)).size).toBe(3);
  });

  it.each<Mode>(['locks', 'leases'])(
    'a new tab prefers the id whose tab died with commands (%s)',
    async (mode) => {
      const tabs = [await pages.open(), await pages.open(), await pages.open()];
      const ids: string[] = [];
      for (const tab of tabs) ids.push((await openOutbox(tab, mode)).clientId);
      await put(tabs[1] ?? (await pages.open()), 1);
      for (const tab of tabs) await tab.close();
      const next = await openOutbox(await pages.open(), mode, 9_000_000);
      expect([next.clientId, next.commands.length]).toEqual([ids[1], 1]);
    },
  );

  it.each<Mode>(['locks', 'leases'])('an id that was asked for is not shared (%s)', async (mode) => {
    expect((await openOutbox(await pages.open(), mode, 1_000_000, 'tablet-1')).clientId).toBe('tablet-1');
    const second = await pages.open();
    await expect(openOutbox(second, mode, 1_000_000, 'tablet-1')).rejects.toThrow('tablet-1 is in use');
    expect((await openOutbox(second, mode, 1_000_000, 'tablet-2')).clientId).toBe('tablet-2');
  });

  it.each<Mode>(['locks', 'leases'])('a closed storage lets another tab have its id (%s)', async (mode) => {
    const first = await pages.open();
    const { clientId } = await openOutbox(first, mode);
    await first.evaluate(async () => {
      await self.storage.close();
      await self.storage.close();
    });
    expect((await openOutbox(await pages.open(), mode)).clientId).toBe(clientId);
  });

  it('a tab that slept while another took its id over cannot write any more', async () => {
    const slept = await pages.open();
    const { clientId } = await openOutbox(slept, 'leases');
    await put(slept, 1);
    const next = await openOutbox(await pages.open(), 'leases', 1_000_000 + 150_001);
    expect(next.clientId).toBe(clientId);
    await expect(put(slept, 2)).rejects.toThrow('another tab has taken over');
  });

  it('a command given without a connection is sent by the next tab, once', async () => {
    const applied: unknown[] = [];
    const server = await startSocketServer({
      image: createPlantModel().image(),
      commands: {
        execute(command) {
          applied.push([command.data, command.key]);
          return Promise.resolve({ status: 'applied', offset: 1 });
        },
      },
    });
    const connect = (page: Page, url: string): Promise<void> =>
      page.evaluate((url) => {
        self.client = self.ms5.createClient({
          url,
          getToken: () => Promise.resolve('anna'),
          ports: { storage: self.ms5.createIndexedDbOutbox() },
        });
        self.client.connect();
      }, url);
    const offline = await pages.open();
    await connect(offline, 'ws://127.0.0.1:1/ws');
    await offline.evaluate(() => void self.client.command('raiseCall', { line: 'a/l1' }));
    await offline.waitForFunction(() => self.client.pending().length === 1);
    const [pending] = await offline.evaluate(() => self.client.pending());
    expect(pending).toMatchObject({ status: 'saved', author: null });
    await offline.close();

    const online = await pages.open();
    await connect(online, server.url);
    await online.waitForFunction(
      () => self.client.state().status === 'live' && self.client.pending().length === 0,
    );
    expect(applied).toEqual([[{ line: 'a/l1' }, pending?.key]]);
    expect(await online.evaluate(() => self.client.statistics().isOutboxDurable)).toBe(true);
    await server.kill();
  });
});
