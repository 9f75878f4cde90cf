import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium on this machine; `MS5_CHROMIUM` names one. `null` when there is none. */
export function findChromium(): string | null {
  const named = process.env['MS5_CHROMIUM'];
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const candidates = places.flatMap((place) => NAMES.map((name) => join(place, name)));
  return [...(named === undefined ? [] : [named]), ...candidates].find(isExecutable) ?? null;
}

/** The client as a page would load it, all of it under `window.ms5`. */
async function bundleClient(): Promise<string> {
  const entry = 'virtual:entry';
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['ms5-source'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `import * as ms5 from '@ms5/client'; globalThis.ms5 = ms5;` : null),
      },
    ],
    build: { write: false, target: 'es2022', rolldownOptions: { input: entry } },
  });
  return ((Array.isArray(output) ? output[0] : output) as Rolldown.RolldownOutput).output[0].code;
}

export interface BrowserPages {
  /** A tab of the one browser; all share its storage. */
  open(): Promise<Page>;
  /** Forgets what earlier tests stored. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function startBrowserPages(executablePath: string): Promise<BrowserPages> {
  const code = await bundleClient();
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : '<!doctype html><script type="module" src="/client.js"></script>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  let context = await browser.newContext();
  return {
    async open() {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => 'ms5' in globalThis);
      return page;
    },
    async clear() {
      await context.close();
      context = await browser.newContext();
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
