import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../../test/support/plant.ts';
import { until } from '../../../../test/support/until.ts';
import { startTestServer, type TestServer } from '../../test-support/gateway-server.ts';
import { openEnhanced } from '../../test-support/json-socket.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.remove();
  server = undefined;
});

async function start(name: string, text: string): Promise<TestServer> {
  const directory = await temporaryDirectory('gateway-plugins');
  await writeFile(join(directory, `${name}.mjs`), text);
  server = await startTestServer({
    plugins: {
      sources: [{ plugin: `./${name}.mjs` }],
      baseDir: directory,
      directory: join(directory, 'data'),
    },
  });
  return server;
}

test('while a plugin loops for ever, sessions get what is published and may publish', async () => {
  const running = await start(
    'loop',
    `export default { name: 'loop', events: ['app/#'], hooks: { beforePublish() {}, afterEvent() { for (;;); } } };`,
  );
  const client = await openEnhanced(running.webSocketUrl, await running.token('admin'));
  client.send({ type: 'subscribe', id: 1, filters: ['app/#'] });
  await client.next('synced', ({ type }) => type === 'synced');
  for (let value = 0; value < 100; value += 1) {
    expect(await running.publish('app/loop', value)).toMatchObject({ status: 'published' });
  }
  const received = (): number =>
    client.messages.reduce(
      (sum, { type, entries }) => (type === 'entries' && Array.isArray(entries) ? sum + entries.length : sum),
      0,
    );
  // The first publication made the topic; its entry may have come before the snapshot that starts the stream.
  await until('all came', () => (received() >= 99 ? true : undefined));
  expect(running.plugins()[0]?.hooks.find(({ hook }) => hook === 'beforePublish')).toMatchObject({
    refusals: 0,
  });
  client.socket.terminate();
}, 30_000);

test('a plugin sees a session from its connection to its end', async () => {
  const running = await start(
    'witness',
    `const seen = [];
    let report;
    const see = (hook) => (act) => { seen.push(hook + ':' + (act.session ?? '')); report(); };
    export default {
      name: 'witness',
      setup: ({ publish }) => { report = () => publish('app/witness/seen', { seen: [...seen] }, { kind: 'record' }); },
      hooks: {
        afterConnect: see('connect'),
        afterAuthenticate: see('authenticate'),
        afterSubscribe: see('subscribe'),
        afterDisconnect: see('disconnect'),
      },
    };`,
  );
  const changes: unknown[] = [];
  running.onChange(['app/witness/seen'], ({ change }) => {
    if (change.kind === 'record') changes.push(change.set['seen']);
  });
  const client = await openEnhanced(running.webSocketUrl, await running.token('viewer'));
  const welcome = client.messages.find(({ type }) => type === 'welcome');
  client.send({ type: 'subscribe', id: 1, filters: ['works/#'] });
  await client.next('synced', ({ type }) => type === 'synced');
  client.socket.close();
  const session = String(welcome?.['session']);
  await until('the end', () => (JSON.stringify(changes.at(-1))?.includes('disconnect') ? true : undefined));
  expect(changes.at(-1)).toEqual(
    ['connect', 'authenticate', 'subscribe', 'disconnect'].map((hook) => `${hook}:${session}`),
  );
}, 30_000);
