import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { systemClock } from '../../engine/system-clock.ts';
import { createSimulator } from '../../history/simulation/simulator.ts';
import { openApiDocument } from './openapi.ts';
import { SimulationAnswer } from './simulation-schemas.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const MINUTE = 60_000;
const URL_PATH = '/api/v1/escalation/simulate';

let server: TestServer;
let lead = '';
let startedAt = 0;

const simulate = (body: unknown, token = lead): Promise<Response> =>
  server.request(URL_PATH, { token, body });
const window = (): { from: number; to: number } => ({
  from: startedAt - MINUTE,
  to: startedAt + 60 * MINUTE,
});

beforeAll(async () => {
  startedAt = Date.now();
  server = await startTestServer({ withHistory: true });
  lead = await server.token('lead');
  const operator = await server.token('operator');
  for (const line of ['hall/press', 'hall/mill']) {
    const data = { line, callType: 'material', priority: 'high' };
    const response = await server.request('/api/v1/commands', {
      token: operator,
      body: { command: 'raiseCall', data },
    });
    expect(await response.json()).toMatchObject({ status: 'applied' });
  }
});
afterAll(() => server.remove());

const toOlivia = (policy: object = {}): object => ({
  policies: [
    {
      id: 'proposed',
      toAcknowledge: [{ after: '0s', recipients: [{ person: 'olivia' }], means: ['email'] }],
      ...policy,
    },
  ],
});

test('past calls happen again under proposed policies', async () => {
  const response = await simulate({ ...window(), escalation: toOlivia({ remind: '10m' }) });
  const body: unknown = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(200);
  const { report, asOf } = SimulationAnswer.parse(body);
  expect(asOf.offset).toBeGreaterThan(0);
  expect(report).toMatchObject({ calls: 2, levels: { 'acknowledgement 1': 2 }, untold: [] });
  const olivia = report.people.find(({ person }) => person === 'olivia');
  // At once, and every 10 minutes for an hour: one message for both calls where they fall together.
  expect(olivia?.byMeans['email']).toBeGreaterThanOrEqual(6);
  expect(await (await simulate({ ...window(), escalation: { policies: [] } })).json()).toMatchObject({
    report: { calls: 2, untold: [expect.anything(), expect.anything()] },
  });
});

test('without a proposal the policies in force are simulated', async () => {
  const { from, to } = window();
  const response = await simulate({ from: new Date(from).toISOString(), to });
  expect(await response.json()).toMatchObject({ report: { from, to, calls: 2, untold: [{}, {}] } });
});

test('what cannot be simulated is refused, with the place', async () => {
  const refusals: readonly (readonly [unknown, object])[] = [
    [{}, { status: 400, code: 'invalidBody', path: 'from' }],
    [
      { from: 5, to: 5 },
      { status: 400, code: 'invalidBody', path: 'to' },
    ],
    [
      { from: 0, to: 367 * 86_400_000 },
      { status: 400, code: 'invalidBody', path: 'to' },
    ],
    [
      { ...window(), escalation: toOlivia({ place: 'cellar' }) },
      { status: 400, code: 'invalidBody', path: 'escalation.policies[0].place' },
    ],
    [
      { ...window(), escalation: { policies: [{ id: 'p' }] } },
      { status: 400, code: 'invalidBody', path: 'escalation.policies[0].toAcknowledge' },
    ],
  ];
  for (const [body, problem] of refusals)
    expect(await problemIn(await simulate(body)), JSON.stringify(body)).toMatchObject(problem);
});

test('operators may not ask for one, nor does anybody without history', async () => {
  for (const role of ['operator', 'viewer', 'device'])
    expect(await problemIn(await simulate(window(), await server.token(role)))).toMatchObject({
      status: 403,
    });
  const without = await startTestServer();
  try {
    const token = await without.token('lead');
    const response = await without.request(URL_PATH, { token, body: window() });
    expect(await problemIn(response)).toMatchObject({ status: 503, code: 'historyOff' });
  } finally {
    await without.remove();
  }
});

test('one runs at a time; one that takes too long is given up, and the next one runs', async () => {
  const dataDir = join(server.directory, 'data');
  const asked = { ...window(), permitted: ['works/#'] };
  const hasty = createSimulator({ dataDir, limitMs: 1, clock: systemClock });
  const first = hasty.simulate(asked);
  expect(await hasty.simulate(asked)).toEqual({ status: 'busy' });
  expect(await first).toEqual({ status: 'tookTooLong', limitMs: 1 });
  const patient = createSimulator({ dataDir, limitMs: 20_000, clock: systemClock });
  expect(await patient.simulate(asked)).toMatchObject({ status: 'done', report: { calls: 2 } });
  const press = { ...asked, permitted: ['works/hall/press/#'] };
  expect(await patient.simulate(press)).toMatchObject({ report: { calls: 1, unknownLines: 0 } });
  const broken = createSimulator({ dataDir: '/nowhere', limitMs: 20_000, clock: systemClock });
  await expect(broken.simulate(asked)).rejects.toThrow();
});

test('the OpenAPI document tells of it', () => {
  const { paths } = openApiDocument() as { paths: Record<string, { post?: object }> };
  expect(paths[URL_PATH]?.post).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { required: ['from', 'to'] } } } },
  });
});
