import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFindings } from '../apps/dashboard/e2e/accessibility.ts';
import {
  acknowledgeCall,
  connectionBanner,
  findChromium,
  goodCount,
  hatchedContent,
  launchBrowser,
  lineTile,
  login,
  openCalls,
  openContext,
  openLine,
  raiseCall,
  receipt,
  recentCalls,
  resolveCall,
  signIn,
  stateWord,
  waitUntilLive,
} from '../apps/dashboard/e2e/dashboard.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { repositoryPath } from './support/paths.ts';
import { temporaryDirectory, TEST_PASSWORD, testPlant, writePlant } from './support/plant.ts';
import { until } from './support/until.ts';

const BUILD = repositoryPath('apps/dashboard/dist');
const OLIVIA = { user: 'olivia', password: TEST_PASSWORD };
const FIRST_ROUTE_LIMIT_BYTES = 250_000;

const hasBrowser = findChromium() !== null;
if (!hasBrowser) {
  const hint = 'No Chromium found: install it (Debian: apt-get install chromium) or set MS5_CHROMIUM.';
  if (process.env['CI'] === 'true') throw new Error(hint);
  console.warn(`The dashboard is not tested in a browser. ${hint}`);
}
if (!existsSync(join(BUILD, 'index.html'))) {
  throw new Error('The dashboard is not built: npm run build -w apps/dashboard');
}

interface ManifestChunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

/** Bytes, gzipped, that a browser loads for the entry and the chunk of one screen, with all they import. */
function routeBytes(screen: string): number {
  const manifest = JSON.parse(readFileSync(join(BUILD, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    ManifestChunk
  >;
  const files = new Set<string>(['index.html']);
  const add = (chunk: ManifestChunk | undefined): void => {
    if (chunk === undefined || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const imported of chunk.imports ?? []) add(manifest[imported]);
  };
  add(Object.values(manifest).find(({ isEntry }) => isEntry));
  add(manifest[screen]);
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILD, file))).length, 0);
}

test.each(['src/features/login/login-page.tsx', 'src/features/plant/plant-page.tsx'])(
  'the first route with %s is below 250 kB gzipped',
  (screen) => {
    const bytes = routeBytes(screen);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(FIRST_ROUTE_LIMIT_BYTES);
  },
);

describe.skipIf(!hasBrowser)('the dashboard in a browser', () => {
  let browser: Browser;
  let server: RunningServer;
  let directory = '';
  let plantFile = '';
  let device = '';
  let pages: Page[] = [];
  let posted = 0;

  /** A browser of its own for each person. What fails on the page fails the test. */
  async function openPage(options: Parameters<typeof openContext>[1] = {}): Promise<Page> {
    const context = await openContext(browser, options);
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      throw error;
    });
    pages.push(page);
    return page;
  }

  async function observe(equipment: string, values: object): Promise<void> {
    posted += 1;
    const response = await fetch(`${server.url}/api/v1/observations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${device}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ equipment, key: `o-${posted}`, ...values }]),
    });
    expect(response.status).toBe(207);
  }

  beforeAll(async () => {
    directory = await temporaryDirectory('dashboard');
    plantFile = await writePlant(directory, testPlant());
    [browser, server] = await Promise.all([
      launchBrowser(),
      startServer({ plantFile, dataDir: join(directory, 'data') }),
    ]);
    device = await server.token('device');
    await observe('hall/press/press', { state: 'running', good: 40, scrap: 2 });
  });

  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
  });

  afterAll(async () => {
    await browser.close();
    await server.kill();
    await rm(directory, { recursive: true, force: true });
  });

  test('a wrong password is refused, the right one leads to where the person wanted to go', async () => {
    const page = await openPage();
    await page.goto(`${server.url}/lines/hall/press`);
    await signIn(page, { ...OLIVIA, password: 'wrong' });
    await page.getByRole('alert').filter({ hasText: 'User name or password is not right' }).waitFor();
    await signIn(page, OLIVIA);
    await page.getByRole('heading', { level: 1, name: 'Press' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/lines/hall/press');
  });

  test('a session that has ended asks for a login and comes back to where it was', async () => {
    const page = await openPage();
    await page.addInitScript(() => {
      const user = { id: 'olivia', name: 'Olivia', roles: ['operator'] };
      const login = { token: 'no longer valid', expiresAt: Date.now() + 60_000, user };
      if (sessionStorage.length === 0) {
        sessionStorage.setItem('ms5.session', JSON.stringify({ login, at: Date.now() }));
      }
    });
    await page.goto(`${server.url}/lines/hall/press`);
    await page.getByText('Your session has ended').waitFor();
    await signIn(page, OLIVIA);
    await page.getByRole('heading', { level: 1, name: 'Press' }).waitFor();
  });

  test('the plant screen shows every line, live, and what is not known as not known', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA);
    const press = lineTile(page, 'hall/press');
    await stateWord(press).filter({ hasText: 'Running' }).waitFor();
    await stateWord(lineTile(page, 'hall/mill')).filter({ hasText: 'Machine silent' }).waitFor();
    await lineTile(page, 'hall/mill').getByText('not known').first().waitFor();

    const before = await goodCount(press);
    await observe('hall/press/press', { good: 5 });
    await until('five more parts on the screen', async () =>
      (await goodCount(press)) === before + 5 ? true : undefined,
    );
    await observe('hall/press/press', { state: 'stopped' });
    await stateWord(press).filter({ hasText: 'Stopped' }).waitFor();
    await observe('hall/press/press', { state: 'running' });
    await stateWord(press).filter({ hasText: 'Running' }).waitFor();
  });

  test('an alarm of a machine is on its line, and acknowledged there', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    await waitUntilLive(page);
    await page.getByRole('heading', { level: 2, name: 'Alarms' }).waitFor({ state: 'detached' });
    await observe('hall/press/press', { alarm: { code: '214', active: true, text: 'Glue unit stopped' } });
    const alarm = page.getByTestId('alarm').filter({ hasText: 'Glue unit stopped' });
    await alarm.getByText('Fault 214 · Press 1').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await alarm.getByRole('button', { name: 'Acknowledge alarm Glue unit stopped' }).click();
    await alarm.getByTestId('alarm-state').getByText('acknowledged', { exact: true }).waitFor();
    await observe('hall/press/press', { alarm: { code: '214', active: false } });
    await alarm.waitFor({ state: 'detached' });
  });

  test('a call is raised, seen elsewhere at once, acknowledged there and resolved', async () => {
    const raiser = await openPage();
    const responder = await openPage({ viewport: { width: 768, height: 1024 }, hasTouch: true });
    await Promise.all([
      login(raiser, server.url, OLIVIA, '/lines/hall/press'),
      login(responder, server.url, OLIVIA),
    ]);
    await waitUntilLive(raiser);
    await raiseCall(raiser, {
      type: 'Maintenance',
      priority: 'Critical',
      where: 'Press 1',
      note: 'Guard stuck',
    });
    await receipt(raiser, 'onBoard').filter({ hasText: 'Maintenance' }).waitFor();

    await lineTile(responder, 'hall/press').getByTestId('tile-calls').getByText('Critical').waitFor();
    await openLine(responder, 'hall/press');
    const there = openCalls(responder).filter({ hasText: 'Guard stuck' });
    await acknowledgeCall(there);
    const here = openCalls(raiser).filter({ hasText: 'Guard stuck' });
    await here.getByText('acknowledged by olivia').waitFor();

    await resolveCall(there, 'Guard freed');
    await recentCalls(raiser).filter({ hasText: 'Guard freed' }).waitFor();
    await openCalls(raiser).waitFor({ state: 'detached' });
  });

  test('a call that was on a visible screen for a second is told to have been seen', async () => {
    const raiser = await openPage();
    await login(raiser, server.url, OLIVIA, '/lines/hall/press');
    await waitUntilLive(raiser);
    await raiseCall(raiser, { type: 'Quality', priority: 'High', note: 'Who sees this' });
    const call = openCalls(raiser).filter({ hasText: 'Who sees this' });
    await call.getByText(/seen on a screen at \d\d:\d\d/u).waitFor();
    // The first word counts: another screen does not change it.
    const seen = await call.getByText(/seen on a screen/u).textContent();
    const other = await openPage();
    await login(other, server.url, OLIVIA, '/lines/hall/press');
    await openCalls(other)
      .filter({ hasText: 'Who sees this' })
      .getByText(/seen on a screen/u)
      .waitFor();
    expect(await call.getByText(/seen on a screen/u).textContent()).toBe(seen);
    await resolveCall(call, 'Seen');
  });

  test('a refused call is shown as not sent, with the reason', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA, '/lines/hall/mill');
    await raiseCall(page, { type: 'Material' });
    await receipt(page, 'onBoard').waitFor();
    await raiseCall(page, { type: 'Material' });
    await receipt(page, 'notSent').filter({ hasText: 'Such a call is open already' }).waitFor();
    await resolveCall(openCalls(page).first(), 'Brought');
  });

  test('a stop is given its reason', async () => {
    const page = await openPage();
    const at = Date.now();
    await observe('hall/press/press', { state: 'stopped', at: at - 30_000 });
    await observe('hall/press/press', { state: 'running', at: at - 1000 });
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    const minor = page.getByLabel('Show minor stops');
    await minor.or(page.getByTestId('downtime')).first().waitFor();
    if (await minor.isVisible()) await minor.check();
    await page.getByTestId('downtime').first().getByRole('button').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Jam' }).click();
    await page.getByTestId('downtime').first().getByRole('button', { name: 'Jam' }).waitFor();
  });

  test('the shift is a chart, a table, and can be walked through by keyboard', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    const chart = page.getByRole('slider');
    await chart.focus();
    await page.keyboard.press('Home');
    const first = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).not.toBe(first);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('row').filter({ hasText: 'Running' }).first().waitFor();
  });

  test('every screen speaks German, and remembers', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA);
    await page.getByRole('button', { name: 'Language: English' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await stateWord(lineTile(page, 'hall/press')).filter({ hasText: 'Läuft' }).waitFor();
    await page.reload();
    await stateWord(lineTile(page, 'hall/press')).filter({ hasText: 'Läuft' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
  });

  test.each(['light', 'dark'] as const)('no finding of axe on any screen, %s', async (colorScheme) => {
    const page = await openPage({ colorScheme });
    await page.goto(`${server.url}/login`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await signIn(page, OLIVIA);
    await stateWord(lineTile(page, 'hall/press')).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await openLine(page, 'hall/press');
    await page.getByRole('button', { name: 'Safety', exact: true }).click();
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test('a lost server shows at once and for what it is; the screen recovers by itself', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    await waitUntilLive(page);
    const port = Number(new URL(server.url).port);
    await server.kill();

    await connectionBanner(page).filter({ hasText: 'Connection lost' }).waitFor();
    await connectionBanner(page)
      .filter({ hasText: /data from \d\d:\d\d:\d\d/u })
      .waitFor();
    await hatchedContent(page).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await raiseCall(page, { type: 'Process', note: 'Raised while cut off' });
    await receipt(page, 'saved').waitFor();
    expect(await receipt(page, 'onBoard').count()).toBe(0);

    server = await startServer({ plantFile, dataDir: join(directory, 'data'), port });
    await waitUntilLive(page);
    await receipt(page, 'onBoard').waitFor();
    await openCalls(page).filter({ hasText: 'Raised while cut off' }).waitFor();
    await connectionBanner(page).waitFor({ state: 'detached' });
    await expect.poll(() => hatchedContent(page).count(), { timeout: 20_000 }).toBe(0);
  });

  test('a call that waited too long for a connection asks before it is sent', async () => {
    const page = await openPage();
    await page.clock.install();
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    await waitUntilLive(page);
    const port = Number(new URL(server.url).port);
    await server.kill();
    await connectionBanner(page).waitFor();
    await raiseCall(page, { type: 'Maintenance', note: 'Perhaps too late' });
    await raiseCall(page, { type: 'Material', note: 'Surely too late' });
    await receipt(page, 'saved').nth(1).waitFor();
    await page.clock.fastForward('06:00');

    server = await startServer({ plantFile, dataDir: join(directory, 'data'), port });
    // By now attempts are far apart.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await waitUntilLive(page);
    await receipt(page, 'late').nth(1).waitFor();
    expect(await openCalls(page).filter({ hasText: 'too late' }).count()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    const discarded = receipt(page, 'late').filter({ hasText: 'Material' });
    await discarded.getByRole('button', { name: 'Discard' }).click();
    await receipt(page, 'notSent').filter({ hasText: 'You discarded it' }).waitFor();
    await receipt(page, 'late').getByRole('button', { name: 'Send now' }).click();
    const call = openCalls(page).filter({ hasText: 'Perhaps too late' });
    await call.waitFor();
    expect(await openCalls(page).filter({ hasText: 'Surely too late' }).count()).toBe(0);
    await resolveCall(call, 'In time after all');
  }, 120_000);

  test('a call raised while cut off outlives its tab and is on the board once', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA, '/lines/hall/press');
    await waitUntilLive(page);
    const port = Number(new URL(server.url).port);
    await server.kill();
    await connectionBanner(page).waitFor();
    await raiseCall(page, { type: 'Quality', note: 'The tab died' });
    await receipt(page, 'saved').waitFor();
    await page.close();

    server = await startServer({ plantFile, dataDir: join(directory, 'data'), port });
    const next = await page.context().newPage();
    await login(next, server.url, OLIVIA, '/lines/hall/press');
    const call = openCalls(next).filter({ hasText: 'The tab died' });
    await call.waitFor();
    expect(await call.count()).toBe(1);
  });

  test('signing out ends the session and asks for a login', async () => {
    const page = await openPage();
    await login(page, server.url, OLIVIA);
    await page.getByRole('button', { name: /User menu/u }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});
