import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const KNOWN_PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];

/** No graphics card, no sandbox of its own (containers), and nothing that calls home. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium on this machine; `MS5_CHROMIUM` names one. `null` when there is none. */
export function findChromium(): string | null {
  const named = process.env['MS5_CHROMIUM'];
  const places = [...(process.env['PATH'] ?? '').split(delimiter), ...KNOWN_PLACES];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...places.flatMap((place) => NAMES.map((name) => join(place, name))),
  ];
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Rejects with one clear line when there is no Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error('No Chromium found: install it (Debian: apt-get install chromium) or set MS5_CHROMIUM.');
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A person's browser of its own: English, by default on a desktop screen. */
export function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, ...options });
}
