import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ms5, startServer } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from '../../../../test/support/plant.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

let directory = '';
beforeEach(async () => {
  directory = await temporaryDirectory('rebuild');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('makes history anew once the server is stopped, and says so while it runs', async () => {
  const dataDir = join(directory, 'data');
  const plantFile = await writePlant(directory, testPlant());
  const server = await startServer({ plantFile, dataDir });
  await vi.waitFor(() => expect(existsSync(join(dataDir, 'history.sqlite'))).toBe(true), 20_000);
  const refused = await ms5(['rebuild', '--data', dataDir]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('in use by another process');
  expect(await server.stop()).toBe(0);

  await rm(join(dataDir, 'history.sqlite'), { force: true });
  const { code, stdout, stderr } = await ms5(['rebuild', '--data', dataDir]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^History rebuilt from \d+ entries with \d+ events in \d+\.\d s \(/);
  expect(existsSync(join(dataDir, 'history.sqlite'))).toBe(true);
});

test('where there is no log it says which file is missing', async () => {
  const { code, stderr } = await ms5(['rebuild', '--data', directory]);
  expect(code).toBe(2);
  expect(stderr).toContain('events.sqlite');
});
