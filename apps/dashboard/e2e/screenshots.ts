// Takes the pictures of docs/screenshots from the running demo: node apps/dashboard/e2e/screenshots.ts
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import {
  acknowledgeCall,
  launchBrowser,
  lineScreen,
  login,
  openCalls,
  openContext,
  raiseCall,
  receipt,
  stateWord,
  waitUntilLive,
} from './dashboard.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const FOLDER = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url));
const LIMIT_BYTES = 200_000;
/** The line pictured: packaging shows the most of what the screen can show. */
const LINE = 'packaging/flow-wrap';

const SCREENS = [
  { name: 'desktop', viewport: { width: 1440, height: 900 }, hasTouch: false },
  { name: 'tablet', viewport: { width: 1024, height: 768 }, hasTouch: true },
] as const;
const SCHEMES = ['light', 'dark'] as const;

/** Calls as people of the plant would raise them, so that the pictures show some. */
async function raiseCalls(browser: Browser, demo: DemoProcess): Promise<void> {
  const context = await openContext(browser);
  const page = await context.newPage();
  await login(page, demo.url, { user: 'oskar', password: demo.password }, `/lines/${LINE}`);
  await waitUntilLive(page);
  await raiseCall(page, { type: 'Material', note: 'Film roll ends in ten minutes' });
  await receipt(page, 'onBoard').filter({ hasText: 'Material' }).waitFor();
  await acknowledgeCall(openCalls(page).filter({ hasText: 'Film roll' }));
  await openCalls(page).filter({ hasText: 'acknowledged by' }).waitFor();
  await raiseCall(page, { type: 'Maintenance', note: 'Sealing jaw does not close' });
  await receipt(page, 'onBoard').filter({ hasText: 'Maintenance' }).waitFor();
  await context.close();
}

/** Every tile knows its state and at least one its OEE. */
async function plantIsThere(page: Page): Promise<void> {
  await waitUntilLive(page);
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll('article[data-look]')];
    return tiles.length > 0 && tiles.every((tile) => tile.getAttribute('data-look') !== 'none');
  });
  await page.getByTestId('oee').first().waitFor();
}

/** The demo's jobs begin with it: waits until some have made a part of what they are for. */
async function plantHasMade(browser: Browser, demo: DemoProcess): Promise<void> {
  const context = await openContext(browser);
  const page = await context.newPage();
  await login(page, demo.url, { user: 'lena', password: demo.password });
  await page.waitForFunction(
    ({ tiles, parts }) => {
      const onJob = [...document.querySelectorAll('article')].filter((tile) =>
        tile.textContent?.includes('Good, this job'),
      );
      const goods = onJob.map((tile) => tile.querySelector('[data-testid=good]')?.textContent ?? '');
      return goods.filter((good) => Number(good.replace(/\D/gu, '')) >= parts).length >= tiles;
    },
    { tiles: 3, parts: 40 },
    { timeout: 180_000 },
  );
  await context.close();
}

async function lineIsThere(page: Page): Promise<void> {
  await waitUntilLive(page);
  await stateWord(lineScreen(page, LINE)).waitFor();
  await page.getByTestId('shift-chart').waitFor();
  await page.getByTestId('oee').waitFor();
  await openCalls(page).first().waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = await stat(path);
  if (size > LIMIT_BYTES) throw new Error(`${path} has ${size} bytes, more than ${LIMIT_BYTES}`);
  console.log(`${path} ${Math.round(size / 1000)} kB`);
}

async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const [browser, demo] = await Promise.all([launchBrowser(), startDemo()]);
  try {
    await plantHasMade(browser, demo);
    await raiseCalls(browser, demo);
    for (const { name, viewport, hasTouch } of SCREENS) {
      for (const colorScheme of SCHEMES) {
        const context = await openContext(browser, { viewport, hasTouch, colorScheme });
        const page = await context.newPage();
        await login(page, demo.url, { user: 'lena', password: demo.password });
        await plantIsThere(page);
        await take(page, `plant-${colorScheme}-${name}`);
        await page.goto(`${demo.url}/lines/${LINE}`);
        await lineIsThere(page);
        await take(page, `line-${colorScheme}-${name}`);
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await demo.stop();
  }
}

await main();
