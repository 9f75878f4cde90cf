import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const example = (name: string): URL => new URL(`../examples/${name}`, import.meta.url);
const guide = (name: string): URL => new URL(`../../../docs/guides/${name}`, import.meta.url);

test.each([
  ['order-guard.ts', 'plugins.md'],
  ['embed.ts', 'publishing.md'],
])('%s stands in the guide %s as it is', async (name, document) => {
  const [code, text] = await Promise.all([
    readFile(example(name), 'utf8'),
    readFile(guide(document), 'utf8'),
  ]);
  expect(text).toContain(`\`\`\`ts\n${code.trim()}\n\`\`\``);
});

test('the embedded server publishes, is refused by its plugin, and ends by itself', async () => {
  const file = fileURLToPath(example('embed.ts'));
  const child = spawn(process.execPath, ['--conditions=ms5-source', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain('only mes publishes orders');
  expect(output).toMatch(/committed at \d+: app\/orders\/open .*"wo-1"/);
  expect(output).toMatch(/status: 'published', offset: \d+, isDuplicate: true/);
  expect(output).toContain('order-guard: running');
}, 30_000);
