import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { HookActs, Identity } from '@ms5/hub';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../../test/support/plant.ts';
import { until } from '../../../../test/support/until.ts';
import { systemClock, systemRandom } from '../gateway/system-clock.ts';
import type { HookFigures } from './figures.ts';
import { startPluginHost, type PluginHost, type PluginSource } from './host.ts';
import type { PluginCall } from './thread/messages.ts';

const identity: Identity = {
  userId: 'olivia',
  name: 'Olivia',
  roles: ['operator'],
  expiresAt: 1,
  permissions: { subscribe: ['#'], publish: [], command: [] },
};
const PUBLICATION: HookActs['publish'] = { identity, publication: { topic: 'app/a', data: 1 } };

let directory: string;
let host: PluginHost | undefined;
const logged: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = [];
const calls: PluginCall[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory('plugins');
  logged.length = 0;
  calls.length = 0;
});
afterEach(async () => {
  await host?.close();
  host = undefined;
});

async function plugin(name: string, body: string): Promise<PluginSource> {
  await writeFile(join(directory, `${name}.mjs`), `export default { name: '${name}', ${body} };\n`);
  return { plugin: `./${name}.mjs` };
}

async function start(...sources: readonly PluginSource[]): Promise<PluginHost> {
  host = await startPluginHost({
    sources,
    baseDir: directory,
    directory: join(directory, 'data'),
    site: 'works',
    clock: systemClock,
    random: systemRandom,
    log: (level, message, fields) => logged.push({ level, message, fields }),
    serve: (_plugin, call) => {
      calls.push(call);
      return Promise.resolve({
        kind: 'published',
        result: { status: 'published', offset: 7, isDuplicate: false },
      });
    },
  });
  return host;
}

function figuresOf(hook: string, place = 0): HookFigures {
  const found = host?.figures()[place]?.hooks.find((each) => each.hook === hook);
  if (found === undefined) throw new Error(`no figures of ${hook}`);
  return found;
}

/** Lines that plugins wrote to the file `said` of their directory. */
async function said(name: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'data', name, 'said'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

const SAY = `import { appendFileSync } from 'node:fs';
let file;
const say = (text) => appendFileSync(file, text + '\\n');
`;

async function speaker(name: string, body: string): Promise<PluginSource> {
  const text = `${SAY}export const plugin = { name: '${name}', setup: (context) => { file = context.directory + '/said'; }, ${body} };\n`;
  await writeFile(join(directory, `${name}.mjs`), text);
  return { plugin: `./${name}.mjs` };
}

test('nobody who wants to know: the act goes on in the same turn', async () => {
  const started = await start(await plugin('quiet', 'hooks: { beforeCommand() {} }'));
  expect(started.before('publish', PUBLICATION)).toBeUndefined();
});

test('plugins run by order, then as they were loaded, and the first refusal ends it', async () => {
  const body = (text: string): string =>
    `limits: { beforeMs: 5000 }, hooks: { beforePublish({ publication }) { say('${text}'); if (publication.data === '${text}') return { verdict: 'refuse', message: 'not ${text}' }; } }`;
  const started = await start(
    await speaker('late', `order: 5, ${body('late')}`),
    await speaker('second', body('second')),
    await speaker('third', body('third')),
    await speaker('first', `order: -1, ${body('first')}`),
  );
  expect(started.figures().map((each) => each.plugin)).toEqual(['first', 'second', 'third', 'late']);
  const act = { identity, publication: { topic: 'app/a', data: 'third' } };
  expect(await started.before('publish', act)).toEqual({ verdict: 'refuse', message: 'not third' });
  expect(await said('second')).toEqual(['second']);
  expect(await said('late')).toEqual([]);
  expect(figuresOf('beforePublish', 2)).toMatchObject({ calls: 1, refusals: 1, errors: 0 });
});

test('errors, nonsense and slowness are contained; onFailure decides', async () => {
  const failing = (
    onFailure: string,
  ): string => `onFailure: '${onFailure}', limits: { beforeMs: 400 }, hooks: {
    beforePublish() { throw new Error('broken'); },
    beforeCommand() { return 'nonsense'; },
    beforeSubscribe() { return new Promise(() => {}); },
  }`;
  const open = await start(await plugin('open', failing('continue')));
  expect(await open.before('publish', PUBLICATION)).toEqual({ verdict: 'continue' });
  expect(await open.before('command', { identity, command: commandOf() })).toEqual({ verdict: 'continue' });
  const subscribe = { session: 's', identity, filters: ['#'] };
  expect(await open.before('subscribe', subscribe)).toEqual({ verdict: 'continue' });
  expect(figuresOf('beforePublish')).toMatchObject({ calls: 1, errors: 1, refusals: 0 });
  expect(figuresOf('beforeCommand')).toMatchObject({ errors: 1 });
  expect(figuresOf('beforeSubscribe')).toMatchObject({ timeouts: 1 });
  expect(figuresOf('beforeSubscribe').durationMs.sum).toBeGreaterThanOrEqual(390);
  await open.close();

  const guarding = await start(await plugin('guard', failing('refuse')));
  expect(await guarding.before('publish', PUBLICATION)).toMatchObject({ verdict: 'refuse' });
  expect(await guarding.before('subscribe', subscribe)).toMatchObject({
    verdict: 'refuse',
    message: expect.stringContaining('took too long') as string,
  });
  expect(figuresOf('beforePublish')).toMatchObject({ errors: 1, refusals: 1 });
});

test('a plugin that blocks its thread for ever holds nobody up, is ended and started again', async () => {
  const started = await start(
    await plugin('stuck', 'hooks: { beforePublish({ publication }) { while (publication.data === 1); } }'),
  );
  const startedAt = performance.now();
  expect(await started.before('publish', PUBLICATION)).toEqual({ verdict: 'continue' });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  // What comes next does not wait for it at all.
  const again = started.before('publish', PUBLICATION);
  expect(await Promise.race([again, setImmediate('not yet')])).toEqual({ verdict: 'continue' });
  await until('started again', () => {
    const [figures] = started.figures();
    return figures?.restarts === 1 && figures.state === 'running' ? true : undefined;
  });
  const act = { identity, publication: { topic: 'app/a', data: 2 } };
  const { errors } = figuresOf('beforePublish');
  expect(await started.before('publish', act)).toEqual({ verdict: 'continue' });
  expect(figuresOf('beforePublish').errors).toBe(errors);
  expect(
    logged.some(({ message, fields }) => message === 'plugin is down' && fields['plugin'] === 'stuck'),
  ).toBe(true);
});

test('a blocked thread that ends long after it was given up does not take the next one down', async () => {
  const body = `limits: { beforeMs: 50 }, hooks: { async beforePublish({ publication }) {
    if (publication.data === 1) (await import('node:child_process')).execFileSync('sleep', ['8']);
  } }`;
  const started = await start(await plugin('native', body));
  const startedAt = performance.now();
  expect(await started.before('publish', PUBLICATION)).toEqual({ verdict: 'continue' });
  await until('started again', () => {
    const [figures] = started.figures();
    return figures?.restarts === 1 && figures.state === 'running' ? true : undefined;
  });
  await until('the first has ended', () => (performance.now() - startedAt > 9_000 ? true : undefined));
  expect(started.figures()).toMatchObject([{ restarts: 1, state: 'running' }]);
}, 30_000);

test('a plugin that ends its process ends its thread alone, and questions under way are answered', async () => {
  const started = await start(
    await plugin('gone', "onFailure: 'refuse', hooks: { beforePublish() { process.exit(3); } }"),
  );
  expect(await started.before('publish', PUBLICATION)).toMatchObject({ verdict: 'refuse' });
  await until('running again', () => (started.figures()[0]?.restarts === 1 ? true : undefined));
});

test('after-hooks come in order, and too many are dropped and counted instead of kept', async () => {
  const started = await start(
    await speaker(
      'observer',
      `hooks: {
        afterPublish: async ({ publication }) => { await new Promise((go) => setTimeout(go, 1)); say('p' + publication.data); },
        afterDisconnect: ({ session, code }) => say(session + code),
      }`,
    ),
  );
  const result = { result: { status: 'published', offset: 1, isDuplicate: false } } as const;
  for (let data = 0; data < 1_500; data += 1) {
    started.after('publish', { identity, publication: { topic: 'app/a', data } }, result);
  }
  expect(started.figures()[0]?.pending).toBe(1_000);
  expect(figuresOf('afterPublish').dropped).toBe(500);
  await until('done', () => (started.figures()[0]?.pending === 0 ? true : undefined));
  started.disconnected('s1', null, 1006);
  const lines = await until('said', async () => {
    const all = await said('observer');
    return all.length === 1_001 ? all : undefined;
  });
  expect(lines.slice(0, 3)).toEqual(['p0', 'p1', 'p2']);
  expect(lines.at(-1)).toBe('s11006');
  expect(figuresOf('afterPublish')).toMatchObject({ calls: 1_000, errors: 0 });
});

test('events come by filter with their values, and a plugin that fell behind is told how many it missed', async () => {
  const started = await start(
    await speaker(
      'watcher',
      "events: ['works/+'], hooks: { afterEvent: (event) => say(JSON.stringify(event)) }",
    ),
  );
  const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const stream = (topic: string, value: unknown) =>
    ({ kind: 'stream', topic, lane: 'normal', entry: bytes(value) }) as const;
  started.committed('works', [
    { offset: 1, at: 10, changes: [stream('works/a', { x: 1 }), stream('other', 2)] },
    {
      offset: 2,
      at: 11,
      changes: [
        { kind: 'record', topic: 'works/r', lane: 'high', set: [['f', bytes(3)]], remove: [] },
        { kind: 'removed', topic: 'works/a' },
      ],
    },
  ]);
  started.committed('works', [{ offset: 3, at: 12, changes: [stream('works/a', 'y'.repeat(5_000_000))] }]);
  await until('done', () => (started.figures()[0]?.pending === 0 ? true : undefined));
  started.committed('works', [{ offset: 4, at: 13, changes: [stream('works/a', 5)] }]);
  const lines = await until('said', async () => {
    const all = await said('watcher');
    return all.length === 4 ? all.map((line) => JSON.parse(line) as unknown) : undefined;
  });
  expect(lines).toEqual([
    {
      log: 'works',
      offset: 1,
      at: 10,
      topic: 'works/a',
      change: { kind: 'stream', entry: { x: 1 } },
      missed: 0,
    },
    {
      log: 'works',
      offset: 2,
      at: 11,
      topic: 'works/r',
      change: { kind: 'record', set: { f: 3 }, remove: [] },
      missed: 0,
    },
    { log: 'works', offset: 2, at: 11, topic: 'works/a', change: { kind: 'removed' }, missed: 0 },
    { log: 'works', offset: 4, at: 13, topic: 'works/a', change: { kind: 'stream', entry: 5 }, missed: 1 },
  ]);
  expect(figuresOf('afterEvent')).toMatchObject({ calls: 4, dropped: 1 });
});

test('setup gets the configuration, may publish, and its end is waited for', async () => {
  await writeFile(
    join(directory, 'full.mjs'),
    `${SAY}export default {
      name: 'full',
      hooks: {},
      parseConfig: (raw) => ({ topic: 'app/' + raw.name }),
      async setup({ config, directory, publish, log }) {
        file = directory + '/said';
        const result = await publish(config.topic, { up: true }, { kind: 'record', key: 'k' });
        log.info('ready', { offset: result.offset });
        return () => say('ended');
      },
    };\n`,
  );
  const started = await start({ plugin: './full.mjs', config: { name: 'x' } });
  expect(calls).toEqual([
    { kind: 'publish', topic: 'app/x', data: { up: true }, options: { kind: 'record', key: 'k' } },
  ]);
  expect(logged).toContainEqual({ level: 'info', message: 'ready', fields: { offset: 7, plugin: 'full' } });
  await started.close();
  expect(await said('full')).toEqual(['ended']);
});

test.each([
  ['a file that is not there', './nothing.mjs', undefined, 'there is no file'],
  ['a package that is not there', 'no-such-plugin', undefined, 'no such package in node_modules'],
  ['an export of nothing', './bad.mjs', 'export const x = 1;', 'it exports x; expected a default export'],
  ['a syntax error', './bad.mjs', 'export default {', 'cannot be used'],
  ['no name', './bad.mjs', 'export default { hooks: {} };', 'name: expected lower-case letters'],
  [
    'an unknown hook',
    './bad.mjs',
    "export default { name: 'x', hooks: { beforeEvent() {} } };",
    '"beforeEvent" is not a hook; hooks are beforeConnect, beforeAuthenticate',
  ],
  [
    'an unknown field',
    './bad.mjs',
    "export default { name: 'x', hooks: {}, priority: 1 };",
    'field "priority" is not known',
  ],
  [
    'events without its hook',
    './bad.mjs',
    "export default { name: 'x', hooks: {}, events: ['#'] };",
    '"afterEvent" needs "events"',
  ],
  [
    'a refused configuration',
    './bad.mjs',
    "export default { name: 'x', hooks: {}, parseConfig() { throw new Error('url: expected a URL'); } };",
    'url: expected a URL',
  ],
])('%s is said clearly', async (_what, name, text, message) => {
  if (text !== undefined) await writeFile(join(directory, 'bad.mjs'), text);
  await expect(start({ plugin: name })).rejects.toThrow(message);
});

test('a package is found in node_modules above, two plugins of one name are refused', async () => {
  const packageDir = join(directory, 'node_modules', '@acme', 'guard');
  await mkdir(packageDir, { recursive: true });
  await writeFile(
    join(packageDir, 'package.json'),
    JSON.stringify({ name: '@acme/guard', type: 'module', exports: { '.': { import: './main.js' } } }),
  );
  await writeFile(join(packageDir, 'main.js'), "export const plugin = { name: 'guard', hooks: {} };");
  const started = await start({ plugin: '@acme/guard' });
  expect(started.figures()[0]?.plugin).toBe('guard');
  await started.close();
  const same = await plugin('guard', 'hooks: {}');
  await expect(start({ plugin: '@acme/guard' }, same)).rejects.toThrow('another plugin named "guard"');
});

function commandOf(): HookActs['command']['command'] {
  return { command: 'raiseCall', data: {}, key: { clientId: 'c', counter: 1 } };
}
