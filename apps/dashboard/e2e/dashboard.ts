import type { Locator, Page } from 'playwright-core';

export { findChromium, launchBrowser, openContext } from './browser.ts';

/** The words the screens use are those of the English catalogue. */
export type CallType = 'Material' | 'Maintenance' | 'Quality' | 'Process' | 'Safety' | 'Other';
export type CallPriority = 'Low' | 'Medium' | 'High' | 'Critical';

/** Opens the dashboard at a path and signs in; resolves once the page asked for is there. */
export async function login(
  page: Page,
  url: string,
  credentials: { readonly user: string; readonly password: string },
  path = '/',
): Promise<void> {
  await page.goto(new URL(path, url).href);
  await signIn(page, credentials);
  await page
    .locator('main')
    .filter({ hasNot: passwordField(page) })
    .waitFor();
}

/** Fills in and sends the login form that is on the page. */
export async function signIn(
  page: Page,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await passwordField(page).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

function passwordField(page: Page): Locator {
  return page.locator('input[name=password]');
}

/** The tile of a line (`{area}/{line}`) on the plant screen. */
export function lineTile(page: Page, line: string): Locator {
  return page.getByTestId(`tile ${line}`);
}

/** Opens a line (`{area}/{line}`) from the plant screen, by its tile. */
export async function openLine(page: Page, line: string): Promise<void> {
  await lineTile(page, line).getByRole('link').click();
  await stateWord(lineScreen(page, line)).waitFor();
}

/** The line screen of a line (`{area}/{line}`). */
export function lineScreen(page: Page, line: string): Locator {
  return page.getByTestId(`line ${line}`);
}

/** The word of the line's state: of a tile, or of the line screen. */
export function stateWord(scope: Page | Locator): Locator {
  return scope.getByTestId('state-word');
}

/** Good parts as shown, without grouping. */
export async function goodCount(scope: Page | Locator): Promise<number> {
  const text = await scope.getByTestId('good').innerText();
  return Number(text.replace(/\D/gu, ''));
}

/** The open calls on the line screen; filter by text for one of them. */
export function openCalls(page: Page): Locator {
  return page.getByTestId('open-calls').getByTestId('call');
}

export function recentCalls(page: Page): Locator {
  return page.getByTestId('recent-calls').getByRole('listitem');
}

export interface CallToRaise {
  readonly type: CallType;
  readonly priority?: CallPriority;
  /** Name of the equipment; omitted: the whole line. */
  readonly where?: string;
  readonly note?: string;
}

/** Raises a call on the line screen. Does not wait for its outcome: see `receipt`. */
export async function raiseCall(page: Page, call: CallToRaise): Promise<void> {
  await page.getByRole('button', { name: call.type, exact: true }).click();
  if (call.priority !== undefined)
    await page.getByLabel('Priority', { exact: true }).selectOption({ label: call.priority });
  if (call.where !== undefined)
    await page.getByLabel('Where', { exact: true }).selectOption({ label: call.where });
  if (call.note !== undefined) await page.getByLabel('Note', { exact: true }).fill(call.note);
  await page.getByRole('button', { name: `Raise ${call.type.toLowerCase()} call` }).click();
}

export async function acknowledgeCall(call: Locator): Promise<void> {
  await call.getByRole('button', { name: 'Acknowledge' }).click();
}

export async function resolveCall(call: Locator, note: string): Promise<void> {
  await call.getByRole('button', { name: 'Resolve' }).click();
  await call.getByLabel('What was done?').fill(note);
  await call.getByRole('button', { name: 'Resolve' }).click();
}

/** What became of an act: `pending` and `saved` are not on the board, `onBoard` is, `notSent` was refused. */
export function receipt(
  scope: Page | Locator,
  stage: 'pending' | 'saved' | 'late' | 'onBoard' | 'notSent',
): Locator {
  return scope.getByTestId(`receipt ${stage}`);
}

/** The banner shown while the screen is cut off from the server. */
export function connectionBanner(page: Page): Locator {
  return page.getByTestId('connection-banner');
}

/** Resolves once the header says that what is shown is live. */
export async function waitUntilLive(page: Page, timeoutMs = 30_000): Promise<void> {
  await page.getByTestId('connection').filter({ hasText: 'Live' }).waitFor({ timeout: timeoutMs });
}

/** Whether everything that is data is hatched. */
export function hatchedContent(page: Page): Locator {
  return page.locator('[data-testid=content][data-cut]');
}
