import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import type { Plant } from '../../config/index.ts';
import { encodeImage } from './changes-codec.ts';
import { startEngineThread } from './engine-proxy.ts';
import type { EngineThreadData } from './messages.ts';

const plant: Plant = {
  config: {
    site: { id: 'works', name: 'Works', timeZone: 'UTC' },
    lines: [],
    equipment: [],
    products: [],
    shifts: [],
    reasons: [],
  },
  connectors: [],
  users: [],
  source: 'plant.yaml',
};
const image = encodeImage({ log: 'works', epoch: 'e', offset: 3, topics: [] });

/** A thread that becomes ready and then does what `body` says with each message. */
function thread(body: string): readonly [EngineThreadData, URL] {
  const workers = createRequire(import.meta.url).resolve('node:worker_threads');
  const source = `
    import { parentPort } from '${workers}';
    parentPort.once('message', ({ image }) => {
      parentPort.on('message', () => { ${body} });
      parentPort.postMessage({ kind: 'ready', image });
    });
  `;
  const data = { dataDir: '', plant, image };
  return [data, new URL(`data:text/javascript,${encodeURIComponent(source)}`)];
}

const query = { kind: 'plant' } as const;

it.each([
  ['throws', "throw new Error('it broke')", 'it broke'],
  ['exits', 'process.exit(7)', 'ended by itself with code 7'],
])('a thread that %s is told once; what waits and what comes is refused', async (_, body, message) => {
  const engine = await startEngineThread(...thread(body));
  expect(engine.image.offset).toBe(3);
  const failures: string[] = [];
  engine.onFailure((error) => failures.push(error.message));
  await expect(engine.query(query)).rejects.toThrow(message);
  await expect(engine.query(query)).rejects.toThrow(message);
  await engine.close();
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain(message);
});

it('a thread that ends before it is ready is an error of the start', async () => {
  const ended = new URL('data:text/javascript,process.exit(1)');
  await expect(startEngineThread({ dataDir: '', plant }, ended)).rejects.toThrow('before it was ready');
});

it('a thread whose data never comes is ended, and the reason told', async () => {
  const [, waiting] = thread('');
  const refused = Promise.reject(new Error('the plant is wrong'));
  await expect(startEngineThread(refused, waiting)).rejects.toThrow('the plant is wrong');
});
