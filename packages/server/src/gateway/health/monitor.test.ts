import type {
  HealthHistory,
  SessionListing,
  SystemAlertDocument,
  SystemHealthDocument,
} from '@ms5/wire/factory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShdrAdapter, type ShdrAdapter } from '../../../../../test/support/shdr-adapter.ts';
import { until } from '../../../../../test/support/until.ts';
import { problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import {
  ENHANCED,
  openEnhanced,
  openJsonSocket,
  type JsonSocket,
} from '../../../test-support/json-socket.ts';
import { DEFAULT_HEALTH, type HealthSettings } from './health-settings.ts';

const SETTINGS: HealthSettings = {
  ...DEFAULT_HEALTH,
  alerts: {
    ...DEFAULT_HEALTH.alerts,
    connectorDown: { raise: 1, clear: 1, raiseAfterMs: 1_000, clearAfterMs: 0 },
  },
};
const WITHIN_MS = 25_000;

let adapter: ShdrAdapter;
let server: TestServer;
let admin: string;

beforeAll(async () => {
  adapter = await startShdrAdapter();
  server = await startTestServer({ shdrPort: adapter.port, health: SETTINGS });
  admin = await server.token('admin');
  await adapter.connected();
});
afterAll(async () => {
  await server.remove();
  await adapter.close();
});

/** What a collection holds after everything received. */
function contentOf<Document>(client: JsonSocket, topic: string): ReadonlyMap<string, Document> {
  const documents = new Map<string, Document>();
  for (const message of client.messages) {
    if (message['topic'] !== topic) continue;
    if (message.type === 'snapshot') documents.clear();
    const { set = {}, remove = [] } = message as unknown as {
      readonly set?: Readonly<Record<string, Document>>;
      readonly remove?: readonly string[];
    };
    for (const [key, document] of Object.entries(set)) documents.set(key, document);
    for (const key of remove) documents.delete(key);
  }
  return documents;
}

const get = async <T>(path: string): Promise<T> => {
  const response = await server.request(path, { token: admin });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};

test('G3: a client that acknowledges nothing is listed as critical, the others as excellent', async () => {
  const watcher = await openEnhanced(server.webSocketUrl, admin, 'watcher');
  watcher.send({ type: 'subscribe', id: 1, filters: ['system/sessions'] });
  const stalled = await openJsonSocket(server.webSocketUrl, ENHANCED);
  const token = await server.token('operator', { user: 'stella' });
  stalled.send({ type: 'connect', token, client: { id: 'stalled', name: 'test', version: '1' } });
  stalled.send({ type: 'subscribe', id: 1, filters: ['works/#'] });
  type Listed = SessionListing['sessions'][number];
  const listed = await until(
    'listed as critical',
    () => {
      const found = contentOf<Listed>(watcher, 'system/sessions');
      const mine = [...found.values()].find(({ clientId }) => clientId === 'stalled');
      return mine?.band === 'critical' ? [mine, ...found.values()] : undefined;
    },
    WITHIN_MS,
  );
  expect(listed[0]).toMatchObject({ userId: 'stella', endpoint: ENHANCED, roles: ['operator'] });
  expect(listed.find(({ clientId }) => clientId === 'watcher')).toMatchObject({ band: 'excellent' });
  const counts = contentOf<{ readonly bands: Record<string, number>; readonly byRole: unknown }>(
    watcher,
    'system/sessions',
  ).get('counts');
  expect(counts).toMatchObject({
    byRole: { operator: { critical: 1, excellent: 0 }, admin: { critical: 0 } },
  });

  const worst = await get<SessionListing>('/api/v1/system/sessions?limit=1');
  expect(worst.sessions).toMatchObject([{ clientId: 'stalled', band: 'critical' }]);
  expect(worst.total).toBeGreaterThanOrEqual(2);
  const best = await get<SessionListing>('/api/v1/system/sessions?order=desc&band=excellent');
  expect(best.sessions.map(({ clientId }) => clientId)).not.toContain('stalled');
  stalled.socket.terminate();
  watcher.socket.terminate();
}, 40_000);

test('G7: a connector that loses its machine raises an alert, which clears itself', async () => {
  const port = adapter.port;
  const client = await openEnhanced(server.webSocketUrl, await server.token('viewer'), 'wall');
  client.send({ type: 'subscribe', id: 1, filters: ['system/alerts'] });
  await adapter.close();
  const raised = await until(
    'alert raised',
    () => [...contentOf<SystemAlertDocument>(client, 'system/alerts').values()][0],
    WITHIN_MS,
  );
  expect(raised).toMatchObject({
    rule: 'connectorDown',
    severity: 'critical',
    message: 'Connector "mill" has no connection to its machine.',
    clearedAt: null,
  });
  expect(raised.id).toMatch(/^connectorDown\/mill@\d+$/);
  adapter = await startShdrAdapter(port);
  const cleared = await until(
    'alert cleared',
    () => {
      const found = contentOf<SystemAlertDocument>(client, 'system/alerts').get(raised.id);
      return found?.clearedAt === null ? undefined : found;
    },
    WITHIN_MS,
  );
  expect(cleared.clearedAt).toBeGreaterThan(raised.raisedAt);
  client.socket.terminate();
}, 60_000);

test('G6: the record tells the level, figures come every 10 s and are kept', async () => {
  const { degradation } = await get<SystemHealthDocument>('/api/v1/system/health');
  expect(degradation).toMatchObject({ level: 0, reason: '' });
  const history = await until(
    'samples',
    async () => {
      const read = await get<HealthHistory>('/api/v1/system/health/history?step=10s');
      return read.samples.length > 0 ? read : undefined;
    },
    WITHIN_MS,
  );
  expect(history.stepMs).toBe(10_000);
  expect(history.samples[0]?.rssMaxBytes).toBeGreaterThan(10_000_000);
  const { storage, process, sessions, condition } = await get<SystemHealthDocument>('/api/v1/system/health');
  expect(storage.freeBytes).toBeGreaterThan(0);
  expect(storage.databaseBytes).toBeGreaterThan(0);
  expect(process.memoryShare).toBeGreaterThan(0);
  expect(sessions.count).toBeGreaterThanOrEqual(0);
  expect(condition.score).toBeGreaterThan(0);
}, 30_000);

test('who may not read below system/ is refused; wrong queries are explained', async () => {
  const viewer = await server.token('viewer');
  expect((await server.request('/api/v1/system/sessions', { token: viewer })).status).toBe(403);
  expect((await server.request('/api/v1/system/health/history', { token: viewer })).status).toBe(200);
  const asked = async (query: string) =>
    problemIn(await server.request(`/api/v1/system/${query}`, { token: admin }));
  expect(await asked('sessions?sort=mood')).toMatchObject({ status: 400, path: 'sort' });
  expect(await asked('sessions?limit=501')).toMatchObject({ status: 400, path: 'limit' });
  expect(await asked('sessions?band=bad')).toMatchObject({ status: 400, path: 'band' });
  expect(await asked('health/history?step=often')).toMatchObject({ status: 400, path: 'step' });
  expect(await asked('health/history?from=5&to=4')).toMatchObject({ status: 400, path: 'to' });
});

test('without disk space for anything the server is not ready', async () => {
  const full = await startTestServer({
    health: { ...DEFAULT_HEALTH, readyFreeBytes: Number.MAX_SAFE_INTEGER },
  });
  try {
    const body = await until(
      'not ready',
      async () => {
        const response = await full.request('/readyz');
        return response.status === 503 ? ((await response.json()) as unknown) : undefined;
      },
      WITHIN_MS,
    );
    expect(body).toEqual({ status: 'diskFull' });
    expect((await full.request('/healthz')).status).toBe(200);
  } finally {
    await full.remove();
  }
}, 30_000);
