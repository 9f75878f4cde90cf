import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ms5, startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';
import { until } from './support/until.ts';

const GUARD = `export const plugin = {
  name: 'guard',
  limits: { beforeMs: 10_000 },
  hooks: { beforePublish: ({ publication }) => publication.data === 'bad' ? { verdict: 'refuse', message: 'bad' } : undefined },
};
`;

let directory: string;
let receiver: Server | undefined;
let server: RunningServer | undefined;
beforeEach(async () => {
  directory = await temporaryDirectory('plugins');
});
afterEach(async () => {
  await server?.kill();
  receiver?.closeAllConnections();
  receiver?.close();
  await rm(directory, { recursive: true, force: true });
});

test('plugins of a file guard what is published, and webhooks come through the server being killed', async () => {
  const plantFile = await writePlant(directory, testPlant());
  const got: { readonly id: string; readonly data: unknown }[] = [];
  let status = 500;
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { id, data } = JSON.parse(text) as { id: string; data: { data: unknown } };
      if (status === 200) got.push({ id, data: data.data });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;

  await writeFile(join(directory, 'guard.mjs'), GUARD);
  const settings = join(directory, 'plugins.yaml');
  await writeFile(
    settings,
    `plugins:
  - plugin: ./guard.mjs
  - plugin: webhook
    config:
      endpoints:
        - { id: mes, url: 'http://127.0.0.1:${port}/', topics: ['app/#'], secret: { file: '${settings}' }, retryFrom: 50ms, retryTo: 200ms }
`,
  );
  const dataDir = join(directory, 'data');
  const start = (): Promise<RunningServer> =>
    startServer({ plantFile, dataDir, parameters: ['--plugin-config', settings] });
  const publish = async (running: RunningServer, data: unknown): Promise<number> => {
    const token = await running.token('device', 'mes');
    const response = await fetch(`${running.url}/api/v1/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ topic: 'app/mes/orders', data }),
    });
    return response.status;
  };

  const checked = await ms5(['check', plantFile, '--plugin-config', settings]);
  expect(checked.stderr).toBe('');
  expect(checked.stdout).toContain('guard: beforePublish (order 0, on failure continue)');
  expect(checked.stdout).toContain('webhook: no hooks');

  server = await start();
  expect(await publish(server, 1)).toBe(200);
  expect(await publish(server, 'bad')).toBe(403);
  expect(await publish(server, 2)).toBe(200);
  await until('the endpoint fails', () =>
    server?.output().includes('webhook endpoint fails') === true ? true : undefined,
  );
  await server.kill();
  server = await start();
  expect(await publish(server, 3)).toBe(200);
  status = 422;
  await until('all are dead letters', async () => {
    const listed = await ms5(['webhook', 'dead-letters', '--json', '--data', dataDir]);
    return (JSON.parse(listed.stdout) as unknown[]).length === 3 ? true : undefined;
  });
  const table = await ms5(['webhook', 'dead-letters', '--data', dataDir]);
  expect(table.stdout).toMatch(
    /_0 {2}mes {2}published {2}of \S+ {2}given up \S+ after \d+ attempt\(s\) {2}answered 422/,
  );

  status = 200;
  const resent = await ms5(['webhook', 'resend', '--all', '--data', dataDir]);
  expect(resent).toMatchObject({ code: 0, stdout: '3 to be sent again\n' });
  await until('all came', () => (got.length === 3 ? true : undefined));
  expect(got.map(({ data }) => data)).toEqual([1, 2, 3]);
  await until('none is left', async () => {
    const listed = await ms5(['webhook', 'dead-letters', '--data', dataDir]);
    return listed.stdout === 'no dead letters\n' ? true : undefined;
  });
  expect(await server.stop()).toBe(0);
  server = undefined;
});

test('a plugin that cannot be used keeps the server from starting, and says why', async () => {
  const plantFile = await writePlant(directory, testPlant());
  await writeFile(join(directory, 'bad.mjs'), "export default { name: 'bad', hooks: { beforeEvent() {} } };");
  const plugin = join(directory, 'bad.mjs');
  const where = [
    '--plant',
    plantFile,
    '--data',
    join(directory, 'data'),
    '--host',
    '127.0.0.1',
    '--port',
    '0',
  ];
  const serve = await ms5(['serve', ...where, '--plugin', plugin]);
  expect(serve.code).toBe(2);
  expect(serve.stderr).toContain(`Plugin ${plugin} cannot be used: hooks: "beforeEvent" is not a hook`);
  expect(serve.stderr).not.toMatch(/^ {4}at /m);
  const check = await ms5(['check', plantFile, '--plugin', plugin]);
  expect(check.code).toBe(2);
  const settings = await ms5(['check', plantFile, '--plugin-config', plantFile]);
  expect(settings.code).toBe(2);
  expect(settings.stderr).toContain('Expected "plugins:", a list of');
  const never = await ms5(['webhook', 'resend', '--all', '--data', join(directory, 'nowhere')]);
  expect(never.code).toBe(2);
  expect(never.stderr).toContain('has never run');
});
