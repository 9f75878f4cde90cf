// @vitest-environment happy-dom
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { client, LineTile } from '../examples/line-tile.tsx';

afterEach(() => {
  cleanup();
  client.close();
});

it('the README shows the example as it is', async () => {
  const [readme, example] = await Promise.all(
    ['README.md', 'examples/line-tile.tsx'].map((path) =>
      readFile(join(import.meta.dirname, '..', path), 'utf8'),
    ),
  );
  expect(readme).toContain(`\`\`\`tsx\n${example?.trim()}\n\`\`\``);
});

it('the example renders', () => {
  render(<LineTile />);
  expect(screen.getByText('no state known')).toBeDefined();
  expect(screen.getByRole('button').textContent).toBe('Material');
});
