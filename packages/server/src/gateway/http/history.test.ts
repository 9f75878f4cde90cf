import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { HISTORY_ROUTES } from './history-api.ts';
import { openApiDocument } from './openapi.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const PRESS = 'hall/press/press';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Some whole minutes ago, so that all of it is within the lateness window. */
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 50 * MINUTE;

let server: TestServer;
let viewer: string;

interface Answer {
  readonly asOf: { readonly offset: number; readonly at: number };
  readonly behind: number;
  readonly rows: readonly Record<string, unknown>[];
  readonly next: string | null;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return server.request(path, { token: viewer, headers });
}

async function rows(path: string): Promise<Answer> {
  const response = await ask(path);
  const body = (await response.json()) as Answer;
  expect(response.status, JSON.stringify(body)).toBe(200);
  if ('asOf' in body) expect(body.behind).toBe(0);
  return body;
}

function instant(minute: number): string {
  return new Date(START + minute * MINUTE).toISOString();
}

async function observe(items: readonly object[]): Promise<void> {
  const token = await server.token('device');
  const response = await server.request('/api/v1/observations', { token, body: items });
  expect(response.status, await response.clone().text()).toBe(207);
}

function window(from: number, to: number): string {
  return `from=${instant(from)}&to=${instant(to)}`;
}

beforeAll(async () => {
  server = await startTestServer({ withHistory: true });
  viewer = await server.token('viewer');
  await observe([
    { equipment: PRESS, at: instant(0), state: 'running', good: 0, scrap: 0 },
    { equipment: PRESS, at: instant(10), good: 480, scrap: 12 },
    { equipment: PRESS, at: instant(20), state: 'stopped', reason: 'jam' },
    { equipment: PRESS, at: instant(25), state: 'running' },
    { equipment: PRESS, at: instant(30), good: 500, scrap: 8 },
    { equipment: PRESS, at: instant(40), good: 0 },
  ]);
});

afterAll(() => server.remove());

interface Figures {
  readonly availability: number;
  readonly performance: number;
  readonly quality: number;
  readonly oee: number;
  readonly times: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

function figuresOf(answer: Answer, index = 0): Figures {
  return answer.rows[index]?.['figures'] as Figures;
}

test('figures over a window are those of the formulas', async () => {
  const answer = await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press`);
  const { availability, performance, quality, oee, losses } = figuresOf(answer);
  expect(availability).toBeCloseTo(35 / 40, 6);
  expect(performance).toBeCloseTo(1000 / (35 * 60), 6);
  expect(quality).toBeCloseTo(0.98, 6);
  expect(oee).toBeCloseTo((35 / 40) * (1000 / 2100) * 0.98, 6);
  expect(losses['breakdown']).toBe(5 * MINUTE);
  expect(answer.asOf.offset).toBeGreaterThan(0);
});

test('stretches of time add up to the window', async () => {
  const whole = figuresOf(await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press`));
  for (const bucket of ['hour', 'shift', 'day', 'week', 'month']) {
    const parts = await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press&bucket=${bucket}`);
    const sum = parts.rows.map((_, index) => figuresOf(parts, index).times['APT'] ?? 0);
    expect(sum.reduce((a, b) => a + b, 0)).toBe(whole.times['APT']);
    expect(parts.rows.every((row) => typeof row['bucket'] === 'string')).toBe(true);
  }
  const products = await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press&group=product`);
  expect(products.rows.map(({ product }) => product)).toEqual(['bolt']);
  const site = await rows(`/api/v1/oee?${window(0, 40)}&group=site`);
  expect(site.rows).toHaveLength(1);
});

test('a figure is answered as it was known, with what changed it since', async () => {
  const before = await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press`);
  await observe([{ equipment: PRESS, at: instant(30), state: 'stopped', reason: 'jam' }]);
  await observe([{ equipment: PRESS, at: instant(35), state: 'running' }]);
  const operator = await server.token('operator');
  const downtimes = await rows(`/api/v1/downtimes?${window(0, 40)}`);
  const id = downtimes.rows[0]?.['id'];
  const command = { command: 'classifyDowntime', data: { downtimeId: id, reason: 'jam' } };
  const applied = await server.request('/api/v1/commands', { token: operator, body: command });
  expect(await applied.json()).toMatchObject({ status: 'applied' });

  const asOf = encodeURIComponent(`#${before.asOf.offset}`);
  const then = figuresOf(await rows(`/api/v1/oee?${window(0, 40)}&line=hall/press&asOf=${asOf}`));
  expect(then.oee).toBe(figuresOf(before).oee);
  const response = await ask(`/api/v1/oee/comparison?${window(0, 40)}&line=hall/press&asOf=${asOf}`);
  const comparison = (await response.json()) as {
    earlier: { figures: Figures };
    now: { figures: Figures };
    causes: { kind: string; count: number }[];
    text: string;
  };
  expect(comparison.earlier.figures.oee).toBe(then.oee);
  expect(comparison.now.figures.availability).toBeCloseTo(30 / 40, 6);
  expect(comparison.causes.map(({ kind, count }) => [kind, count])).toEqual([
    ['lateObservations', 2],
    ['edits', 1],
  ]);
  expect(comparison.text).toBe('40.8 % then, 40.8 % now, because of 2 late observations and 1 edit');
});

test('a figure is explained by intervals, rules and observations', async () => {
  const response = await ask(`/api/v1/explain?${window(0, 40)}&line=hall/press`);
  const { intervals, figures, observations, steps } = (await response.json()) as {
    intervals: { from: number; to: number; bucket: string; rules: string[] }[];
    figures: Figures;
    observations: { type: string; offset: number }[];
    steps: { figure: string }[];
  };
  const breakdown = intervals.filter(({ bucket }) => bucket === 'breakdown');
  expect(breakdown.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(figures.losses['breakdown']);
  expect(breakdown[0]?.rules).toContain('OE6');
  expect(observations.some(({ type }) => type === 'equipmentStateChanged')).toBe(true);
  expect(steps.map(({ figure }) => figure)).toEqual(['availability', 'performance', 'quality', 'oee']);
});

test('lists are paged by a cursor and come as CSV', async () => {
  const all = await rows('/api/v1/events?line=hall/press&limit=1000');
  const seen: unknown[] = [];
  let after = '';
  for (let page = 0; page < 100; page += 1) {
    const answer = await rows(`/api/v1/events?line=hall/press&limit=3${after}`);
    seen.push(...answer.rows);
    if (answer.next === null) break;
    after = `&after=${answer.next}`;
  }
  expect(seen).toEqual(all.rows);
  expect(all.rows.length).toBeGreaterThan(5);

  const csv = await ask('/api/v1/events.csv?line=hall/press&limit=2');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  const [header = ''] = (await csv.text()).split('\r\n');
  expect(header.startsWith('offset,place,at,type,line')).toBe(true);
  expect(csv.headers.get('link')).toContain('rel="next"');
  const byHeader = await ask(`/api/v1/oee?${window(0, 40)}`, { accept: 'text/csv' });
  expect(byHeader.headers.get('content-type')).toContain('text/csv');
});

test('what people asked for is listed with its outcome', async () => {
  const audit = await rows('/api/v1/audit');
  expect(audit.rows).toMatchObject([
    { author: 'operator-1', command: 'classifyDowntime', status: 'applied' },
  ]);
});

test('people have the names that the plant file gives them', async () => {
  const token = await server.token('operator', { user: 'olivia' });
  const data = { line: 'hall/press', callType: 'material', priority: 'low' };
  await server.request('/api/v1/commands', { token, body: { command: 'raiseCall', data } });
  const acts = await rows('/api/v1/audit?author=olivia');
  expect(acts.rows).toMatchObject([{ author: 'olivia', authorName: 'Olivia Operator' }]);
  const calls = await rows(`/api/v1/calls?${window(0, 100)}`);
  expect(calls.rows).toMatchObject([
    {
      acts: expect.arrayContaining([
        expect.objectContaining({ type: 'callRaised', author: 'olivia', authorName: 'Olivia Operator' }),
      ]),
    },
  ]);
  const events = await rows('/api/v1/events?type=callRaised');
  expect(events.rows).toMatchObject([{ author: 'olivia', authorName: 'Olivia Operator' }]);
  expect((await rows('/api/v1/audit?author=operator-1')).rows[0]).not.toHaveProperty('authorName');
});

test('an unchanged answer is not sent again', async () => {
  const path = `/api/v1/oee?${window(0, 30)}&line=hall/press`;
  const first = await ask(path);
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^W\/"/);
  const second = await ask(path, { 'if-none-match': tag });
  expect(second.status).toBe(304);
  await observe([{ equipment: PRESS, at: instant(12), good: 1 }]);
  const third = await ask(path, { 'if-none-match': tag });
  expect(third.status).toBe(200);
});

test('refusals name what is wrong', async () => {
  expect(await problemIn(await ask('/api/v1/oee?from=1&to=2&bucket=year'))).toMatchObject({
    status: 400,
    code: 'invalidQuery',
    path: 'bucket',
  });
  expect(await problemIn(await ask('/api/v1/oee?from=1'))).toMatchObject({ status: 400, path: 'to' });
  expect(await problemIn(await ask('/api/v1/oee?from=2&to=1'))).toMatchObject({ status: 400, path: 'to' });
  expect(await problemIn(await ask('/api/v1/oee?from=1&to=2&lines=a'))).toMatchObject({ path: 'lines' });
  expect(await problemIn(await ask(`/api/v1/oee?${window(0, 1)}&line=no/line`))).toMatchObject({
    status: 404,
  });
  const century = 'from=1970-01-01T00:00:00Z&to=2026-01-01T00:00:00Z';
  expect(await problemIn(await ask(`/api/v1/oee?${century}`))).toMatchObject({ status: 400, path: 'to' });
  const device = await server.token('device');
  const refused = await server.request(`/api/v1/oee?${window(0, 1)}`, { token: device });
  expect(await problemIn(refused)).toMatchObject({ status: 403 });
});

test('every route answers as the OpenAPI document says, which needs no token', async () => {
  const response = await server.request('/api/v1/openapi.json');
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  const common = window(0, 40);
  for (const { url, answer } of HISTORY_ROUTES) {
    const extra =
      url.includes('timelines') || url.endsWith('/telemetry')
        ? `equipment=${PRESS}&name=x&${common}`
        : url.endsWith('/names')
          ? `equipment=${PRESS}`
          : url.endsWith('/explain')
            ? `line=hall/press&${common}`
            : url.endsWith('/comparison')
              ? `asOf=${instant(40)}&${common}`
              : common;
    const query = url.endsWith('/lines') || url.endsWith('/equipment') ? '' : extra;
    const asked = `${url}?${url.includes('timelines') ? query.replace('&name=x', '') : query}`;
    const body: unknown = await (await ask(asked)).json();
    const parsed = answer.safeParse(body);
    expect(
      parsed.success,
      `${asked}: ${parsed.error?.message ?? ''}${JSON.stringify(body).slice(0, 300)}`,
    ).toBe(true);
  }
});

test('hours of the past are computed once', async () => {
  const answer = await rows(`/api/v1/oee?${window(-HOUR / MINUTE, 0)}&line=hall/press&bucket=hour`);
  expect(answer.rows.length).toBeGreaterThan(0);
});
