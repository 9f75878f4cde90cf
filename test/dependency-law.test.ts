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

async function lint(files: Readonly<Record<string, string>>): Promise<string> {
  await rm(join(tree, 'packages'), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const child = spawn(join(repository, 'node_modules/.bin/oxlint'), ['packages'], { cwd: tree });
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
      'packages/domain/src/planted.ts':
        'export const now = Date.now();\nexport const chance = Math.random();\nsetTimeout(() => undefined, 1);\n',
    });
    expect(output.match(/no-restricted-(properties|globals)/g)).toHaveLength(3);
  });
});
