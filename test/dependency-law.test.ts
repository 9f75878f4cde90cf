import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Plants one violation of each law in an empty tree under the repository's own lint configuration.

const repository = new URL('..', import.meta.url).pathname;
let tree = '';

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'ms5-law-'));
  await cp(join(repository, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
});
afterAll(() => rm(tree, { recursive: true, force: true }));

async function lint(files: Readonly<Record<string, string>>, format = 'default'): Promise<string> {
  await rm(join(tree, 'packages'), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const child = spawn(join(repository, 'node_modules/.bin/oxlint'), ['-f', format, 'packages'], {
    cwd: tree,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return output;
}

describe('the dependency law', () => {
  const forbidden: readonly (readonly [packageName: string, specifier: string])[] = [
    ['wire', '@ms5/domain'],
    ['wire', 'node:fs'],
    ['domain', '@ms5/wire'],
    ['domain', '@ms5/wire/factory'],
    ['domain', 'node:fs'],
    ['hub', '@ms5/domain'],
    ['hub', '@ms5/server'],
    ['client', '@ms5/hub'],
    ['client', 'node:net'],
    ['react', '@ms5/wire'],
    ['simulator', '@ms5/server'],
    ['simulator', '@ms5/domain'],
    ['server', '@ms5/client'],
  ];
  test.each(forbidden)('%s must not import %s', async (packageName, specifier) => {
    const output = await lint({
      [`packages/${packageName}/src/planted.ts`]: `import { thing } from '${specifier}';\nexport const other = thing;\n`,
    });
    expect(output).toMatch(/no-restricted-imports/);
  });

  test('the gateway must not know the domain', async () => {
    const output = await lint({
      'packages/server/src/gateway/planted.ts': `import { step } from '@ms5/domain';\nexport const other = step;\n`,
    });
    expect(output).toMatch(/no-restricted-imports/);
  });

  const allowed: readonly (readonly [packageName: string, specifier: string])[] = [
    ['hub', '@ms5/wire'],
    ['client', '@ms5/wire/factory'],
    ['react', '@ms5/client'],
    ['server', '@ms5/domain'],
  ];
  test.each(allowed)('%s may import %s', async (packageName, specifier) => {
    const output = await lint({
      [`packages/${packageName}/src/planted.ts`]: `import { thing } from '${specifier}';\nexport const other = thing;\n`,
    });
    expect(output).not.toMatch(/no-restricted-imports/);
  });

  test('no cycles, those of types included', async () => {
    const output = await lint({
      'packages/wire/src/one.ts': `import type { Two } from './two.ts';\nexport type One = Two | 1;\n`,
      'packages/wire/src/two.ts': `import type { One } from './one.ts';\nexport type Two = One | 2;\n`,
    });
    expect(output).toMatch(/no-cycle/);
  });

  test('time and randomness are inputs', async () => {
    const output = await lint({
      'packages/hub/src/planted.ts':
        'export const now = Date.now();\nexport const chance = Math.random();\nsetTimeout(() => undefined, 1);\n',
    });
    expect(output.match(/no-restricted-(properties|globals)/g)).toHaveLength(3);
  });
});

describe('the domain is pure', () => {
  const temporal = "import { Temporal } from 'temporal-polyfill';\n";
  /** What may not be in a file of the domain, by the path of the file it is planted in. */
  const forbidden: Readonly<Record<string, string>> = {
    'clock/now.ts': 'export const a = Date.now();',
    'clock/new-date.ts': 'export const a = new Date();',
    'clock/date-called.ts': 'export const a = Date();',
    'clock/date-by-another-name.ts': 'const Clock = Date;\nexport const a = new Clock();',
    'clock/local-getter.ts': 'export const a = new Date(0).getHours();',
    'clock/local-parts.ts': 'export const a = new Date(2024, 0, 1).valueOf();',
    'clock/local-text.ts': "export const a = Date.parse('2024-01-01T00:00');",
    'clock/performance.ts': 'export const a = performance.now();',
    'clock/process.ts': 'export const a = process.hrtime.bigint();',
    'clock/through-global-this.ts': 'export const a = globalThis.Date.now();',
    'clock/temporal.ts': 'export const a = Temporal.Now.instant();',
    'time/zone.ts': `${temporal}export const a = Temporal.Now.timeZoneId();`,
    'clock/now-taken-out.ts': `${temporal}const { Now } = Temporal;\nexport const a = Now.instant();`,
    'clock/library.ts': `${temporal}export const a = Temporal.PlainDate.from('2024-01-01');`,
    'clock/named-like-an-adapter-system.ts': 'export const a = Date.now();',
    'timer/timeout.ts': 'setTimeout(() => undefined, 1);',
    'timer/interval.ts': 'setInterval(() => undefined, 1);',
    'timer/immediate.ts': 'setImmediate(() => undefined);',
    'timer/microtask.ts': 'queueMicrotask(() => undefined);',
    'chance/random.ts': 'export const a = Math.random();',
    'chance/random-taken-out.ts': 'const { random } = Math;\nexport const a = random();',
    'chance/crypto.ts': 'export const a = crypto.randomUUID();',
    'outside/environment.ts': "export const a = process.env['HOME'];",
    'outside/fetch.ts': "export const a = fetch('http://127.0.0.1/');",
    'outside/socket.ts': "export const a = new WebSocket('ws://127.0.0.1/');",
    'outside/console.ts': "console.log('a');",
    'outside/eval.ts': "export const a: unknown = eval('Date.now()');",
    'outside/built-in.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
    'outside/built-in-by-old-name.ts': "import { readFileSync } from 'fs';\nexport const a = readFileSync;",
    'outside/built-in-exported.ts': "export * from 'node:fs';",
    'outside/built-in-later.ts': "export const a = import('node:fs');",
    'outside/built-in-required.ts': "export const a: unknown = require('fs');",
    'outside/library.ts': "import { z } from 'zod';\nexport const a = z;",
    'outside/other-package.ts': "import { step } from '../../../hub/src/index.ts';\nexport const a = step;",
    'place/formats.ts': 'export const a = new Intl.DateTimeFormat();',
    'place/numbers.ts': 'export const a = (1.5).toLocaleString();',
    'place/dates.ts': 'export const a = (day: { toLocaleDateString(): string }) => day.toLocaleDateString();',
    'place/times.ts': 'export const a = (day: { toLocaleTimeString(): string }) => day.toLocaleTimeString();',
    'place/cases.ts': "export const a = 'I'.toLocaleLowerCase();",
    'place/order.ts': "export const a = ['z', 'ä'].sort((b, c) => b.localeCompare(c));",
  };
  const allowed: Readonly<Record<string, string>> = {
    'lawful/own-file.ts': "import { b } from './b.ts';\nexport const a = b;",
    'lawful/own-name.ts': 'export const a = (process: number): number => Math.max(process, 1);',
    'lawful/clock.test.ts': 'export const a = new Date(0).toISOString();',
  };

  test('lint finds whatever reads a clock, draws lots, reaches outside or asks the machine where it is', async () => {
    const files = Object.entries({ ...forbidden, ...allowed });
    const output = await lint(
      Object.fromEntries(files.map(([path, text]) => [`packages/domain/src/${path}`, `${text}\n`])),
      'json',
    );
    const { diagnostics } = JSON.parse(output) as {
      readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
    };
    const found = diagnostics
      .filter(({ code }) => /no-restricted-|no-nodejs-modules/.test(code))
      .map(({ filename }) => filename.replace('packages/domain/src/', ''));
    expect([...new Set(found)].toSorted()).toEqual(Object.keys(forbidden).toSorted());
  });
});
