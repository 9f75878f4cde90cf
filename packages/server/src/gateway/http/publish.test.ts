import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicationResult, PublishReply } from '@ms5/wire/factory';
import { LIMITS } from '@ms5/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEnhanced } from '../../../test-support/json-socket.ts';
import { problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { temporaryDirectory } from '../../../../../test/support/plant.ts';

const GUARD = `export default {
  name: 'guard',
  limits: { beforeMs: 10_000 },
  hooks: {
    beforeAuthenticate: ({ identity }) =>
      identity.userId === 'mallory' ? { verdict: 'refuse', message: 'mallory stays out' } : undefined,
    beforePublish: ({ publication }) =>
      publication.topic === 'app/guarded' ? { verdict: 'refuse', message: 'not there' } : undefined,
    beforeCommand: ({ command }) =>
      command.command === 'cancelCall' ? { verdict: 'refuse', message: 'no cancelling' } : undefined,
  },
};
`;

let server: TestServer;
let token: string;
let users = 0;

beforeAll(async () => {
  const directory = await temporaryDirectory('publish');
  await writeFile(join(directory, 'guard.mjs'), GUARD);
  server = await startTestServer({
    plugins: { sources: [{ plugin: './guard.mjs' }], baseDir: directory, directory: join(directory, 'data') },
  });
  token = await server.token('admin');
});
afterAll(() => server.remove());

/** A user of its own, whose rate nobody else has used. */
const freshToken = (): Promise<string> => {
  users += 1;
  return server.token('admin', { user: `publisher-${users}` });
};

const publish = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  server.request('/api/v1/publish', { token, body, headers });

test('one publication is answered with its offset and reaches subscribers', async () => {
  const client = await openEnhanced(server.webSocketUrl, token);
  client.send({ type: 'subscribe', id: 1, filters: ['app/orders/#'] });
  await client.next('synced', ({ type }) => type === 'synced');
  const data = { set: { a: { count: 3 } } };
  const response = await publish({ topic: 'app/orders/open', kind: 'collection', lane: 'high', data });
  expect(response.status).toBe(200);
  const result = (await response.json()) as PublicationResult;
  expect(result).toEqual({ index: 0, status: 'published', offset: expect.any(Number) as number });
  const snapshot = await client.next('the topic', ({ type }) => type === 'snapshot');
  expect(snapshot).toMatchObject({
    topic: 'app/orders/open',
    kind: 'collection',
    lane: 'high',
    set: data.set,
  });
  expect(snapshot['offset']).toBe(result.offset);
  client.socket.terminate();
});

test('a key makes it idempotent, in the body or as Idempotency-Key', async () => {
  const body = { topic: 'app/keyed', data: 1 };
  const first = (await (await publish(body, { 'idempotency-key': '"k-1"' })).json()) as PublicationResult;
  expect(first.status).toBe('published');
  const again = (await (await publish({ ...body, key: 'k-1' })).json()) as PublicationResult;
  expect(again).toEqual({ index: 0, status: 'duplicate', offset: first.offset });
  const differing = await problemIn(await publish({ ...body, key: 'k-2' }, { 'idempotency-key': 'k-1' }));
  expect(differing).toMatchObject({ status: 400, code: 'invalidBody', path: 'key' });
  expect(await problemIn(await publish([body], { 'idempotency-key': 'k-1' }))).toMatchObject({ status: 400 });
});

test('an array is answered item by item, in its order', async () => {
  const response = await publish([
    { topic: 'app/list', data: 1, key: 'l-1' },
    { topic: 'app/list' },
    { topic: 'app/list', kind: 'record', data: { a: 1 } },
    { topic: 'works/hall/press/status', data: 1 },
    { topic: 'app/guarded', data: 1 },
    { topic: 'app/list', data: 2, key: 'l-1' },
    { topic: 'app/list-signal', kind: 'signal', data: 7 },
  ]);
  expect(response.status).toBe(207);
  const { results } = (await response.json()) as PublishReply;
  expect(results.map(({ index, status, code }) => [index, status, code])).toEqual([
    [0, 'published', undefined],
    [1, 'refused', 'invalidBody'],
    [2, 'refused', 'publishRefused'],
    [3, 'refused', 'publishRefused'],
    [4, 'refused', 'refusedByPlugin'],
    [5, 'duplicate', undefined],
    [6, 'published', undefined],
  ]);
  expect(results[1]).toMatchObject({ path: 'data' });
  expect(results[5]?.offset).toBe(results[0]?.offset);
  expect(results[6]).not.toHaveProperty('offset');
});

test.each([
  [{ topic: 'app/x' }, 400, 'invalidBody'],
  [{ topic: 'app/x', data: 1, kind: 'table' }, 400, 'invalidBody'],
  [{ topic: 'app/x', data: 1, lane: 'critical' }, 400, 'invalidBody'],
  [{ topic: 'app/+', data: 1 }, 422, 'publishRefused'],
  [{ topic: 'elsewhere', data: 1 }, 422, 'publishRefused'],
  [{ topic: 'app/guarded', data: 1 }, 403, 'refusedByPlugin'],
  ['"text"', 400, 'invalidBody'],
])('%j is answered %i %s', async (body, status, code) => {
  expect(await problemIn(await publish(body))).toMatchObject({ status, code });
});

test('permissions are topic filters; without any nothing is read', async () => {
  const viewer = await server.token('viewer');
  const body = { topic: 'app/x', data: 1 };
  expect(await problemIn(await server.request('/api/v1/publish', { token: viewer, body }))).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
  const device = await server.token('device', { user: 'mes' });
  const own = await server.request('/api/v1/publish', {
    token: device,
    body: { topic: 'app/mes/x', data: 1 },
  });
  expect(own.status).toBe(200);
  expect(await problemIn(await server.request('/api/v1/publish', { token: device, body }))).toMatchObject({
    status: 403,
    code: 'forbidden',
    message: expect.stringContaining('app/x') as string,
  });
});

test('limits: size, number, rate', async () => {
  const own = await freshToken();
  const many = Array.from({ length: 101 }, () => ({ topic: 'app/many', data: 1 }));
  const tooMany = await server.request('/api/v1/publish', { token: own, body: many });
  expect(await problemIn(tooMany)).toMatchObject({ status: 400, code: 'invalidBody' });
  const tooLarge = await server.request('/api/v1/publish', {
    token: own,
    body: { topic: 'app/many', data: 'x'.repeat(300_000) },
  });
  expect(await problemIn(tooLarge)).toMatchObject({ status: 413, code: 'bodyTooLarge' });
  const burst = await server.request('/api/v1/publish', { token: own, body: many.slice(1) });
  const { results } = (await burst.json()) as PublishReply;
  expect(results.filter(({ status }) => status === 'published').length).toBe(LIMITS.publishBurst);
  const next = await server.request('/api/v1/publish', { token: own, body: many.slice(1) });
  const after = (await next.json()) as PublishReply;
  expect(after.results.at(-1)).toMatchObject({ status: 'busy', code: 'publishesTooFast' });
  expect(after.results.at(-1)?.retryAfterMs).toBeGreaterThan(0);
});

test('hooks stand before commands and before every request too', async () => {
  const command = { command: 'cancelCall', data: { callId: 'call-1' } };
  expect(await problemIn(await server.request('/api/v1/commands', { token, body: command }))).toMatchObject({
    status: 403,
    code: 'refusedByPlugin',
    message: 'no cancelling',
  });
  const mallory = await server.token('admin', { user: 'mallory' });
  expect(await problemIn(await server.request('/api/v1/plant', { token: mallory }))).toMatchObject({
    status: 403,
    message: 'mallory stays out',
  });
  const client = await openEnhanced(server.webSocketUrl, token);
  client.send({ type: 'publish', id: 9, topic: 'app/guarded', data: 1 });
  expect(await client.next('refused', ({ type, id }) => type === 'error' && id === 9)).toMatchObject({
    name: 'refusedByPlugin',
    message: 'not there',
  });
  client.socket.terminate();
  const [figures] = server.plugins();
  expect(figures).toMatchObject({ plugin: 'guard', state: 'running', restarts: 0 });
});

test('code in the process publishes, and hears changes and signals', async () => {
  const changes: unknown[] = [];
  const signals: unknown[] = [];
  const off = server.onChange(['app/inside/#'], (change) => {
    changes.push(change);
    throw new Error('a listener of its own');
  });
  const offSignals = server.onSignal(['app/inside/#'], (signal) => signals.push(signal));
  const done = await server.publish('app/inside/a', { x: 1 }, { key: 'in', kind: 'record' });
  expect(done).toMatchObject({ status: 'published', isDuplicate: false });
  expect(await server.publish('app/inside/a', { x: 1 }, { key: 'in', kind: 'record' })).toMatchObject({
    isDuplicate: true,
  });
  expect(await server.publish('app/guarded', 1)).toEqual({ status: 'refusedByPlugin', message: 'not there' });
  expect(await server.publish('works/x', 1)).toMatchObject({ status: 'forbidden' });
  await server.publish('app/inside/live', 5, { kind: 'signal' });
  await expect
    .poll(() => signals, { timeout: 10_000 })
    .toMatchObject([{ topic: 'app/inside/live', value: 5 }]);
  expect(changes).toMatchObject([
    { log: 'works', topic: 'app/inside/a', change: { kind: 'record', set: { x: 1 }, remove: [] } },
  ]);
  expect(server.logged.join('')).toContain('a listener of its own');
  off();
  offSignals();
  await server.publish('app/inside/a', { x: 2 }, { kind: 'record' });
  expect(changes).toHaveLength(1);
});
