import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTokenKey, startEngine, startServer } from '@ms5/server';

const dataDir = await mkdtemp(join(tmpdir(), 'ms5-embedded-'));
const plantFile = new URL('../../../plants/demo.yaml', import.meta.url).pathname;

const server = await startServer({
  engine: await startEngine({ dataDir, plantFile }),
  tokenKey: await loadTokenKey(dataDir, process.env),
  users: [],
  port: 0,
  host: '127.0.0.1',
  plugins: {
    sources: [{ plugin: './order-guard.ts', config: { publisher: 'mes' }, baseDir: import.meta.dirname }],
    directory: join(dataDir, 'plugins'),
  },
});

const arrived = Promise.withResolvers<void>();
const off = server.onChange(['app/orders/#'], ({ topic, offset, change }) => {
  console.log(`committed at ${offset}: ${topic} ${JSON.stringify(change)}`);
  arrived.resolve();
});

const data = { set: { 'wo-1': { product: 'bolt', quantity: 500 } } };
const options = { kind: 'collection', key: 'wo-1:released' } as const;
console.log(await server.publish('app/orders/open', data, options));
console.log(await server.publish('app/orders/open', data, { ...options, author: 'mes' }));
console.log(await server.publish('app/orders/open', data, { ...options, author: 'mes' }));

await arrived.promise;
off();
console.log(server.plugins().map(({ plugin, state }) => `${plugin}: ${state}`));
await server.drain();
