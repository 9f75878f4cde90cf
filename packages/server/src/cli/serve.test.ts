import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBasicClient } from '../../../../test/support/basic-client.ts';
import { ms5, startServer } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from '../../../../test/support/plant.ts';

const PROCESS_TIMEOUT_MS = 30_000;

let directory = '';
let plantFile = '';
beforeEach(async () => {
  directory = await temporaryDirectory('serve');
  plantFile = await writePlant(directory, testPlant());
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test(
  'ends cleanly on a signal: clients are told when to come back, the exit code is 0',
  async () => {
    const server = await startServer({ plantFile, dataDir: join(directory, 'data') });
    expect(server.output()).toMatch(/Test Works: http:\/\/localhost:\d+/);
    const client = await openBasicClient(server.webSocketUrl, await server.token('viewer'));
    expect(await server.stop()).toBe(0);
    expect(client.messages.some(({ type }) => type === 'drain')).toBe(true);
    expect(client.closed?.code).toBe(4000);
    expect(server.output()).toContain('SIGTERM: finishing what was accepted');
    expect(server.output()).not.toMatch(/^ {4}at /m);
  },
  PROCESS_TIMEOUT_MS,
);

test(
  'says whom to blame when the port or the data directory is taken',
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const parameters = [
      'serve',
      '--plant',
      plantFile,
      '--data',
      join(directory, 'data'),
      '--host',
      '127.0.0.1',
    ];
    const taken = await ms5([...parameters, '--port', port]);
    other.close();
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is taken[^]*--port`));
    expect(taken.stderr).not.toMatch(/^ {4}at /m);

    const host = await ms5(['serve', '--plant', plantFile, '--data', directory, '--host', '203.0.113.7']);
    expect(host.code).toBe(2);
    expect(host.stderr).toMatch(/203\.0\.113\.7 is not an address of this machine/);

    const file = await ms5(['serve', '--plant', plantFile, '--data', plantFile, '--port', '0']);
    expect(file.code).toBe(2);
    expect(file.stderr).toContain(plantFile);
    expect(file.stderr).not.toMatch(/^ {4}at /m);
  },
  PROCESS_TIMEOUT_MS,
);
